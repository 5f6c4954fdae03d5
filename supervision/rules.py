"""All rules of electronic supervision in one table, and when a case has to be looked at again.

Every rule is a function of what it sees and the day: run three times it finds the same. Sources: approval.md
section 7.4, 行政许可法, 招标投标法; the clause of each stands in its row.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from approval.lifecycle import State
from kernel.clock import BEIJING
from kernel.working_days import Calendar, business_day
from supervision import case_rules, desk_rules, tender_rules
from supervision.alerts import Alert, Family, Regime, RuleClass
from supervision.desk_rules import TAKE_HOURS
from supervision.snapshot import CaseSnapshot, PostSnapshot, TenderSnapshot, TicketSnapshot

LAW = "Administrative Licensing Law art. "
BIDDING_LAW = "Tendering and Bidding Law art. "
BIDDING_RULES = "Implementing Regulations of the Bidding Law art. "
CaseRule = Callable[[CaseSnapshot, date, Calendar], Iterator[Alert]]
TenderRule = Callable[[TenderSnapshot, datetime, Calendar], Iterator[Alert]]


@dataclass(frozen=True)
class RuleRow:
    """One rule: its kind of breach, the clause it guards, and the functions that look for it."""

    rule_class: RuleClass
    family: Family
    clause: str
    regime: Regime | None = None
    of_case: CaseRule | None = None
    of_tender: TenderRule | None = None


_C, _T = RuleClass.COMPLIANCE, RuleClass.TIMELINESS
_P, _F, _TIME = Family.PROCEDURE, Family.FEE, Family.TIME
_LIMIT = Regime.LIMITED_TIME

RULES: Mapping[str, RuleRow] = {
    "R1": RuleRow(_T, _TIME, "Reminder before the promise ends", None, case_rules.promise_ends_soon),
    "R2": RuleRow(_T, _TIME, LAW + "34", _LIMIT, case_rules.step_is_late),
    "R3": RuleRow(_T, _TIME, "Promised limit (承诺办理制)", _LIMIT, case_rules.promise_broken),
    "R4": RuleRow(_T, _TIME, LAW + "42", _LIMIT, case_rules.statute_broken),
    "R5": RuleRow(_C, _F, LAW + "58, 59", None, case_rules.unlawful_fee),
    "R6": RuleRow(_C, _P, LAW + "26", None, case_rules.outside_the_loop),
    "R7": RuleRow(_C, _P, LAW + "32(4)", Regime.TELL_ONCE, case_rules.told_twice),
    "R8": RuleRow(_C, _P, LAW + "38(2)", None, case_rules.refused_without_reason),
    "R9": RuleRow(_T, _P, LAW + "32(4)", Regime.FIRST_CONTACT, case_rules.application_unanswered),
    "R10": RuleRow(_C, _TIME, LAW + "45", _LIMIT, case_rules.stop_is_wrong),
    "R11": RuleRow(_T, _P, "Posts with A and B (AB角)", Regime.FIRST_CONTACT),
    "R12": RuleRow(
        _T, _P, "Rating of government services", Regime.ACCOUNTABILITY, case_rules.bad_rating_unhandled
    ),
    "R13": RuleRow(_C, _TIME, LAW + "42", None, case_rules.extension_after_expiry),
    "R14": RuleRow(_T, _TIME, "Timeout default (超时默认制)", _LIMIT, case_rules.default_paper_missing),
    "R15": RuleRow(_T, _P, LAW + "61", Regime.ACCOUNTABILITY, case_rules.pledge_unchecked),
    "R16": RuleRow(_T, _P, "First contact (首问负责制)", Regime.FIRST_CONTACT, case_rules.receipt_missing),
    "R17": RuleRow(_C, _P, LAW + "72", Regime.ACCOUNTABILITY),
    "T1": RuleRow(_T, _TIME, BIDDING_LAW + "34", None, None, tender_rules.closing_not_recorded),
    "T2": RuleRow(_T, _TIME, BIDDING_LAW + "34", None, None, tender_rules.opening_late),
    "T3": RuleRow(_T, _P, BIDDING_LAW + "23", None, None, tender_rules.question_unanswered),
    "T4": RuleRow(_T, _P, BIDDING_LAW + "40", None, None, tender_rules.sheets_unsigned),
    "T5": RuleRow(_C, _P, BIDDING_LAW + "40", None, None, tender_rules.rulebook_changed),
    "T6": RuleRow(_C, _TIME, BIDDING_LAW + "24", None, None, tender_rules.period_too_short),
    "T7": RuleRow(_C, _P, BIDDING_LAW + "36, 37", None, None, tender_rules.step_missing),
    "T8": RuleRow(_C, _P, BIDDING_RULES + "48", None, None, tender_rules.seat_vacant),
    "T9": RuleRow(_C, _P, BIDDING_RULES + "46"),
}
"""By number. R11 looks at desks, R17 is a complaint that was found to be right, T9 a decoy of the expert pool that
somebody touched; none of them has a function here."""


def case_alerts(case: CaseSnapshot, now: datetime, calendar: Calendar) -> list[Alert]:
    """What all rules find about a case at a moment."""
    today = business_day(now)
    found = [alert for row in RULES.values() if row.of_case for alert in row.of_case(case, today, calendar)]
    return found + list(desk_rules.task_not_taken(case, now))


def tender_alerts(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> list[Alert]:
    """What all rules find about a published tender at a moment."""
    return [
        alert for row in RULES.values() if row.of_tender for alert in row.of_tender(tender, now, calendar)
    ]


def desk_alerts(
    posts: list[PostSnapshot], tickets: list[TicketSnapshot], now: datetime, calendar: Calendar
) -> list[Alert]:
    """What R11 finds about posts and tickets at a moment."""
    today = business_day(now)
    found = [alert for post in posts for alert in desk_rules.both_absent(post, today, calendar)]
    return found + [alert for ticket in tickets for alert in desk_rules.ticket_waits(ticket, now)]


def next_check(case: CaseSnapshot, now: datetime, calendar: Calendar) -> datetime | None:
    """When time alone may change what the rules find; None when only a new event can."""
    today = business_day(now)
    days = [day for day in _turning_days(case, calendar) if day > today]
    moments = [datetime.combine(day, time(0, 1), BEIJING).astimezone(UTC) for day in days]
    for task in case.tasks:
        if task.taken_at is None and task.done_on is None:
            moments.append(task.made_at + timedelta(hours=TAKE_HOURS, seconds=1))
    return min((moment for moment in moments if moment > now), default=None)


def _turning_days(case: CaseSnapshot, calendar: Calendar) -> Iterator[date]:
    """The first days on which a limit of the case is broken, or its promise nearly over."""
    ends: list[date | None] = [task.due_on for task in case.tasks if task.done_on is None]
    ends += [pledge.due_on for pledge in case.pledges if not pledge.is_settled]
    ends += [calendar.add(hop.sent_on, case_rules.RECEIPT_DAYS) for hop in case.hops]
    if case.is_running:
        ends += [case.step_due, case.promise_due, case.statutory_due]
        if case.promise_due:
            yield calendar.add(case.promise_due, -case_rules.HINT_DAYS)
    if case.state is State.RECEIVED:
        ends.append(case.answer_due)
    if case.is_stopped:
        ends += [calendar.add(s.started_on, s.planned_days) for s in case.stops if s.ended_on is None]
    yield from (day + timedelta(days=1) for day in ends if day)
