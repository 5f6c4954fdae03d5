"""What an outage of the platform does to a closing time: a published rule, its figures data of the tender.

- The closing time fell into the outage: it moves to so long after the recovery.
- It lies shortly after the recovery: it moves by the same time.
- The outage was long: by the longer time instead.
- The new time lies outside office hours: it moves to the opening of the next working day.
Source of the defaults: the terms of KONEPS, the Korean procurement platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from crypto.canonical import JsonValue
from kernel.clock import BEIJING, write_time
from kernel.errors import BadInput
from kernel.working_days import Calendar, business_day

STATEMENT = "unavailability"
MOST_MINUTES = 14 * 24 * 60
UNREACHABLE, CLOCKS = "unreachable", "clocks"


@dataclass(frozen=True)
class OutageRule:
    """The figures of one tender; minutes and seconds, office hours in Beijing time as whole hours."""

    least_seconds: int = 60
    within_minutes: int = 120
    add_minutes: int = 120
    long_minutes: int = 120
    long_add_minutes: int = 1440
    office_from: int = 9
    office_to: int = 18


@dataclass(frozen=True)
class Outage:
    """A time in which the platform could not be used, or could not trust its clocks."""

    began_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


def moved_closing(
    closes_at: datetime, outage: Outage, rule: OutageRule, calendar: Calendar
) -> datetime | None:
    """The closing time after an outage; None where it stays."""
    if outage.length < timedelta(seconds=rule.least_seconds):
        return None
    is_hit = outage.began_at <= closes_at <= outage.ended_at
    near_end = outage.ended_at + timedelta(minutes=rule.within_minutes)
    if not is_hit and not outage.ended_at < closes_at <= near_end:
        return None
    is_long = outage.length > timedelta(minutes=rule.long_minutes)
    added = timedelta(minutes=rule.long_add_minutes if is_long else rule.add_minutes)
    return in_office_hours((outage.ended_at if is_hit else closes_at) + added, rule, calendar)


def in_office_hours(at: datetime, rule: OutageRule, calendar: Calendar) -> datetime:
    """The moment itself, or the next one at which offices are open."""
    day, hour = business_day(at), at.astimezone(BEIJING).time()
    opens, shuts = time(rule.office_from), time(rule.office_to)
    if calendar.is_working(day) and opens <= hour <= shuts:
        return at
    if not (calendar.is_working(day) and hour < opens):
        day = calendar.next_working(day)
    return datetime.combine(day, opens, BEIJING).astimezone(at.tzinfo)


def read_rule(body: Mapping[str, Any], path: str = "outage_rule.") -> OutageRule:
    """Read a rule from its JSON form; figures left out have their defaults.

    Raises:
        BadInput: names the figure.
    """
    known = vars(OutageRule())
    for name, value in body.items():
        top = 24 if name.startswith("office") else MOST_MINUTES
        if name not in known or type(value) is not int or not 0 <= value <= top:
            raise BadInput(where=f"{path}{name}", why=f"known are {', '.join(known)}; whole, at most {top}")
    rule = OutageRule(**{**known, **body})
    if not rule.office_from < rule.office_to or rule.office_to > 23:
        raise BadInput(where=f"{path}office_to", why="offices shut after they open, at 23 at the latest")
    if rule.long_add_minutes < rule.add_minutes:
        raise BadInput(where=f"{path}long_add_minutes", why="a long outage adds no less than a short one")
    return rule


def certificate_body(
    outage: Outage, cause: str, moved: Mapping[str, tuple[datetime, datetime]]
) -> dict[str, JsonValue]:
    """What the signed certificate says: when, why, and which closing times moved from where to where."""
    return {
        "v": 1,
        "from": write_time(outage.began_at),
        "to": write_time(outage.ended_at),
        "cause": cause,
        "moved": {
            tender: {"closing": write_time(old), "moved_to": write_time(new)}
            for tender, (old, new) in sorted(moved.items())
        },
    }
