"""期限重算: what a new holiday notice changes for the cases that are running."""

from datetime import datetime

from sqlmodel import Session, col, select

from approval import limits
from approval.actions.act import act
from approval.lifecycle import BEFORE_DECISION, Act, State
from approval.queries import cases
from approval.records.cases import CaseRecord
from kernel.working_days import Calendar


def recompute_running(session: Session, *, notice: str, calendar: Calendar, now: datetime) -> int:
    """Move the dates of every running case that the calendar moves; returns how many."""
    running = select(CaseRecord.id).where(
        col(CaseRecord.state).in_([str(state) for state in BEFORE_DECISION])
    )
    moved = 0
    for case_id in session.exec(running).all():
        if _is_moved(session, cases.case(session, case_id), calendar):
            data = {"notice": notice}
            act(
                session, actor=None, case_id=case_id, act=Act.RECOMPUTE, data=data, calendar=calendar, now=now
            )
            moved += 1
    return moved


def _is_moved(session: Session, case: CaseRecord, calendar: Calendar) -> bool:
    if State(case.state) is State.RECEIVED and case.received_on is not None:
        due = calendar.due(case.received_on, limits.ANSWER_DAYS)
        return (due.day, due.provisional) != (case.answer_due, case.is_provisional)
    if case.accepted_on is None:
        return False
    found = limits.limits(
        calendar,
        cases.version(session, case.version_id),
        case.accepted_on,
        cases.as_stops(cases.stops(session, case.id)),
        extended=case.extended_days,
        custom_days=case.custom_days,
    )
    kept = (case.promise_due, case.statutory_due, case.is_provisional)
    return (found.promise_due, found.statutory_due, found.is_provisional) != kept
