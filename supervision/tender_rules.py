"""Rules about tenders, T1 to T8: each looks at one published tender at one moment and says what it finds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kernel.working_days import Calendar, business_day
from supervision.alerts import Against, Alert, Severity, printed
from supervision.snapshot import TenderSnapshot
from tender.lifecycle import Stage
from tender.timetable import Periods, is_short

CLOSING_MINUTES = 10  # after which somebody must ask why the closing is not recorded
OPENING_MINUTES = 60  # after the closing in which openers have released and the record stands
ANSWER_DAYS = 3  # working days after the last question
SHEET_DAYS = 5  # working days after the opening in which every sheet is signed

Found = Iterator[Alert]


def _alert(tender: TenderSnapshot, rule: str, severity: Severity, occurrence: str, **facts: object) -> Alert:
    against = Against(tender.tenderer_id)
    return Alert(rule, severity, "tender", tender.id, occurrence, against, printed(**facts))


def closing_not_recorded(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T1: the closing time has passed and the closing is not recorded."""
    late = tender.closes_at + timedelta(seconds=tender.settle_seconds, minutes=CLOSING_MINUTES)
    if tender.stage == Stage.PUBLISHED and tender.closed_at is None and now > late:
        yield _alert(tender, "T1", Severity.YELLOW, tender.closes_at.isoformat(), minutes=CLOSING_MINUTES)


def opening_late(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T2: bids were not opened at the time set for it (招标投标法 34)."""
    if tender.closed_at is None or tender.stage == Stage.FAILED:
        return
    if (tender.opened_at or now) > tender.closed_at + timedelta(minutes=OPENING_MINUTES):
        yield _alert(tender, "T2", Severity.YELLOW, "opening", minutes=OPENING_MINUTES)


def question_unanswered(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T3: a question in time has no answer when bids close, or three working days after the last one."""
    due = calendar.add(business_day(tender.questions_until), ANSWER_DAYS)
    if now >= tender.closes_at or (business_day(now) > due and not calendar.is_provisional(due)):
        for question_id in tender.unanswered:
            yield _alert(tender, "T3", Severity.YELLOW, question_id, due=due)


def sheets_unsigned(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T4: experts' sheets stay unsigned."""
    if tender.opened_at is None or tender.is_ranked or not tender.unsigned:
        return
    due = calendar.add(business_day(tender.opened_at), SHEET_DAYS)
    if business_day(now) > due and not calendar.is_provisional(due):
        yield _alert(tender, "T4", Severity.YELLOW, "sheets", unsigned=tender.unsigned, due=due)


def rulebook_changed(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T5: the method of evaluation differs from the one that was published (招标投标法 40)."""
    for version, digest in enumerate(tender.published_digests, start=1):
        if digest != tender.rulebook_digest:
            yield _alert(tender, "T5", Severity.RED, f"{version}:{tender.rulebook_digest}", version=version)
    for version, published in enumerate(tender.published_lot_digests, start=1):
        for lot in sorted(published.keys() | tender.lot_digests.keys()):
            now_used = tender.lot_digests.get(lot, "")
            if published.get(lot, "") != now_used:
                occurrence = f"{version}:lot-{lot}:{now_used}"
                yield _alert(tender, "T5", Severity.RED, occurrence, version=version, lot=lot)


def period_too_short(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T6: fewer days for bids than the law gives, and no reason published (招标投标法 24)."""
    short = is_short(tender.published_at, tender.closes_at, Periods(bidding_days=tender.bidding_days))
    if short and not tender.shortening_reason.strip():
        yield _alert(tender, "T6", Severity.RED, tender.closes_at.isoformat(), days=tender.bidding_days)


def step_missing(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T7: a ranking without a closing, an opening record or a panel."""
    if tender.is_ranked:
        steps = {"closing": tender.closed_at, "opening": tender.opened_at, "panel": tender.seats or None}
        for step, done in steps.items():
            if done is None:
                yield _alert(tender, "T7", Severity.RED, step, step=step)


def seat_vacant(tender: TenderSnapshot, now: datetime, calendar: Calendar) -> Found:
    """T8: a seat of the panel has nobody, and no reserve is left to take it (招标投标法实施条例 48)."""
    if not tender.is_ranked and tender.stage != Stage.FAILED:
        for seat in tender.vacant:
            yield _alert(tender, "T8", Severity.YELLOW, seat, seat=seat)
