"""Working days of mainland China: make-up days, stopped clocks, and why a date is what it is.

The counting rule, stated once:

1. The day of the event is not counted; day 1 is the next working day; the limit ends with the end of day N.
2. A stop from S to R takes the working days after S up to and including R out of the count.
3. A stop that begins when the limit is already used up changes nothing.
4. While a stop is open there is no due date, only the working days that remain.
5. A limit of 0 working days ends with the day of the event itself.
6. A date after the last published day is provisional (暂定): it rests on Monday to Friday without the days
   off that the law already fixes, and becomes another when the State Council's notice is imported.

With n(d), the working days up to and including d: index = n(start) + N + extension; for each stop in order,
if n(S) < index then index += n(R) - n(S); the due date is working day number `index`.

Sources: 民法典 201 (the day of the beginning is not counted), 行政许可法 82 (working days),
全国年节及纪念日放假办法 · docs/formats/working-days.md.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.clock import BEIJING
from kernel.errors import BadInput

TABLE_ENDS = date(2099, 12, 31)  # far behind any limit; a later date is a typing error
MOST_DAYS = 5000  # working days of one limit; the longest statutory limits stay far below
ONE_DAY = timedelta(days=1)
NUMPY_DAY_ZERO = date(1970, 1, 1).toordinal()  # datetime64[D] counts from here
NATIONAL_TABLE = Path(__file__).with_name("working_days_cn.json")

Dates = NDArray[np.datetime64]
Whole = NDArray[np.int64]


class DayKind(StrEnum):
    """Why a day counts or does not."""

    START = "start"  # the day of the event
    WORKING = "working"
    MAKE_UP = "make-up"  # a Saturday or Sunday that a notice makes a working day
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # a weekday off by notice, local closures too
    EXPECTED = "expected-holiday"  # off by law, its notice not yet published
    STOPPED = "stopped"  # a working day while the clock stands


@dataclass(frozen=True)
class ChangedDay:
    """A day that a notice makes working or not, whatever its weekday."""

    day: date
    is_working: bool
    notice: str


@dataclass(frozen=True)
class Stop:
    """The clock stands from the end of `start` to the end of `end`; None while it is open."""

    start: date
    end: date | None = None


@dataclass(frozen=True)
class DueDate:
    """The last day of a limit, or, while the clock stands, the working days used and remaining."""

    day: date | None
    provisional: bool
    remaining: int | None = None
    used: int | None = None


@dataclass(frozen=True)
class ExplainedDay:
    """One day of the count: its kind, its number if it counts, and the notice that says so."""

    day: date
    kind: DayKind
    number: int | None
    notice: str
    provisional: bool


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working days from `first_day` to 2099, published up to `published_to`."""

    first_day: date
    published_to: date
    changed: Mapping[date, ChangedDay]
    expected_off: frozenset[date] = frozenset()
    _counts: Whole = field(init=False, repr=False)
    """_counts[i]: working days from first_day to the day i days later, both included."""
    _working: Whole = field(init=False, repr=False)
    """_working[k - 1]: how many days after first_day the k-th working day is."""

    def __post_init__(self) -> None:
        size = (TABLE_ENDS - self.first_day).days + 1
        weekday = (self.first_day.weekday() + np.arange(size)) % 7
        is_working = weekday < 5
        for day in self.expected_off:
            if day > self.published_to:
                is_working[(day - self.first_day).days] = False
        for row in self.changed.values():
            is_working[(row.day - self.first_day).days] = row.is_working
        object.__setattr__(self, "_counts", np.cumsum(is_working, dtype=np.int64))
        object.__setattr__(self, "_working", np.flatnonzero(is_working).astype(np.int64))

    def with_rows(self, rows: Iterable[ChangedDay]) -> "Calendar":
        """The calendar with further or changed days; a year they announce as a whole counts as published."""
        changed = dict(self.changed)
        for row in rows:
            self._offset(row.day, "date")
            changed[row.day] = row
        published_to = self.published_to
        while is_announced(published_to.year + 1, changed):
            published_to = date(published_to.year + 1, 12, 31)
        return replace(self, changed=changed, published_to=published_to)

    def count(self, day: date, where: str = "date") -> int:
        """The working days from the first day of the table to this day, both included."""
        return int(self._counts[self._offset(day, where)])

    def working_day(self, index: int) -> date:
        """The working day with this number; 1 is the first of the table."""
        if not 1 <= index <= len(self._working):
            raise BadInput(where="days", why="the date lies outside the working-day table")
        return self.first_day + timedelta(days=int(self._working[index - 1]))

    def is_working(self, day: date) -> bool:
        """Whether the day counts."""
        return self.kind(day) in (DayKind.WORKING, DayKind.MAKE_UP)

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies behind the last published notice."""
        return day > self.published_to

    def kind(self, day: date) -> DayKind:
        """Why the day counts or does not, stops aside."""
        self._offset(day, "date")
        weekend = day.weekday() >= 5
        if day in self.changed:
            if not self.changed[day].is_working:
                return DayKind.HOLIDAY
            return DayKind.MAKE_UP if weekend else DayKind.WORKING
        if day in self.expected_off and self.is_provisional(day):
            return DayKind.EXPECTED
        return DayKind.WEEKEND if weekend else DayKind.WORKING

    def notice(self, day: date) -> str:
        """The notice that orders this day, empty for an ordinary one."""
        return self.changed[day].notice if day in self.changed else ""

    def add(self, day: date, number: int) -> date:
        """The number-th working day after the day, before it when negative, the day itself for 0."""
        if number == 0:
            self._offset(day, "date")
            return day
        before = self.count(day) if number > 0 else self.count(day - ONE_DAY) + 1
        return self.working_day(before + number)

    def next_working(self, day: date) -> date:
        """The first working day after the day."""
        return self.add(day, 1)

    def previous_working(self, day: date) -> date:
        """The last working day before the day."""
        return self.add(day, -1)

    def between(self, earlier: date, later: date) -> int:
        """Working days after `earlier` up to and including `later`; negative when they are swapped."""
        return self.count(later) - self.count(earlier)

    def due(self, start: date, days: int, stops: Sequence[Stop] = (), extension: int = 0) -> DueDate:
        """The last day of a limit of `days` plus `extension` working days that began on `start`."""
        allowed = whole_days(days, "days") + whole_days(extension, "extension")
        index = self.count(start, "start") + allowed
        for stop in ordered_stops(start, stops):
            begins = self.count(stop.start, "stop")
            if begins >= index:
                break
            if stop.end is None:
                left = index - begins
                return DueDate(None, self.is_provisional(stop.start), left, allowed - left)
            index += self.count(stop.end, "stop") - begins
        day = self.working_day(index) if allowed else start
        return DueDate(day, self.is_provisional(day))

    def elapsed(self, start: date, end: date, stops: Sequence[Stop] = ()) -> int:
        """The working days counted from `start` to the end of `end`, without the stopped ones."""
        if end < start:
            raise BadInput(where="end", why="it lies before the start")
        used = self.between(start, end)
        for stop in ordered_stops(start, stops):
            until = end if stop.end is None else min(stop.end, end)
            used -= self.between(min(stop.start, end), until)
        return used

    def explain(
        self, start: date, days: int, stops: Sequence[Stop] = (), extension: int = 0
    ) -> tuple[ExplainedDay, ...]:
        """Every day from the start to the due date, or to the day an open stop began, with its reason."""
        due = self.due(start, days, stops, extension)
        ordered = ordered_stops(start, stops)
        return tuple(self._explained(start, due.day or ordered[-1].start, ordered))

    def _explained(self, start: date, last: date, stops: Sequence[Stop]) -> Iterator[ExplainedDay]:
        yield ExplainedDay(start, DayKind.START, None, "", self.is_provisional(start))
        number, day = 0, start
        while day < last:
            day += ONE_DAY
            kind, counted = self.kind(day), None
            if kind in (DayKind.WORKING, DayKind.MAKE_UP):
                if any(stop.start < day and (stop.end is None or day <= stop.end) for stop in stops):
                    kind = DayKind.STOPPED
                else:
                    number = counted = number + 1
            yield ExplainedDay(day, kind, counted, self.notice(day), self.is_provisional(day))

    def due_many(self, starts: Dates, days: Whole, stops: Dates | None = None) -> Dates:
        """The due dates of many limits at once, NaT where a stop is open; extensions are part of `days`.

        `stops` has the shape (limits, most stops of one, 2); NaT twice means no stop, a NaT end an open one.
        """
        starts, allowed = starts.astype("datetime64[D]"), days.astype(np.int64)
        if ((allowed < 0) | (allowed > 2 * MOST_DAYS)).any():
            raise BadInput(where="days", why=f"give a whole number from 0 to {MOST_DAYS}")
        index = self._count_many(starts, "start") + allowed
        is_open = np.zeros(len(starts), dtype=bool)
        if stops is not None:
            check_many_stops(starts, stops)
            for begin, end in (stops[:, nth].T for nth in range(stops.shape[1])):
                begins = self._count_many(np.where(np.isnat(begin), starts, begin), "stop")
                ends = self._count_many(np.where(np.isnat(end), starts, end), "stop")
                moves = ~np.isnat(begin) & (begins < index)
                is_open |= moves & np.isnat(end)
                index += np.where(moves & ~np.isnat(end), ends - begins, 0)
        if len(index) and index.max() > len(self._working):
            raise BadInput(where="days", why="the date lies outside the working-day table")
        first = np.datetime64(self.first_day, "D")
        due = np.where(allowed > 0, first + self._working[np.maximum(index, 1) - 1], starts)
        return np.where(is_open, np.datetime64("NaT", "D"), due)

    def _count_many(self, days: Dates, where: str) -> Whole:
        offsets = days.astype(np.int64) + NUMPY_DAY_ZERO - self.first_day.toordinal()
        if len(offsets) and (offsets.min() < 0 or offsets.max() >= len(self._counts)):
            self._refuse(where)
        counted: Whole = self._counts[offsets]
        return counted

    def _offset(self, day: date, where: str) -> int:
        if not self.first_day <= day <= TABLE_ENDS:
            self._refuse(where)
        return (day - self.first_day).days

    def _refuse(self, where: str) -> None:
        raise BadInput(
            where=where, why=f"the working-day table reaches from {self.first_day} to {TABLE_ENDS}"
        )


def whole_days(number: int, where: str) -> int:
    """A limit in working days, checked."""
    if isinstance(number, bool) or not 0 <= number <= MOST_DAYS:
        raise BadInput(where=where, why=f"give a whole number from 0 to {MOST_DAYS}")
    return number


def ordered_stops(start: date, stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """The stops in the order of time.

    Raises:
        BadInput: a stop before the start, one that ends before it begins, two that overlap, or one that
            begins while another is open.
    """
    ordered = tuple(sorted(stops, key=lambda stop: (stop.start, stop.end or TABLE_ENDS)))
    earliest: date | None = start
    for stop in ordered:
        if earliest is None:
            raise BadInput(where="stop", why="a stop begins while another is open")
        if stop.start < start:
            raise BadInput(where="stop", why="a stop begins before the limit does")
        if stop.start < earliest:
            raise BadInput(where="stop", why="two stops overlap")
        if stop.end is not None and stop.end < stop.start:
            raise BadInput(where="stop", why="a stop ends before it begins")
        earliest = stop.end
    return ordered


def check_many_stops(starts: Dates, stops: Dates) -> None:
    """The same for many limits: their stops stand in the order of time.

    Raises:
        BadInput: naming the first limit whose stops are wrong, counted from 0.
    """
    earliest, was_open = starts, np.zeros(len(starts), dtype=bool)
    for begin, end in (stops[:, nth].T for nth in range(stops.shape[1])):
        given = ~np.isnat(begin)
        wrong = given & (was_open | (begin < earliest) | (end < begin)) | (~given & ~np.isnat(end))
        if wrong.any():
            raise BadInput(where=f"stops[{int(wrong.argmax())}]", why="two stops overlap or run backwards")
        was_open |= given & np.isnat(end)
        earliest = np.where(given & ~np.isnat(end), end, earliest)


ANNOUNCED = ("01-01", "01-04"), ("01-20", "02-28"), ("04-28", "05-06"), ("09-28", "10-09")
"""New Year, Spring Festival, Labour Day, National Day: a notice for a year has a weekday off in each."""


def is_announced(year: int, changed: Mapping[date, ChangedDay]) -> bool:
    """Whether the rows are a whole year's notice, not only a closure here and there."""
    off = [row.day for row in changed.values() if row.day.year == year and not row.is_working]
    windows = [tuple(date.fromisoformat(f"{year}-{end}") for end in window) for window in ANNOUNCED]
    return all(any(first <= day <= last for day in off) for first, last in windows)


def business_day(now: datetime) -> date:
    """The date in Beijing at this instant: 2026-02-12T16:30Z is the 13th."""
    if now.tzinfo is None:
        raise ValueError("internal: a time without its zone has no business day")
    return now.astimezone(BEIJING).date()


@cache
def national_calendar() -> Calendar:
    """The calendar of the State Council's notices, as shipped."""
    return read_calendar(json.loads(NATIONAL_TABLE.read_text(encoding="utf-8")))


def read_calendar(table: Mapping[str, Any]) -> Calendar:
    """A calendar from the form of working_days_cn.json."""
    rows = [
        ChangedDay(day, is_working, notice["notice"])
        for notice in table["notices"]
        for word, is_working in (("off", False), ("on", True))
        for day in read_days(notice[word])
    ]
    return Calendar(
        date.fromisoformat(table["first_day"]),
        date.fromisoformat(table["published_to"]),
        {row.day: row for row in rows},
        frozenset(read_days(table["expected_off"])),
    )


def read_days(text: str) -> list[date]:
    """Dates with blanks between them."""
    return [date.fromisoformat(word) for word in text.split()]
