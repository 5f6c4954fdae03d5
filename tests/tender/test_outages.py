"""What an outage does to a closing time: boundaries in threes, and laws over all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import BEIJING
from kernel.errors import BadInput
from kernel.working_days import business_day, national_calendar
from tender.outages import Outage, OutageRule, certificate_body, in_office_hours, moved_closing, read_rule

CALENDAR, RULE = national_calendar(), OutageRule()
BEGAN = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)  # a Wednesday, 9:00 in Beijing
MINUTE, MICRO = timedelta(minutes=1), timedelta(microseconds=1)
HOUR_LONG = Outage(BEGAN, BEGAN + 60 * MINUTE)


def moved(closes_at: datetime, outage: Outage = HOUR_LONG) -> datetime | None:
    return moved_closing(closes_at, outage, RULE, CALENDAR)


@pytest.mark.parametrize(
    ("closes_at", "later"),
    [
        (HOUR_LONG.began_at - MICRO, None),
        (HOUR_LONG.began_at, HOUR_LONG.ended_at + 120 * MINUTE),
        (HOUR_LONG.began_at + MICRO, HOUR_LONG.ended_at + 120 * MINUTE),
        (HOUR_LONG.ended_at, HOUR_LONG.ended_at + 120 * MINUTE),
        (HOUR_LONG.ended_at + MICRO, HOUR_LONG.ended_at + MICRO + 120 * MINUTE),
        (HOUR_LONG.ended_at + 120 * MINUTE, HOUR_LONG.ended_at + 240 * MINUTE),
        (HOUR_LONG.ended_at + 120 * MINUTE + MICRO, None),
    ],
)
def test_closing_times_in_and_shortly_after_an_outage_move(
    closes_at: datetime, later: datetime | None
) -> None:
    assert moved(closes_at) == later


@pytest.mark.parametrize(
    ("length", "later"),
    [
        (timedelta(seconds=60) - MICRO, None),
        (timedelta(seconds=60), timedelta(seconds=60) + 120 * MINUTE),
        (120 * MINUTE, 240 * MINUTE),
        (120 * MINUTE + MICRO, 120 * MINUTE + MICRO + 1440 * MINUTE),
    ],
)
def test_the_length_of_an_outage_decides_how_far(length: timedelta, later: timedelta | None) -> None:
    found = moved(BEGAN, Outage(BEGAN, BEGAN + length))
    assert found == (None if later is None else BEGAN + later)


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        ("2026-12-02T08:59:59", "2026-12-02T09:00:00"),
        ("2026-12-02T09:00:00", "2026-12-02T09:00:00"),
        ("2026-12-02T18:00:00", "2026-12-02T18:00:00"),
        ("2026-12-02T18:00:01", "2026-12-03T09:00:00"),
        ("2026-12-04T18:30:00", "2026-12-07T09:00:00"),  # Friday evening
        ("2026-12-05T10:00:00", "2026-12-07T09:00:00"),  # Saturday
        ("2026-10-01T10:00:00", "2026-10-08T09:00:00"),  # National Day
    ],
)
def test_a_closing_time_never_moves_out_of_office_hours(at: str, wanted: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=BEIJING).astimezone(UTC)
    assert in_office_hours(moment, RULE, CALENDAR) == datetime.fromisoformat(wanted).replace(tzinfo=BEIJING)


@given(st.integers(-600, 3000), st.integers(0, 4000))
def test_a_closing_time_only_moves_later_and_past_the_recovery(closing: int, length: int) -> None:
    outage = Outage(BEGAN, BEGAN + length * MINUTE)
    closes_at = BEGAN + closing * MINUTE
    later = moved(closes_at, outage)
    if later is not None:
        assert later >= max(closes_at, outage.ended_at) + 120 * MINUTE
        assert CALENDAR.is_working(business_day(later))


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"add_minutes": -1}, "add_minutes"),
        ({"add_minutes": 20161}, "add_minutes"),
        ({"add_minutes": "2"}, "add_minutes"),
        ({"add_minutes": True}, "add_minutes"),
        ({"office_from": 18}, "office_to"),
        ({"office_to": 24}, "office_to"),
        ({"long_add_minutes": 119}, "long_add_minutes"),
        ({"grace": 1}, "grace"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_figure(body: dict[str, object], where: str) -> None:
    with pytest.raises(BadInput, match=f"outage_rule.{where}:"):
        read_rule(body)
    assert read_rule({}) == RULE


def test_the_certificate_tells_every_moved_closing_time() -> None:
    body = certificate_body(HOUR_LONG, "unreachable", {"t": (BEGAN, BEGAN + MINUTE)})
    assert body["moved"] == {
        "t": {"closing": "2026-12-02T01:00:00.000000Z", "moved_to": "2026-12-02T01:01:00.000000Z"}
    }
