"""The one way a case changes: lock, look the rule up, check who acts, apply the effect, chain the event, tell others.

`act` is called by every door; the clock calls `system_acts`, which never issues a permit.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor
from approval import limits
from approval.actions import doing as context
from approval.actions import effects_clock, effects_intake, effects_work
from approval.actions.doing import Doing
from approval.actions.effects_intake import task_of
from approval.actions.projects_join import note_child
from approval.call_back import DAYS, is_sampled
from approval.event import FIRST, Event, chain
from approval.item import OnTimeout
from approval.lifecycle import CLOSED, RUNNING, STATE_OF_STEP, Act, State, rule_of
from approval.queries import cases, settings
from approval.records.cases import CaseEventRecord, CaseRecord, TouchedMonthRecord
from approval.settings import CALL_BACK_SHARE
from crypto.canonical import JsonValue
from kernel.working_days import Calendar, business_day
from storage import audit_log, outbox
from storage.audit_log import Fact

EFFECTS = {**effects_intake.EFFECTS, **effects_work.EFFECTS, **effects_clock.EFFECTS}

LETTERS: Mapping[Act, str] = {
    Act.TELL_MISSING: "one_time_notice",
    Act.ACCEPT: "acceptance",
    Act.DEEM_ACCEPTED: "acceptance",
    Act.NOT_ACCEPT: "non_acceptance",
    Act.ANSWER: "answer",
    Act.EXTEND: "extension",
    Act.GIVE_LIMIT: "limit",
    Act.STOP: "stop",
    Act.GRANT: "decision",
    Act.REFUSE: "decision",
    Act.CERTIFY: "certificate",
    Act.FINISH_INSTANT: "decision",
    Act.DELIVER: "delivery",
    Act.END: "termination",
    Act.URGE: "urging",
    Act.CORRECT: "correction",
}
"""The PDF that an act leads to, made by a job after it."""

MESSAGES = frozenset(
    {
        Act.TELL_MISSING,
        Act.ACCEPT,
        Act.DEEM_ACCEPTED,
        Act.NOT_ACCEPT,
        Act.ANSWER,
        Act.EXTEND,
        Act.GRANT,
        Act.REFUSE,
        Act.FINISH_INSTANT,
        Act.DELIVER,
        Act.END,
    }
)
"""Acts that the applicant is told of by a short message."""


ENDS = frozenset({Act.DELIVER, Act.FINISH_INSTANT})
"""Acts after which a sample of applicants is called back."""

MOVES_DATES = frozenset(
    {Act.ACCEPT, Act.DEEM_ACCEPTED, Act.EXTEND, Act.RESUME, Act.GIVE_LIMIT, Act.RECOMPUTE}
)
"""Acts whose event keeps the due dates that follow from it."""


def act(
    session: Session,
    *,
    actor: Actor | None,
    case_id: str,
    act: Act,
    data: Mapping[str, Any],
    calendar: Calendar,
    now: datetime,
    happened_on: date | None = None,
) -> CaseEventRecord:
    """Do one act on one case.

    `happened_on` is the day of something done on paper and entered later; the event keeps both times, and the clock
    of the case runs by the later of the two only where the law lets it (rules look for such events).

    Raises:
        WrongCaseState, NotAllowed, NoPower, NotOnDuty, Refused, BadInput: nothing has changed.
    """
    today = happened_on or business_day(now)
    doing = context.load(
        session, case_id=case_id, act=act, data=data, actor=actor, calendar=calendar, today=today, now=now
    )
    return carry_out(doing)


def carry_out(doing: Doing) -> CaseEventRecord:
    """Do one act on the case that `doing` holds locked."""
    case, before = doing.case, State(doing.case.state)
    rule = rule_of(before, doing.act)
    doing.role = context.take_role(doing, rule)
    EFFECTS[doing.act](doing)
    after = doing.to or rule.to or (before if rule.stays else _state_by_step(doing))
    case.state = after
    if after in CLOSED and case.done_at is None:
        case.done_at, case.done_on = doing.now, doing.today
    recompute(doing)
    if doing.act in MOVES_DATES:
        doing.kept["new"] = {
            "promise": str(case.promise_due or ""),
            "statutory": str(case.statutory_due or ""),
        }
    case.next_check = doing.now  # whoever changed a case asks for the rules to look at it
    event = append_event(doing, before, after)
    _tell(doing, event)
    if case.project_id:
        note_child(doing)
    return event


def _state_by_step(doing: Doing) -> State:
    step = doing.step
    if step is None:
        raise AssertionError("internal: an act led to a step that the item does not have")
    return STATE_OF_STEP[step.kind]


def recompute(doing: Doing) -> None:
    """Derive the due dates of the case from its events alone."""
    case = doing.case
    if case.accepted_on is None:
        return
    doing.session.flush()
    rows = cases.stops(doing.session, case.id)
    found = limits.limits(
        doing.calendar,
        doing.version,
        case.accepted_on,
        cases.as_stops(rows),
        extended=case.extended_days,
        custom_days=case.custom_days,
    )
    case.promise_due, case.statutory_due = found.promise_due, found.statutory_due
    case.is_provisional = found.is_provisional
    case.is_stopped = any(row.ended_on is None for row in rows)
    if case.step_since and doing.step and State(case.state) in RUNNING:
        since = [stop for stop in cases.as_stops(rows) if stop.end is None or stop.end > case.step_since]
        inside = [type(stop)(max(stop.start, case.step_since), stop.end) for stop in since]
        case.step_due = doing.calendar.due(case.step_since, doing.step.limit_days, inside).day


def append_event(doing: Doing, before: State, after: State) -> CaseEventRecord:
    """Chain the event to the case and record it in the shared log."""
    case = doing.case
    event = Event(
        case.id,
        case.sequence + 1,
        doing.now,
        doing.today,
        doing.act,
        doing.actor_id,
        doing.role,
        before,
        after,
        doing.kept,
    )
    case.head = chain(case.head or FIRST, event)
    case.sequence = event.sequence
    entry = audit_log.append(
        doing.session,
        Fact(f"case.{doing.act}", case.id, data={"seq": event.sequence, "hash": case.head.hex()}),
        doing.now,
    )
    record = CaseEventRecord(
        case_id=case.id,
        sequence=event.sequence,
        at=event.at,
        happened_on=event.happened_on,
        action=event.action,
        actor_id=event.actor_id,
        role=event.role,
        from_state=before,
        to_state=after,
        data=dict(event.data),
        hash=case.head,
        log_index=entry.index,
    )
    doing.session.add(record)
    _touch_months(doing)
    return record


def _touch_months(doing: Doing) -> None:
    """Say of which past months the sums have changed; most acts change none."""
    this_month = f"{business_day(doing.now):%Y-%m}"
    days = {*doing.days_before, doing.case.received_on, doing.case.done_on}
    for month in sorted({f"{day:%Y-%m}" for day in days if day}):
        if month < this_month:
            doing.session.add(TouchedMonthRecord(month=month))


def _tell(doing: Doing, event: CaseEventRecord) -> None:
    payload: dict[str, JsonValue] = {"case_id": event.case_id, "sequence": event.sequence}
    letter = LETTERS.get(doing.act)
    if letter:
        outbox.enqueue(doing.session, "make_letter", {**payload, "kind": letter}, now=doing.now)
    if doing.act in MESSAGES:
        outbox.enqueue(doing.session, "send_message", payload, now=doing.now)
    if doing.act in ENDS and is_sampled(event.hash, int(settings.value(doing.session, CALL_BACK_SHARE))):
        doing.session.add(task_of(doing, "call_back", doing.calendar.due(doing.today, DAYS).day))


def system_acts(session: Session, *, case_id: str, calendar: Calendar, now: datetime) -> list[Act]:
    """What the clock does to a case by today; nothing on a provisional date, never a permit."""
    done: list[Act] = []
    today = business_day(now)
    while (next_act := _due_act(session, cases.lock_case(session, case_id), today, done)) is not None:
        what, data = next_act
        act(session, actor=None, case_id=case_id, act=what, data=data, calendar=calendar, now=now)
        done.append(what)
    return done


def _due_act(
    session: Session, case: CaseRecord, today: date, done: list[Act]
) -> tuple[Act, dict[str, Any]] | None:
    state = State(case.state)
    if (
        state is State.RECEIVED
        and case.answer_due
        and today > case.answer_due
        and Act.DEEM_ACCEPTED not in done
    ):
        return Act.DEEM_ACCEPTED, {}
    if state not in RUNNING or case.is_provisional:
        return None
    broken = [
        c
        for c in cases.commitments(session, case.id)
        if c.kind == "material" and not (c.met_on or c.failed_on)
    ]
    if any(c.due_on and today > c.due_on for c in broken):
        return Act.END, {"reason": "commitment", "codes": sorted({code for c in broken for code in c.codes})}
    late = case.promise_due is not None and today > case.promise_due
    version = cases.version(session, case.version_id)
    if late and not case.has_passed_by_default and version.on_timeout is not OnTimeout.CARD:
        return Act.PASS_BY_DEFAULT, {}
    return None
