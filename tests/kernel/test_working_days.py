"""Working days: the published table of examples, the counting rule at its edges, and a walk from day to day."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kernel.errors import BadInput
from kernel.working_days import (
    MOST_DAYS,
    TABLE_ENDS,
    Calendar,
    ChangedDay,
    DayKind,
    Stop,
    business_day,
    national_calendar,
)
from tools.bench.working_days import random_limits, spans, walk

AGREED = Path(__file__).parents[1] / "vectors/working-days/agreed.json"
CALENDAR = national_calendar()
NO_DAY = np.datetime64("NaT", "D")


def day(text: str) -> date:
    return date.fromisoformat(text)


def stops(*written: str) -> tuple[Stop, ...]:
    """Stops written as `from:to`, an open one as `from:`."""
    halves = [text.split(":") for text in written]
    return tuple(Stop(day(begin), day(end) if end else None) for begin, end in halves)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-13", 2, "2026-02-24"),  # 企业设立并联; Sat 14 February works
        ("2026-02-17", 2, "2026-02-25"),  # 365 服务 on 初一
        ("2025-09-30", 1, "2025-10-09"),  # 企业备案 5→1
        ("2025-09-26", 5, "2025-10-10"),  # 民非; Sun 28 September works
        ("2026-04-30", 5, "2026-05-11"),  # 核准; Sat 9 May works
        ("2024-02-02", 20, "2024-03-06"),
        ("2025-09-15", 20, "2025-10-17"),
        ("2025-09-15", 30, "2025-10-31"),
        ("2026-04-01", 33, "2026-05-21"),  # 宜昌工业项目
        ("2026-04-01", 134, "2026-10-16"),
        ("2026-02-12", 5, "2026-02-26"),  # 补正告知
        ("2026-02-12", 20, "2026-03-18"),
        ("2025-09-01", 60, "2025-11-28"),  # 政府投资
        ("2026-09-18", 7, "2026-09-29"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2026-04-30", 1, "2026-05-06"),  # 超时默认
        ("2026-09-28", 5, "2026-10-10"),  # 差评整改, a Saturday
        ("2026-09-28", 15, "2026-10-23"),
        ("2010-01-17", 33, "2010-03-08"),  # a Sunday
        ("2026-12-28", 3, "2026-12-31"),
        ("2005-12-31", 1, "2006-01-04"),
        ("2020-01-23", 1, "2020-02-03"),  # the epidemic's longer Spring Festival
        ("2020-01-23", 5, "2020-02-07"),
    ],
)
def test_due_dates_of_the_published_examples(start: str, days: int, due: str) -> None:
    found = CALENDAR.due(day(start), days)
    assert (found.day, found.provisional, found.remaining) == (day(due), False, None)


@pytest.mark.parametrize(
    ("item", "start", "days", "due"),
    [
        ("D1", "2026-02-13", 2, "2026-02-24"),
        ("D2 promise", "2026-04-01", 33, "2026-05-21"),
        ("D2 statutory", "2026-04-01", 134, "2026-10-16"),
        ("D12 statutory", "2025-09-01", 60, "2025-11-28"),
        ("D12 promise", "2025-09-01", 3, "2025-09-04"),
        ("D13 statutory", "2024-12-20", 55, "2025-03-14"),
        ("D14", "2025-09-30", 1, "2025-10-09"),
        ("D15", "2025-09-26", 5, "2025-10-10"),
        ("F1", "2026-02-17", 2, "2026-02-25"),
    ],
)
def test_due_dates_that_the_requirements_name(item: str, start: str, days: int, due: str) -> None:
    assert CALENDAR.due(day(start), days).day == day(due), item


def test_cards_of_a_promise_of_7_and_a_statute_of_20_fall_on_their_days() -> None:
    promise, statute = (CALENDAR.due(day("2026-09-18"), days).day for days in (7, 20))
    assert promise is not None
    assert statute is not None
    assert CALENDAR.previous_working(promise) == day("2026-09-28")  # hint
    assert CALENDAR.next_working(promise) == day("2026-09-30")  # yellow
    assert CALENDAR.next_working(statute) == day("2026-10-23")  # red


def test_the_shipped_table_is_the_agreed_one_and_each_day_names_its_notice() -> None:
    agreed = {day(row["date"]): row["working"] for row in json.loads(AGREED.read_text())["days"]}
    assert {row.day: row.is_working for row in CALENDAR.changed.values()} == agreed
    assert all(row.notice for row in CALENDAR.changed.values())
    assert CALENDAR.notice(day("2020-01-31")) == "国务院办公厅关于延长2020年春节假期的通知"
    years = {year: sum(CALENDAR.is_working(each) for each in days_of(year)) for year in (2024, 2025, 2026)}
    assert years == {2024: 251, 2025: 248, 2026: 248}


def days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


def test_20000_random_limits_are_what_a_walk_from_day_to_day_finds() -> None:
    changed = {row.day: row.is_working for row in CALENDAR.changed.values()}
    changed |= dict.fromkeys(CALENDAR.expected_off, False)
    starts, days, written = random_limits(np.random.default_rng(20261101), 20_000)
    many = CALENDAR.due_many(starts, days, written).astype(object).tolist()
    for start, number, each, at_once in zip(starts.astype(object), days.tolist(), written, many, strict=True):
        found = CALENDAR.due(start, number, [Stop(*span) for span in spans(each)])
        assert (found.day, found.remaining or 0) == walk(changed, start, number, spans(each))
        assert at_once == found.day


def test_two_stops_take_their_working_days_out() -> None:
    written = stops("2026-04-10:2026-04-17", "2026-04-29:2026-05-11")
    assert CALENDAR.due(day("2026-04-01"), 20, written).day == day("2026-05-19")
    assert CALENDAR.due(day("2026-04-01"), 20, written[::-1]).day == day("2026-05-19")


def test_an_open_stop_leaves_no_date_but_what_is_used_and_what_remains() -> None:
    found = CALENDAR.due(day("2026-04-01"), 20, stops("2026-04-10:"))
    assert (found.day, found.used, found.remaining) == (None, 6, 14)
    after_another = CALENDAR.due(day("2026-04-01"), 20, stops("2026-04-03:2026-04-08", "2026-04-10:"))
    assert (after_another.day, after_another.used, after_another.remaining) == (None, 4, 16)


@pytest.mark.parametrize(
    ("stop", "due"),
    [
        (
            "2026-04-20:2026-06-30",
            "2026-07-10",
        ),  # the whole stop counts, not only its part before the old date
        ("2026-04-27:2026-06-30", "2026-07-03"),
        ("2026-04-28:2026-06-30", "2026-07-02"),
        ("2026-04-29:2026-06-30", "2026-07-01"),  # the day before the last: one day remains
        ("2026-04-30:2026-06-30", "2026-04-30"),  # on the last day: the limit is used up
        ("2026-04-30:", "2026-04-30"),
        ("2026-05-06:2026-06-30", "2026-04-30"),
    ],
)
def test_a_stop_that_outlasts_the_old_due_date_moves_it_by_its_whole_length(stop: str, due: str) -> None:
    assert CALENDAR.due(day("2026-04-01"), 20).day == day("2026-04-30")
    assert CALENDAR.due(day("2026-04-01"), 20, stops(stop)).day == day(due)


@pytest.mark.parametrize("stop", ["2026-10-01:2026-10-07", "2026-09-30:2026-10-07", "2026-09-29:2026-09-29"])
def test_a_stop_without_a_working_day_in_it_changes_nothing(stop: str) -> None:
    start = day("2026-09-28")
    assert CALENDAR.due(start, 5, stops(stop)) == CALENDAR.due(start, 5)


@pytest.mark.parametrize(
    "written",
    [
        ("2026-04-10:2026-04-09",),
        ("2026-03-31:2026-04-03",),
        ("2026-04-10:2026-04-17", "2026-04-16:2026-04-20"),
        ("2026-04-10:2026-04-17", "2026-04-10:2026-04-17"),
        ("2026-04-10:", "2026-04-13:2026-04-14"),
        ("2026-04-10:", "2026-04-13:"),
    ],
)
def test_backward_early_and_overlapping_stops_are_refused(written: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        CALENDAR.due(day("2026-04-01"), 20, stops(*written))
    assert caught.value.facts["where"] == "stop"
    pairs = [[each.start, each.end or NO_DAY] for each in stops(*written)]
    with pytest.raises(BadInput):
        CALENDAR.due_many(
            np.array(["2026-04-01"], "datetime64[D]"), np.array([20]), np.array([pairs], "datetime64[D]")
        )


def test_the_end_of_a_stop_that_never_began_is_refused() -> None:
    starts, pairs = np.array(["2026-04-01"] * 2, "datetime64[D]"), [[["NaT"] * 2], [["NaT", "2026-04-10"]]]
    with pytest.raises(BadInput) as caught:
        CALENDAR.due_many(starts, np.array([1, 1]), np.array(pairs, "datetime64[D]"))
    assert caught.value.facts["where"] == "stops[1]"


def test_stops_may_touch_and_may_begin_on_the_first_day() -> None:
    touching = stops("2026-04-01:2026-04-03", "2026-04-03:2026-04-08")
    assert CALENDAR.due(day("2026-04-01"), 1, touching).day == day("2026-04-09")


def test_an_extension_adds_its_days_also_behind_a_stop() -> None:
    start, stop = day("2026-04-01"), stops("2026-04-29:2026-05-11")
    assert CALENDAR.due(start, 20, stop, extension=10) == CALENDAR.due(start, 30, stop)


def test_a_limit_of_no_days_ends_with_the_day_itself() -> None:
    for start in ("2026-04-01", "2026-04-04"):
        assert CALENDAR.due(day(start), 0).day == day(start)


@pytest.mark.parametrize(
    ("start", "days", "due", "provisional"),
    [
        ("2026-12-28", 2, "2026-12-30", False),
        ("2026-12-28", 3, "2026-12-31", False),
        ("2026-12-28", 4, "2027-01-04", True),  # 1 January is off by law, its notice or not
        ("2026-12-28", 7, "2027-01-07", True),
        ("2030-10-01", 1, "2030-10-02", True),
    ],
)
def test_a_date_behind_the_last_notice_is_provisional(
    start: str, days: int, due: str, provisional: bool
) -> None:
    found = CALENDAR.due(day(start), days)
    assert (found.day, found.provisional) == (day(due), provisional)


def test_a_year_counts_as_published_when_its_whole_notice_is_there() -> None:
    off = ("2027-01-01", "2027-02-05", "2027-02-08", "2027-05-03", "2027-10-01")
    rows = [ChangedDay(day(text), False, "N") for text in off]
    for lacking in range(len(off)):
        if lacking not in (1, 2):  # either of the two shows Spring Festival
            part = CALENDAR.with_rows(rows[:lacking] + rows[lacking + 1 :])
            assert part.published_to == day("2026-12-31")
    whole = CALENDAR.with_rows(rows)
    assert whole.published_to == day("2027-12-31")
    assert not whole.due(day("2026-12-28"), 7).provisional
    assert whole.is_working(day("2027-04-05"))  # what the notice does not name is an ordinary Monday


def test_every_year_of_the_table_is_seen_as_published_from_its_own_days() -> None:
    earlier = Calendar(day("2005-12-31"), day("2005-12-31"), {})
    assert earlier.with_rows(CALENDAR.changed.values()).published_to == CALENDAR.published_to


def test_a_local_closure_is_a_row_like_any_other() -> None:
    flood = CALENDAR.with_rows([ChangedDay(day("2026-07-20"), False, "Flood order 3")])
    assert flood.due(day("2026-07-17"), 1).day == day("2026-07-21")
    assert CALENDAR.due(day("2026-07-17"), 1).day == day("2026-07-20")
    explained = flood.explain(day("2026-07-17"), 1)
    assert [(each.kind, each.notice) for each in explained if each.kind == DayKind.HOLIDAY] == [
        (DayKind.HOLIDAY, "Flood order 3")
    ]


@pytest.mark.parametrize(
    ("start", "days", "where"),
    [
        ("2005-12-30", 1, "start"),
        ("2100-01-01", 1, "start"),
        ("2026-01-05", -1, "days"),
        ("2026-01-05", MOST_DAYS + 1, "days"),
        ("2099-12-01", MOST_DAYS, "days"),
    ],
)
def test_what_the_table_cannot_answer_is_refused(start: str, days: int, where: str) -> None:
    with pytest.raises(BadInput) as caught:
        CALENDAR.due(day(start), days)
    assert caught.value.facts["where"] == where
    many = np.array(["2026-01-05", start], "datetime64[D]")
    with pytest.raises(BadInput) as caught:
        CALENDAR.due_many(many, np.array([1, days if days <= MOST_DAYS else 3 * days]))
    assert caught.value.facts["where"] == where


def test_the_first_and_the_last_day_of_the_table_can_be_asked_for() -> None:
    assert CALENDAR.count(day("2005-12-31")) == 1
    assert CALENDAR.kind(day("2005-12-31")) == DayKind.MAKE_UP
    assert CALENDAR.is_working(TABLE_ENDS)
    assert len(CALENDAR.due_many(np.array([], "datetime64[D]"), np.array([], int))) == 0


def test_days_before_and_after_are_found_across_holidays() -> None:
    assert CALENDAR.next_working(day("2026-02-14")) == day("2026-02-24")
    assert CALENDAR.previous_working(day("2026-02-24")) == day("2026-02-14")
    assert CALENDAR.previous_working(day("2026-02-18")) == day("2026-02-14")
    assert CALENDAR.add(day("2026-02-18"), 0) == day("2026-02-18")
    assert CALENDAR.between(day("2026-02-13"), day("2026-02-24")) == 2
    assert CALENDAR.between(day("2026-02-24"), day("2026-02-13")) == -2


def test_elapsed_days_leave_the_stopped_ones_out() -> None:
    start, end = day("2026-04-01"), day("2026-05-19")
    assert CALENDAR.elapsed(start, end, stops("2026-04-10:2026-04-17", "2026-04-29:2026-05-11")) == 20
    assert CALENDAR.elapsed(start, end, stops("2026-04-10:")) == 6
    assert CALENDAR.elapsed(start, day("2026-04-09"), stops("2026-04-10:")) == 5
    assert CALENDAR.elapsed(start, day("2026-04-13"), stops("2026-04-10:2026-04-17")) == 6
    assert CALENDAR.elapsed(start, start) == 0
    with pytest.raises(BadInput):
        CALENDAR.elapsed(end, start)


def test_explanation_gives_every_day_its_reason() -> None:
    told = {each.day.day: each for each in CALENDAR.explain(day("2026-02-13"), 2)}
    assert list(told) == list(range(13, 25))
    assert told[13].kind == DayKind.START
    assert (told[14].kind, told[14].number) == (DayKind.MAKE_UP, 1)
    assert told[14].notice == "国务院办公厅关于2026年部分节假日安排的通知"
    assert [told[n].kind for n in (15, 16, 22, 23)] == [
        DayKind.WEEKEND,
        DayKind.HOLIDAY,
        DayKind.WEEKEND,
        DayKind.HOLIDAY,
    ]
    assert (told[24].kind, told[24].number, told[24].notice) == (DayKind.WORKING, 2, "")


def test_explanation_of_a_stopped_clock_ends_where_it_stands() -> None:
    told = CALENDAR.explain(day("2026-04-01"), 20, stops("2026-04-02:2026-04-07", "2026-04-10:"))
    assert told[-1].day == day("2026-04-10")
    assert [each.day.day for each in told if each.kind == DayKind.STOPPED] == [3, 7]
    assert told[-1].number == 4
    later = CALENDAR.explain(day("2026-12-31"), 1)
    assert [(each.kind, each.provisional) for each in later[1:]] == [
        (DayKind.EXPECTED, True),
        (DayKind.WEEKEND, True),
        (DayKind.WEEKEND, True),
        (DayKind.WORKING, True),
    ]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-12T15:59:59", "2026-02-12"),
        ("2026-02-12T16:00:00", "2026-02-13"),
        ("2026-02-12T16:30:00", "2026-02-13"),
    ],
)
def test_the_business_day_begins_at_midnight_in_beijing(moment: str, expected: str) -> None:
    assert business_day(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == day(expected)
    with pytest.raises(ValueError, match="zone"):
        business_day(datetime.fromisoformat(moment))
