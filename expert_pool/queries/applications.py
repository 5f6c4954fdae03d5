"""Selects over applications to enter the pool."""

from sqlmodel import Session, col, select

from expert_pool.records.pool import ApplicationRecord
from kernel.errors import NotFound

OPEN, APPROVED, REJECTED, WITHDRAWN = "open", "approved", "rejected", "withdrawn"


def application(session: Session, application_id: str, *, lock: bool = False) -> ApplicationRecord:
    """One application; raises NotFound."""
    found = select(ApplicationRecord).where(ApplicationRecord.id == application_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="application", id=application_id)
    return record


def own_applications(session: Session, person_id: str) -> list[ApplicationRecord]:
    """A person's applications, newest first."""
    found = select(ApplicationRecord).where(ApplicationRecord.person_id == person_id)
    return list(session.exec(found.order_by(col(ApplicationRecord.made_at).desc())))


def open_applications(session: Session, limit: int = 100) -> list[ApplicationRecord]:
    """The applications that wait, oldest first."""
    found = select(ApplicationRecord).where(ApplicationRecord.state == OPEN)
    return list(session.exec(found.order_by(col(ApplicationRecord.made_at)).limit(limit)))
