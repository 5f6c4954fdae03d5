"""Rules about cases, R1 to R10 and R13 to R16: each looks at one case on one day and says what it finds.

A date that rests on an unpublished holiday notice never makes a card, and while the clock is stopped no limit does.
"""

from collections.abc import Iterator
from datetime import date

from approval.lifecycle import Act, State
from approval.limits import STOP_KINDS
from kernel.working_days import Calendar, business_day
from supervision.alerts import Alert, Severity, printed
from supervision.snapshot import CaseSnapshot, EventFact

HINT_DAYS = 1  # working days before a promise ends
LATE_ENTRY_DAYS = 1  # working days between an act and its entry that nobody asks about
RECEIPT_DAYS = 1  # working days in which a hand-over is confirmed
DECISIONS = (Act.GRANT, Act.REFUSE, Act.FINISH_INSTANT)
REFUSALS = (Act.NOT_ACCEPT, Act.REFUSE, Act.END)
UNLAWFUL_EXTENSIONS = ("extension before expiry", "one extension")  # rules of approval.limits
ACCEPTANCES = (Act.ACCEPT, Act.DEEM_ACCEPTED, Act.FINISH_INSTANT)

Found = Iterator[Alert]


def _alert(case: CaseSnapshot, rule: str, severity: Severity, occurrence: object, **facts: object) -> Alert:
    return Alert(rule, severity, "case", case.id, str(occurrence), case.against, printed(**facts))


def promise_ends_soon(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R1: one working day is left, or none; not on the very day of acceptance."""
    due = case.promise_due
    if not case.is_running or case.is_stopped or case.is_provisional or due is None:
        return
    if case.accepted_on and case.accepted_on < today <= due and calendar.between(today, due) <= HINT_DAYS:
        yield _alert(case, "R1", Severity.HINT, due, due=due)


def step_is_late(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R2: a step runs over its limit inside the promise."""
    if not case.is_running or case.is_stopped or case.is_provisional or case.step_due is None:
        return
    if case.step_due < today and (case.promise_due is None or today <= case.promise_due):
        yield _alert(
            case, "R2", Severity.YELLOW, f"{case.step}:{case.step_due}", step=case.step, due=case.step_due
        )


def _end(case: CaseSnapshot, today: date) -> date | None:
    """The day to hold against the limits; None where they do not apply."""
    if case.is_provisional or case.accepted_on is None or case.state in (State.WITHDRAWN, State.ENDED):
        return None
    if case.ended_on:
        return case.ended_on
    return today if case.is_running and not case.is_stopped else None


def promise_broken(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R3: not decided by the promised day, though the statutory one is not over."""
    end = _end(case, today)
    if end is None or case.promise_due is None or end <= case.promise_due:
        return
    if case.statutory_due is None or end <= case.statutory_due:
        yield _alert(case, "R3", Severity.YELLOW, case.promise_due, due=case.promise_due)


def statute_broken(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R4: not decided by the statutory day."""
    end = _end(case, today)
    if end and case.statutory_due and end > case.statutory_due:
        yield _alert(case, "R4", Severity.RED, case.statutory_due, due=case.statutory_due)


def unlawful_fee(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R5: somebody tried to charge what the schedule does not have."""
    for fee in case.fees:
        facts = {"fee": fee.fee_code, "amount_fen": fee.amount_fen, "why": fee.why}
        yield _alert(case, "R5", Severity.RED, fee.id, **facts)


def outside_the_loop(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R6: decided outside and entered later, a step skipped, or accepted at two windows (体外循环, 两头受理)."""
    if case.accepted_on and case.ended_on and case.accepted_on > case.ended_on:
        yield _alert(case, "R6", Severity.RED, "accepted-after-end", why="accepted_after_end")
    for event in case.events:
        if event.data.get("offline"):
            yield _alert(
                case, "R6", Severity.RED, f"offline:{event.sequence}", why="offline", act=event.action
            )
        elif is_late_entry(event, calendar):
            grave = Severity.RED if event.action in DECISIONS else Severity.YELLOW
            yield _alert(case, "R6", grave, f"late:{event.sequence}", why="entered_late", act=event.action)
    if skips_a_step(case.events):
        yield _alert(case, "R6", Severity.RED, "skipped", why="step_skipped")
    for number in case.twins:
        yield _alert(case, "R6", Severity.YELLOW, f"twin:{number}", why="accepted_twice", other=number)


def is_late_entry(event: EventFact, calendar: Calendar) -> bool:
    """Whether an act was entered more than a working day after it happened, or says so itself."""
    entered = business_day(event.at)
    return bool(event.data.get("entered_late")) or (
        event.happened_on < entered and calendar.between(event.happened_on, entered) > LATE_ENTRY_DAYS
    )


def skips_a_step(events: tuple[EventFact, ...]) -> bool:
    """Whether a decision stands without an acceptance, or an event does not begin where the last one ended."""
    accepted, state = False, None
    for event in events:
        if state is not None and event.from_state != state:
            return True
        accepted = accepted or event.action in ACCEPTANCES
        if event.action in DECISIONS and not accepted:
            return True
        state = event.to_state
    return False


def told_twice(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R7: a second notice asks for what was there, or was told, before."""
    for event in case.events:
        if event.action == Act.TELL_MISSING and event.data.get("old"):
            codes = ", ".join(event.data["old"])
            yield _alert(case, "R7", Severity.YELLOW, event.sequence, codes=codes)


def refused_without_reason(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R8: a refusal that names neither a condition nor a reason."""
    for event in case.events:
        said = event.data.get("conditions") or str(event.data.get("reason", "")).strip()
        if event.action in REFUSALS and not said:
            yield _alert(case, "R8", Severity.YELLOW, event.sequence, act=event.action)


def application_unanswered(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R9: nobody answered an application within five working days (行政许可法 32(4))."""
    due, received = case.answer_due, case.received_on
    is_late = case.state is State.RECEIVED and due is not None and today > due
    if received and (case.is_deemed or (is_late and due and not calendar.is_provisional(due))):
        yield _alert(case, "R9", Severity.RED, received, received=received)


def stop_is_wrong(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R10: a stop longer than announced, or of a kind that does not stop the clock."""
    for stop in case.stops:
        end = stop.ended_on or today
        if stop.kind not in STOP_KINDS:
            yield _alert(case, "R10", Severity.YELLOW, f"kind:{stop.id}", why="kind", kind=stop.kind)
        if calendar.is_provisional(end) or end < stop.started_on:
            continue
        if calendar.between(stop.started_on, end) > stop.planned_days:
            since = calendar.add(stop.started_on, stop.planned_days + 1)
            planned = stop.planned_days
            yield _alert(
                case, "R10", Severity.YELLOW, f"long:{stop.id}", why="longer", planned=planned, since=since
            )


def extension_after_expiry(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R13: an extension tried after the deadline, or a second time."""
    for attempt in case.attempts:
        if attempt.act == Act.EXTEND and attempt.why in UNLAWFUL_EXTENSIONS:
            yield _alert(case, "R13", Severity.RED, attempt.id, why=attempt.why)


def _late_tasks(case: CaseSnapshot, kind: str, today: date, calendar: Calendar) -> Iterator[tuple[str, date]]:
    for task in case.tasks:
        if task.kind != kind or task.due_on is None or calendar.is_provisional(task.due_on):
            continue
        if (task.done_on or today) > task.due_on:
            yield task.id, task.due_on


def default_paper_missing(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R14: after 超时默认 the silent department did not issue its paper in one working day."""
    for task_id, due in _late_tasks(case, "default_paper", today, calendar):
        yield _alert(case, "R14", Severity.RED, task_id, due=due)


def bad_rating_unhandled(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R12: a bad rating was not followed up within its limit."""
    for task_id, due in _late_tasks(case, "bad_rating", today, calendar):
        yield _alert(case, "R12", Severity.YELLOW, task_id, due=due)


def pledge_unchecked(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R15: a permit given on a pledge was not checked by the day set for it (重审批、轻管理)."""
    for pledge in case.pledges:
        due = pledge.due_on
        if pledge.kind == "pledge" and not pledge.is_settled and due and due < today:
            yield _alert(case, "R15", Severity.YELLOW, pledge.id, due=due)


def receipt_missing(case: CaseSnapshot, today: date, calendar: Calendar) -> Found:
    """R16: papers handed over to another window or site, and nobody confirmed them."""
    for hop in case.hops:
        if hop.sent_on < today and calendar.between(hop.sent_on, today) > RECEIPT_DAYS:
            yield _alert(case, "R16", Severity.HINT, hop.id, to=hop.to_code)
