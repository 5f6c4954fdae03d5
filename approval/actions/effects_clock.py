"""What acts on the clock do to a case: stops, the one extension, special limits, default passage, recomputing."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from approval import limits
from approval.actions.doing import Doing
from approval.actions.effects_intake import task_of
from approval.item import OnTimeout, StepKind
from approval.lifecycle import STATE_OF_STEP, Act
from approval.queries import cases
from approval.records.cases import StopRecord
from kernel.errors import Refused
from kernel.ids import new_id


def stop(doing: Doing) -> None:
    """停表 for one of the eight lawful kinds, announced with its length."""
    kind, planned = doing.text("kind", 30, needed=True), doing.whole("planned_days")
    limits.check_stop(kind, planned, doing.case.is_stopped)
    earlier = cases.stops(doing.session, doing.case.id)
    if any(row.ended_on and row.ended_on > doing.today for row in earlier):
        raise Refused(rule="one stop at a time", why="an earlier stop ends later than this one begins")
    refers_to = doing.text("refers_to", 200)
    doing.session.add(
        StopRecord(
            id=new_id(),
            case_id=doing.case.id,
            kind=kind,
            planned_days=planned,
            started_on=doing.today,
            refers_to=refers_to,
        )
    )
    doing.case.is_stopped = True
    doing.kept |= {"kind": kind, "planned_days": planned, "refers_to": refers_to}


def resume(doing: Doing) -> None:
    """The clock runs again from the day after."""
    running = [row for row in cases.stops(doing.session, doing.case.id) if row.ended_on is None]
    if not running:
        raise Refused(rule="stopped clock", why="the clock of this case is running")
    running[0].ended_on = doing.today
    doing.kept |= {"kind": running[0].kind, "result": doing.text("result")}


def extend(doing: Doing) -> None:
    """One extension, by the leader, before the deadline, with its reason."""
    days = doing.whole("days")
    limits.check_extension(
        doing.version, days, doing.case.extended_days, doing.case.statutory_due, doing.today
    )
    doing.case.extended_days = days
    doing.kept |= {
        "days": days,
        "reason": doing.text("reason", needed=True),
        "before": _iso(doing.case.statutory_due),
    }


def give_limit(doing: Doing) -> None:
    """一事一议, or an instant case that cannot be finished today: a limit of its own, in writing."""
    days, minutes = doing.whole("days"), doing.text("minutes", 400)
    limits.check_custom_days(doing.version, days, minutes)
    doing.case.custom_days = days
    doing.kept |= {"days": days, "minutes": minutes}


def pass_by_default(doing: Doing) -> None:
    """超时默认: the flow goes on, the silent department owes its paper in one working day; no permit is issued."""
    case, step = doing.case, doing.step
    assert step is not None
    task = task_of(doing, "default_paper", doing.calendar.due(doing.today, limits.DEFAULT_PAPER_DAYS).day)
    doing.session.add(task)
    case.has_passed_by_default = True
    doing.kept |= {"task": task.id, "kind": doing.version.on_timeout, "step": step.code}
    if doing.version.on_timeout is OnTimeout.DEEMED_BY_LAW:
        doing.kept["law"] = doing.version.deemed_law
        case.facts = {**case.facts, "deemed_granted": doing.version.deemed_law}
    following = doing.version.steps[case.step + 1] if case.step + 1 < len(doing.version.steps) else None
    if following and step.kind is not StepKind.DECIDE:
        case.step, case.step_since = case.step + 1, doing.today
        doing.to = STATE_OF_STEP[following.kind]


def urge(doing: Doing) -> None:
    """督办: the lead asks for an answer within a limit."""
    days = doing.whole("days")
    doing.session.add(task_of(doing, "urged", doing.calendar.due(doing.today, days).day))
    doing.kept |= {"days": days, "text": doing.text("text", needed=True)}


def recompute(doing: Doing) -> None:
    """期限重算: a new holiday notice moves the dates; old ones and the notice stay in the event."""
    case = doing.case
    if case.answer_due is not None and case.received_on is not None:
        due = doing.calendar.due(case.received_on, limits.ANSWER_DAYS)
        case.answer_due, case.is_provisional = due.day, due.provisional
    doing.kept |= {
        "notice": doing.text("notice", 100),
        "old": {"promise": _iso(case.promise_due), "statutory": _iso(case.statutory_due)},
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


EFFECTS: Mapping[Act, Callable[[Doing], Any]] = {
    Act.STOP: stop,
    Act.RESUME: resume,
    Act.EXTEND: extend,
    Act.GIVE_LIMIT: give_limit,
    Act.PASS_BY_DEFAULT: pass_by_default,
    Act.URGE: urge,
    Act.RECOMPUTE: recompute,
}
