"""The moments of a tender and the periods between them."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.errors import BadInput, Refused
from tender.clarification import TEXT_LIMIT, check_amendment, check_may_ask, check_text
from tender.timetable import Periods, Timetable, is_short, needs_extension, read_timetable, write_timetable

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=20)
TABLE = Timetable(NOW + timedelta(days=5), CLOSES)
TICK = timedelta(microseconds=1)


def test_timetable_survives_writing_and_reading() -> None:
    assert read_timetable(dict(write_timetable(TABLE))) == TABLE


@pytest.mark.parametrize(
    "changes",
    [
        {"closes_at": "2026-12-01T09:00:00"},
        {"closes_at": "tomorrow"},
        {"questions_until": "2027-01-01T00:00:00Z"},
        {"settle_seconds": 0},
        {"settle_seconds": 601},
        {"settle_seconds": "5"},
    ],
)
def test_unusable_timetable_names_the_field(changes: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refusal:
        read_timetable({**write_timetable(TABLE), **changes})
    assert str(refusal.value.facts["where"]) == f"timetable.{next(iter(changes))}"


@pytest.mark.parametrize(("shift", "short"), [(-TICK, False), (timedelta(0), False), (TICK, True)])
def test_bidding_shorter_than_twenty_days_needs_a_reason(shift: timedelta, short: bool) -> None:
    assert is_short(NOW + shift, CLOSES, Periods()) is short


@pytest.mark.parametrize(("shift", "late"), [(-TICK, False), (timedelta(0), False), (TICK, True)])
def test_amendment_within_fifteen_days_of_closing_needs_an_extension(shift: timedelta, late: bool) -> None:
    assert needs_extension(CLOSES - timedelta(days=15) + shift, CLOSES, Periods()) is late


@pytest.mark.parametrize(("shift", "open_"), [(-TICK, True), (timedelta(0), True), (TICK, False)])
def test_questions_are_taken_until_their_end(shift: timedelta, open_: bool) -> None:
    if open_:
        check_may_ask(TABLE, TABLE.questions_until + shift)
    else:
        with pytest.raises(Refused):
            check_may_ask(TABLE, TABLE.questions_until + shift)


def test_amendment_may_move_the_closing_later_only() -> None:
    later = Timetable(TABLE.questions_until, CLOSES + TICK)
    check_amendment(TABLE, later, Periods(), "", NOW)
    with pytest.raises(Refused, match="no shortening"):
        check_amendment(TABLE, Timetable(TABLE.questions_until, CLOSES - TICK), Periods(), "why not", NOW)


def test_late_amendment_without_extension_needs_a_published_reason() -> None:
    late = CLOSES - timedelta(days=3)
    with pytest.raises(Refused, match="15 days"):
        check_amendment(TABLE, TABLE, Periods(), " ", late)
    check_amendment(TABLE, TABLE, Periods(), "a typing error in one address", late)


def test_nothing_is_amended_after_the_closing_time() -> None:
    with pytest.raises(Refused, match="closed"):
        check_amendment(TABLE, TABLE, Periods(), "reason", CLOSES + TICK)


@pytest.mark.parametrize(
    ("length", "fits"), [(0, False), (1, True), (TEXT_LIMIT, True), (TEXT_LIMIT + 1, False)]
)
def test_texts_have_a_length(length: int, fits: bool) -> None:
    if fits:
        assert check_text("text", "x" * length) == "x" * length
    else:
        with pytest.raises(BadInput):
            check_text("text", "x" * length)
