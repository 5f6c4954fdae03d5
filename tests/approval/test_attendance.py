from datetime import date, timedelta

import pytest

from approval.attendance import Presence, day_sheets, month_totals, read_mark
from kernel.errors import BadInput
from kernel.working_days import national_calendar

SATURDAY_AT_WORK = date(2026, 2, 14)


def sheet(day: date, *times: str, excused: bool = False) -> list[Presence]:
    marks = [read_mark("p", f"{day}T{time}") for time in times]
    away = frozenset({("p", day)}) if excused else frozenset()
    return [s.presence for s in day_sheets(["p"], marks, [day], national_calendar(), excused=away)]


MONDAY = date(2026, 11, 2)
CASES: list[tuple[date, tuple[str, ...], list[str]]] = [
    (MONDAY, ("08:59", "17:00"), ["present"]),
    (MONDAY, ("09:00:59", "17:00"), ["present"]),
    (MONDAY, ("09:01", "17:00"), ["late"]),
    (MONDAY, ("09:00", "16:59:59"), ["early"]),
    (MONDAY, ("09:01", "16:59"), ["late_and_early"]),
    (MONDAY, ("12:00",), ["late_and_early"]),
    (MONDAY, (), ["absent"]),
    (SATURDAY_AT_WORK, (), ["absent"]),
    (SATURDAY_AT_WORK, ("09:00", "18:00"), ["present"]),
    (date(2026, 2, 17), (), []),
    (date(2026, 2, 17), ("10:00",), ["overtime"]),
    (date(2026, 11, 7), (), []),
]


@pytest.mark.parametrize(("day", "times", "expected"), CASES)
def test_what_marks_mean_on_a_day(day: date, times: tuple[str, ...], expected: list[str]) -> None:
    assert sheet(day, *times) == expected


def test_a_leave_is_an_excuse() -> None:
    assert sheet(MONDAY, excused=True) == ["excused"]
    assert sheet(MONDAY, "11:00", "15:00", excused=True) == ["present"]


def test_a_month_of_126_people_is_counted() -> None:
    people = [f"p{n:03}" for n in range(126)]
    days = [date(2026, 2, 1) + timedelta(days=n) for n in range(28)]
    calendar = national_calendar()
    working = [day for day in days if calendar.is_working(day)]
    marks = [
        read_mark(person, f"{day}T{'09:01' if (n + k) % 21 == 0 else '08:55'}")
        for n, person in enumerate(people)
        for k, day in enumerate(working)
        if (n + k) % 50
    ]
    marks += [(person, at.replace(hour=17, minute=5)) for person, at in marks]
    sheets = day_sheets(people, marks, days, calendar)
    assert len(sheets) == 126 * len(working)
    totals = month_totals(sheets)
    assert all(sum(own.values()) == len(working) for own in totals.values())
    absent = sum(own.get(Presence.ABSENT, 0) for own in totals.values())
    assert absent == sum(1 for n in range(126) for k in range(len(working)) if (n + k) % 50 == 0)
    assert SATURDAY_AT_WORK in working


def test_a_mark_is_a_moment() -> None:
    assert read_mark("p", "2026-11-02T01:00:00Z")[1].hour == 9
    with pytest.raises(BadInput):
        read_mark("p", "yesterday")
