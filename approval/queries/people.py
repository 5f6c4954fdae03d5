"""Who belongs where."""

from sqlmodel import Session

from accounts.duties import Actor
from approval.records.organisation import DepartmentRecord


def is_of_centre(session: Session, actor: Actor) -> bool:
    """Whether somebody works for the centre itself, whose general windows receive for every department."""
    department = session.get(DepartmentRecord, actor.organisation_id)
    return department is not None and department.unit_kind == "centre"
