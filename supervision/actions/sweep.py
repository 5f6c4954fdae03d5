"""What the clock does: deemed acceptances, default passages and unmet commitments, then the rules and their cards.

A sweep may run anywhere, any number of times, beside others: a case that another sweep holds is passed over, and
what was found before makes no second card.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from approval.actions.act import system_acts
from approval.queries import cases as case_queries
from approval.records.cases import CaseRecord
from expert_pool.queries.decoys import touches
from kernel.errors import TenderingError
from kernel.working_days import Calendar, business_day
from supervision.actions.cards import issue
from supervision.alerts import Against, Alert, Severity, printed
from supervision.queries import snapshots
from supervision.rules import case_alerts, desk_alerts, next_check, tender_alerts

CASES_AT_A_TIME = 100  # in one transaction: well within the lease of a job
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    cases: int = 0
    acts: int = 0
    cards: int = 0


def sweep_cases(
    session: Session, *, calendar: Calendar, now: datetime, limit: int = CASES_AT_A_TIME
) -> Swept:
    """Let the clock act on due cases and look at them with every rule."""
    due = snapshots.due_cases(session, now, limit)
    acts = sum(_let_clock_act(session, record, calendar, now) for record in due)
    session.flush()
    made = run_rules(session, records=due, calendar=calendar, now=now)
    return Swept(len(due), acts, made)


def _let_clock_act(session: Session, record: CaseRecord, calendar: Calendar, now: datetime) -> int:
    try:
        with session.begin_nested():
            return len(system_acts(session, case_id=record.id, calendar=calendar, now=now))
    except TenderingError as error:
        log.error("the clock could not act on a case: %s", error.code)
        return 0


def run_rules(session: Session, *, records: list[CaseRecord], calendar: Calendar, now: datetime) -> int:
    """Look at these cases with every rule, issue what is new, say when to look again; returns the new cards."""
    found = snapshots.case_snapshots(session, records)
    alerts = [alert for case in found.values() for alert in case_alerts(case, now, calendar)]
    names = {case.id: case.number for case in found.values()}
    made = issue(session, alerts=alerts, names=names, calendar=calendar, now=now)
    for record in records:
        record.checked_sequence = record.sequence
        record.next_check = next_check(found[record.id], now, calendar)
    return len(made)


def check_case(session: Session, *, case_id: str, calendar: Calendar, now: datetime) -> int:
    """Look at one case now, such as one that a department's own network sent; returns the new cards."""
    record = case_queries.lock_case(session, case_id)
    return run_rules(session, records=[record], calendar=calendar, now=now)


def sweep_tenders(session: Session, *, calendar: Calendar, now: datetime) -> Swept:
    """Look at every published tender with every rule."""
    found = [snapshots.tender_snapshot(session, tender_id) for tender_id in snapshots.live_tenders(session)]
    alerts = [alert for tender in found for alert in tender_alerts(tender, now, calendar)]
    names = {tender.id: tender.reference for tender in found}
    return Swept(cards=len(issue(session, alerts=alerts, names=names, calendar=calendar, now=now)))


def sweep_decoys(session: Session, *, calendar: Calendar, now: datetime) -> Swept:
    """T9: who touched a decoy of the expert pool, for the organisation that watches it; which one stays sealed.

    A hint asks nobody for a reply and stands in no public figure.
    """
    alerts = [
        Alert(
            "T9",
            Severity.HINT,
            "pool",
            touch.id,
            touch.how,
            Against(touch.watcher, person_id=touch.person_id),
            printed(how=touch.how, at=touch.at.isoformat()),
        )
        for touch in touches(session)
    ]
    return Swept(cards=len(issue(session, alerts=alerts, names={}, calendar=calendar, now=now)))


def sweep_desks(session: Session, *, calendar: Calendar, now: datetime) -> Swept:
    """Look at posts and waiting tickets."""
    today = business_day(now)
    posts = snapshots.posts_today(session, today)
    tickets = snapshots.waiting_tickets(session, today)
    alerts = desk_alerts(posts, tickets, now, calendar)
    names = {post.id: post.code for post in posts}
    return Swept(cards=len(issue(session, alerts=alerts, names=names, calendar=calendar, now=now)))
