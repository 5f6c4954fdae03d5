"""The join of a parallel approval: exactly once, under the lock of the project's row."""

from sqlmodel import Session, select

from approval.actions.doing import Doing
from approval.lifecycle import State
from approval.parallel import Child, is_joined, total_days
from approval.records.cases import CaseRecord, ProjectRecord
from kernel.errors import NotFound
from storage import audit_log, outbox
from storage.audit_log import Fact


def lock_project(session: Session, project_id: str) -> ProjectRecord:
    """One project, locked until the transaction ends; raises NotFound."""
    wanted = select(ProjectRecord).where(ProjectRecord.id == project_id).with_for_update()
    found = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(what="project", id=project_id)
    return found


def children(session: Session, project_id: str) -> list[Child]:
    """The child cases of a project as the join sees them."""
    rows = session.exec(
        select(CaseRecord).where(CaseRecord.project_id == project_id).order_by(CaseRecord.item_code)
    )
    return [
        Child(
            row.id,
            row.item_code,
            row.department_id,
            State(row.state),
            row.has_passed_by_default,
            row.accepted_on,
            row.decided_on,
            row.used_days,
        )
        for row in rows
    ]


def note_child(doing: Doing) -> None:
    """Join the project when this child was the last; whoever comes second finds it joined.

    Each child locks its own row and then the project's, so two that end at once wait here for one another, and the
    second sees what the first has committed.
    """
    case = doing.case
    assert case.project_id is not None
    doing.session.flush()
    project = lock_project(doing.session, case.project_id)
    if project.state != "running":
        return
    found = children(doing.session, project.id)
    if is_joined(found):
        project.state, project.joined_at = "joined", doing.now
        data = {"children": len(found), "days": total_days(found)}
        audit_log.append(doing.session, Fact("project.joined", project.id, data=data), doing.now)
        outbox.enqueue(doing.session, "send_message", {"project_id": project.id}, now=doing.now)
