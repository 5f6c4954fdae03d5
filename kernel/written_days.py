"""The written forms of days, stops and due dates, for the command line, the JSON doors and the pages alike."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kernel.errors import BadInput
from kernel.working_days import DueDate, ExplainedDay, Stop


def read_day(text: str, where: str) -> date:
    """A date in its one written form, such as 2026-02-13."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.isoformat() != text:
        raise BadInput(where=where, why="write a date such as 2026-02-13")
    return day


def read_stop(text: str) -> Stop:
    """A stop such as `2026-04-10:2026-04-24`, an open one as `2026-04-10:`."""
    begin, colon, end = text.partition(":")
    if not colon:
        raise BadInput(
            where="stop", why="write FROM:TO such as 2026-04-10:2026-04-24, or FROM: while it is open"
        )
    return Stop(read_day(begin, "stop"), read_day(end, "stop") if end else None)


def write_due(found: DueDate, explanation: Sequence[ExplainedDay]) -> dict[str, Any]:
    """The answer as one JSON object; `used` and `remaining` only while the clock stands."""
    facts: dict[str, Any] = {
        "due": found.day.isoformat() if found.day else None,
        "explanation": [write_explained(each) for each in explanation],
        "provisional": found.provisional,
    }
    if found.day is None:
        facts |= {"used": found.used, "remaining": found.remaining}
    return facts


def write_explained(each: ExplainedDay) -> dict[str, Any]:
    """One day of the count; `number` is null where it does not count."""
    return {
        "date": each.day.isoformat(),
        "kind": each.kind.value,
        "number": each.number,
        "notice": each.notice,
        "provisional": each.provisional,
    }
