"""What lies before somebody today: cases at their posts, what is due, tasks, contacts, the queue, meetings."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from accounts.duties import Actor
from approval.lifecycle import OPEN, RUNNING, State
from approval.queries import cases, organisation
from approval.records.cases import (
    AttemptRecord,
    CaseMeetingRecord,
    CaseRecord,
    ContactRecord,
    HopRecord,
    ProjectRecord,
    SignOffRecord,
    TaskRecord,
    TicketRecord,
)
from approval.records.fees import BillRecord, FeeAttemptRecord
from approval.records.organisation import DepartmentRecord, PostRecord, WindowRecord

MOST = 200  # rows of one list; who has more looks through the list of all cases


def my_windows(session: Session, actor: Actor) -> list[WindowRecord]:
    """The windows at which somebody may sit: those of their posts, else those of their department, else all."""
    windows = organisation.windows(session)
    rows = select(PostRecord.window_id).where(
        or_(PostRecord.a_person_id == actor.person_id, PostRecord.b_person_id == actor.person_id)
    )
    held = {window_id for window_id in session.exec(rows) if window_id}
    own = [window for window in windows if window.id in held]
    own = own or [window for window in windows if actor.organisation_id in window.department_ids]
    return own or windows


def every_window(session: Session) -> list[WindowRecord]:
    """Every window, to send somebody on to."""
    return organisation.windows(session)


def posts_today(session: Session, actor: Actor, day: date) -> tuple[set[str], set[str]]:
    """The posts of one's department that one holds today, A before B, and those that somebody else holds."""
    mine: set[str] = set()
    others: set[str] = set()
    for post in organisation.posts(session, actor.organisation_id):
        if post.a_person_id or post.b_person_id:
            holder = organisation.on_duty(session, post, day)
            (mine if holder == actor.person_id else others).add(post.code)
    return mine, others


def at_my_steps(session: Session, actor: Actor, day: date, states: Collection[State]) -> list[CaseRecord]:
    """The cases of one's department in these states whose step one may do today, the most urgent first."""
    _, others = posts_today(session, actor, day)
    rows = select(CaseRecord).where(
        CaseRecord.department_id == actor.organisation_id, col(CaseRecord.state).in_(list(states))
    )
    found = session.exec(_urgent(rows).limit(MOST)).all()
    return [row for row in found if post_of(session, row) not in others]


def post_of(session: Session, case: CaseRecord) -> str:
    """The post in charge of the step that a case waits in."""
    steps = cases.version(session, case.version_id).steps
    return steps[case.step].post if 0 <= case.step < len(steps) else ""


def due_soon(session: Session, departments: Collection[str] | None) -> list[CaseRecord]:
    """Running cases, of some departments or of all: green ones first, then by due date, stopped ones last."""
    rows = select(CaseRecord).where(col(CaseRecord.state).in_(list(RUNNING)))
    if departments is not None:
        rows = rows.where(col(CaseRecord.department_id).in_(list(departments)))
    return list(session.exec(_urgent(rows).limit(MOST)))


def _urgent(rows: SelectOfScalar[CaseRecord]) -> SelectOfScalar[CaseRecord]:
    return rows.order_by(
        col(CaseRecord.is_green).desc(), col(CaseRecord.promise_due).is_(None), col(CaseRecord.promise_due)
    )


def mine(session: Session, person_id: str) -> list[CaseRecord]:
    """The open cases that somebody handles, drafts included, the newest first."""
    rows = select(CaseRecord).where(
        CaseRecord.handler_id == person_id, col(CaseRecord.state).in_([State.DRAFT, *OPEN])
    )
    return list(session.exec(rows.order_by(col(CaseRecord.received_at).desc()).limit(MOST)))


def tasks(session: Session, department_id: str) -> list[TaskRecord]:
    """What a department has to do beside steps: urged ones first, then by due date."""
    rows = select(TaskRecord).where(
        TaskRecord.department_id == department_id, col(TaskRecord.done_at).is_(None)
    )
    ordered = rows.order_by(
        (col(TaskRecord.kind) != "urged"), col(TaskRecord.due_on).is_(None), col(TaskRecord.due_on)
    )
    return list(session.exec(ordered.limit(MOST)))


def contacts(session: Session, person_id: str) -> list[ContactRecord]:
    """The visitors for whom somebody is answerable."""
    rows = select(ContactRecord).where(
        ContactRecord.owner_id == person_id, col(ContactRecord.closed_at).is_(None)
    )
    return list(session.exec(rows.order_by(col(ContactRecord.opened_at)).limit(MOST)))


def explained_since(session: Session, person_id: str, now: datetime) -> list[ContactRecord]:
    """The visitors whom somebody gave a written explanation within the last day."""
    rows = select(ContactRecord).where(
        ContactRecord.owner_id == person_id,
        ContactRecord.ending == "explained",
        col(ContactRecord.closed_at) > now - timedelta(days=1),
    )
    return list(session.exec(rows.order_by(col(ContactRecord.closed_at)).limit(MOST)))


def contacts_to_confirm(session: Session, person_id: str, windows: Collection[str]) -> list[ContactRecord]:
    """Visitors whom another window handed over to one of these."""
    rows = select(ContactRecord).where(
        ContactRecord.ending == "handed_over",
        col(ContactRecord.closed_at).is_(None),
        col(ContactRecord.to_window_id).in_(list(windows)),
        ContactRecord.owner_id != person_id,
    )
    return list(session.exec(rows.order_by(col(ContactRecord.opened_at)).limit(MOST)))


def tickets_of(session: Session, window: WindowRecord, day: date) -> tuple[list[TicketRecord], int]:
    """The tickets that a window has called and not ended, and how many people wait in its hall."""
    today = select(TicketRecord).where(TicketRecord.hall_code == window.hall_code, TicketRecord.day == day)
    called = today.where(TicketRecord.window_id == window.id, TicketRecord.state == "called")
    waiting = today.where(
        TicketRecord.state == "waiting",
        col(TicketRecord.window_id).is_(None) | (TicketRecord.window_id == window.id),
    )
    count = select(func.count()).select_from(waiting.subquery())
    return list(session.exec(called.order_by(col(TicketRecord.called_at)))), session.exec(count).one()


def sign_off_of(session: Session, person_id: str, day: date) -> SignOffRecord | None:
    """How somebody ended a day."""
    return session.get(SignOffRecord, (person_id, day))


def site_of(session: Session, actor: Actor) -> str:
    """The site where somebody works; empty for those of no department."""
    department = session.get(DepartmentRecord, actor.organisation_id)
    return department.site_code if department else ""


def hops_to(session: Session, person_id: str, site_code: str) -> list[tuple[HopRecord, CaseRecord]]:
    """What was sent to a site and not yet received."""
    rows = (
        select(HopRecord, CaseRecord)
        .join(CaseRecord, col(CaseRecord.id) == HopRecord.case_id)
        .where(
            col(HopRecord.received_at).is_(None),
            HopRecord.to_code == site_code,
            HopRecord.sent_by != person_id,
        )
    )
    return list(session.exec(rows.order_by(col(HopRecord.sent_at)).limit(MOST)))


def meetings(session: Session, actor: Actor, every: bool = False) -> list[CaseMeetingRecord]:
    """Meetings that one chairs or one's department is called to, open ones first; all of them for those who watch."""
    rows = select(CaseMeetingRecord).order_by(
        col(CaseMeetingRecord.closed_at).is_not(None), col(CaseMeetingRecord.held_on).desc()
    )
    found = session.exec(rows.limit(MOST)).all()
    return [
        row
        for row in found
        if every or row.chair_id == actor.person_id or actor.organisation_id in row.called
    ]


def projects(session: Session, actor: Actor, every: bool = False) -> list[ProjectRecord]:
    """Projects that one leads, accompanies, or whose department has a part in them; all of them for the centre."""
    rows = select(ProjectRecord)
    if not every:
        part = select(CaseRecord.project_id).where(
            CaseRecord.department_id == actor.organisation_id, col(CaseRecord.project_id).is_not(None)
        )
        rows = rows.where(
            or_(
                ProjectRecord.lead_department_id == actor.organisation_id,
                ProjectRecord.agent_id == actor.person_id,
                col(ProjectRecord.id).in_(part),
            )
        )
    newest = rows.order_by(col(ProjectRecord.is_green).desc(), col(ProjectRecord.created_at).desc())
    return list(session.exec(newest.limit(MOST)))


def children(session: Session, project_id: str) -> list[CaseRecord]:
    """The cases of a project, by item."""
    rows = select(CaseRecord).where(CaseRecord.project_id == project_id).order_by(CaseRecord.item_code)
    return list(session.exec(rows))


def bill_of_project(session: Session, project_id: str) -> BillRecord | None:
    """The bill of a project that holds; one that was taken back does not."""
    rows = select(BillRecord).where(
        BillRecord.project_id == project_id, col(BillRecord.cancelled_at).is_(None)
    )
    return session.exec(rows.order_by(col(BillRecord.issued_at).desc()).limit(1)).first()


def refused_fees(session: Session, case_id: str) -> list[FeeAttemptRecord]:
    """Charges that the schedule refused on a case."""
    rows = select(FeeAttemptRecord).where(FeeAttemptRecord.case_id == case_id)
    return list(session.exec(rows.order_by(col(FeeAttemptRecord.at).desc())))


def refusals(session: Session, case_id: str) -> list[AttemptRecord]:
    """Acts that a rule refused on a case, the newest first."""
    rows = select(AttemptRecord).where(AttemptRecord.case_id == case_id)
    return list(session.exec(rows.order_by(col(AttemptRecord.at).desc()).limit(20)))
