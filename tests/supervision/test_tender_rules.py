"""Each rule about tenders and desks: just before, at, just after."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.working_days import national_calendar
from supervision.alerts import Against
from supervision.rules import desk_alerts, tender_alerts
from supervision.snapshot import PostSnapshot, TenderSnapshot, TicketSnapshot

CALENDAR = national_calendar()
PUBLISHED = datetime(2026, 4, 1, 1, tzinfo=UTC)
CLOSES = PUBLISHED + timedelta(days=20)
SECOND = timedelta(seconds=1)
TENDER = TenderSnapshot(
    id="t",
    reference="T-1",
    stage="published",
    tenderer_id="office",
    published_at=PUBLISHED,
    questions_until=PUBLISHED + timedelta(days=10),
    closes_at=CLOSES,
    settle_seconds=5,
    bidding_days=20,
    shortening_reason="",
    rulebook_digest="d",
    published_digests=("d", "d"),
)
OPENED = replace(
    TENDER, stage="opened", closed_at=CLOSES, opened_at=CLOSES + timedelta(minutes=30), seats=5, unsigned=2
)


def found(tender: TenderSnapshot, now: datetime) -> list[tuple[str, str]]:
    return [(alert.rule, alert.severity) for alert in tender_alerts(tender, now, CALENDAR)]


@pytest.mark.parametrize(("after", "is_late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_a_closing_that_nobody_records_is_found_after_ten_minutes(after: timedelta, is_late: bool) -> None:
    now = CLOSES + timedelta(seconds=5, minutes=10) + after
    assert (("T1", "yellow") in found(TENDER, now)) is is_late


@pytest.mark.parametrize(("after", "is_late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_an_opening_is_late_an_hour_after_the_closing(after: timedelta, is_late: bool) -> None:
    closed = replace(TENDER, stage="closed", closed_at=CLOSES)
    assert (("T2", "yellow") in found(closed, CLOSES + timedelta(hours=1) + after)) is is_late
    done = replace(closed, stage="opened", opened_at=CLOSES + timedelta(hours=1) + after)
    assert (("T2", "yellow") in found(done, CLOSES + timedelta(days=3))) is is_late
    assert found(replace(closed, stage="failed"), CLOSES + timedelta(days=3)) == []


def test_a_question_without_an_answer_is_found_three_working_days_after_the_last_one() -> None:
    asked = replace(TENDER, unanswered=("q",))  # questions end on Saturday 11 April
    for day, is_late in (("2026-04-14", False), ("2026-04-15", False), ("2026-04-16", True)):
        now = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)
        assert (("T3", "yellow") in found(asked, now)) is is_late
    soon = replace(asked, questions_until=CLOSES - SECOND)
    assert found(soon, CLOSES - SECOND) == []
    assert found(soon, CLOSES) == [("T3", "yellow")]


def test_unsigned_sheets_are_found_five_working_days_after_the_opening() -> None:
    for day, is_late in (("2026-04-27", False), ("2026-04-28", False), ("2026-04-29", True)):
        now = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)  # opened on Tuesday 21 April
        assert (("T4", "yellow") in found(OPENED, now)) is is_late
        assert found(replace(OPENED, unsigned=0), now) == []


def test_a_changed_rulebook_a_short_period_and_a_missing_step_are_red() -> None:
    now = PUBLISHED + SECOND
    assert found(TENDER, now) == []
    assert found(replace(TENDER, rulebook_digest="other"), now) == [("T5", "red"), ("T5", "red")]
    lot = replace(TENDER, lot_digests={2: "e"}, published_lot_digests=({2: "e"}, {2: "e"}))
    assert found(lot, now) == []
    assert found(replace(lot, lot_digests={2: "other"}), now) == [("T5", "red"), ("T5", "red")]
    for now_used in ({}, {1: "e", 2: "e"}):
        assert found(replace(lot, lot_digests=now_used), now) == [("T5", "red"), ("T5", "red")]
    short = replace(TENDER, closes_at=CLOSES - SECOND)
    assert found(short, now) == [("T6", "red")]
    assert found(replace(short, shortening_reason="flood"), now) == []
    ranked = replace(OPENED, stage="evaluated", is_ranked=True, opened_at=None, seats=0)
    assert found(ranked, CLOSES) == [("T7", "red"), ("T7", "red")]


def test_a_vacant_seat_is_found_until_the_tender_is_ranked_or_has_failed() -> None:
    vacant = replace(OPENED, vacant=("seat-2", "seat-6"))
    assert found(vacant, OPENED.opened_at or CLOSES) == [("T8", "yellow"), ("T8", "yellow")]
    assert found(replace(vacant, vacant=()), OPENED.opened_at or CLOSES) == []
    assert found(replace(vacant, stage="failed"), OPENED.opened_at or CLOSES) == []
    assert ("T8", "yellow") not in found(replace(vacant, stage="evaluated", is_ranked=True), CLOSES)


@pytest.mark.parametrize(
    ("absent", "is_found"), [((), False), (("a",), False), (("b",), False), (("a", "b"), True)]
)
def test_a_post_is_a_hint_when_everybody_who_holds_it_is_away(
    absent: tuple[str, ...], is_found: bool
) -> None:
    post = PostSnapshot("p", "review", Against("dep"), ("a", "b"), frozenset(absent))
    now = datetime(2026, 4, 1, 1, tzinfo=UTC)
    assert bool(desk_alerts([post], [], now, CALENDAR)) is is_found
    sunday = datetime(2026, 4, 5, 1, tzinfo=UTC)
    assert desk_alerts([post], [], sunday, CALENDAR) == []
    assert desk_alerts([replace(post, holders=())], [], now, CALENDAR) == []


def test_a_ticket_that_waits_an_hour_is_a_hint() -> None:
    since = datetime(2026, 4, 1, 1, tzinfo=UTC)
    ticket = TicketSnapshot("t", Against("dep"), since)
    for after, is_found in ((-SECOND, False), (timedelta(0), False), (SECOND, True)):
        alerts = desk_alerts([], [ticket], since + timedelta(hours=1) + after, CALENDAR)
        assert [alert.facts["day"] for alert in alerts] == ([str(date(2026, 4, 1))] if is_found else [])
