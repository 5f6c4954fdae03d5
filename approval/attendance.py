"""Attendance: what the marks of a terminal make of a person's day, with the working calendar.

On a working day, make-up Saturdays and Sundays included, a person is present, late, early, both, or absent; marks on
a day off are overtime. A leave that was recorded before is an excuse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from kernel.clock import BEIJING
from kernel.errors import BadInput
from kernel.working_days import Calendar


class Presence(StrEnum):
    """What became of one person's day."""

    PRESENT = "present"
    LATE = "late"
    EARLY = "early"
    LATE_AND_EARLY = "late_and_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    OVERTIME = "overtime"


@dataclass(frozen=True)
class Hours:
    """The office hours; the minute itself is still in time."""

    begins: time = time(9, 0)
    ends: time = time(17, 0)


@dataclass(frozen=True)
class Sheet:
    """One person's day: first and last mark in Beijing time, and what they mean."""

    person: str
    day: date
    presence: Presence
    first: time | None = None
    last: time | None = None


def read_mark(person: str, text: str) -> tuple[str, datetime]:
    """One mark of a terminal in Beijing time; raises BadInput."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(where="at", why="give a date and a time, such as 2026-12-01T09:30") from None
    return person, at.replace(tzinfo=BEIJING) if at.tzinfo is None else at.astimezone(BEIJING)


def day_sheets(
    people: Iterable[str],
    marks: Iterable[tuple[str, datetime]],
    days: Iterable[date],
    calendar: Calendar,
    hours: Hours = Hours(),
    excused: frozenset[tuple[str, date]] = frozenset(),
) -> list[Sheet]:
    """Every person's sheet for every day, by day and person; days off appear only where somebody came."""
    times: dict[tuple[str, date], list[time]] = {}
    for person, at in marks:
        local = at.astimezone(BEIJING)
        times.setdefault((person, local.date()), []).append(local.time().replace(second=0, microsecond=0))
    everybody = sorted(set(people))
    sheets = []
    for day in sorted(set(days)):
        is_working = calendar.is_working(day)
        for person in everybody:
            seen = times.get((person, day), [])
            if is_working or seen:
                presence = (
                    _presence(seen, hours, (person, day) in excused) if is_working else Presence.OVERTIME
                )
                sheets.append(Sheet(person, day, presence, min(seen, default=None), max(seen, default=None)))
    return sheets


def _presence(seen: list[time], hours: Hours, is_excused: bool) -> Presence:
    if not seen:
        return Presence.EXCUSED if is_excused else Presence.ABSENT
    late, early = min(seen) > hours.begins, max(seen) < hours.ends
    if is_excused or not (late or early):
        return Presence.PRESENT
    if late and early:
        return Presence.LATE_AND_EARLY
    return Presence.LATE if late else Presence.EARLY


def month_totals(sheets: Iterable[Sheet]) -> Mapping[str, Mapping[Presence, int]]:
    """How many days of each kind, by person."""
    totals: dict[str, dict[Presence, int]] = {}
    for sheet in sheets:
        own = totals.setdefault(sheet.person, {})
        own[sheet.presence] = own.get(sheet.presence, 0) + 1
    return totals
