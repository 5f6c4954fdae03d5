"""What one event of a case says, and the chain that binds each event to all before it.

Format and vectors: docs/formats/case-event.md. Personal data never stands in an event: who applied is sealed in the
case, papers appear by code and digest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from crypto.canonical import JsonValue, canonical, tagged_hash
from kernel.clock import write_time

FIRST = bytes(32)  # what the first event of a case points back to


@dataclass(frozen=True)
class Event:
    """One event as it is hashed."""

    case_id: str
    sequence: int
    at: datetime
    happened_on: date
    action: str
    actor_id: str
    role: str
    from_state: str
    to_state: str
    data: Mapping[str, JsonValue]


def event_bytes(event: Event) -> bytes:
    """The canonical bytes of an event."""
    return canonical(
        {
            "v": 1,
            "case": event.case_id,
            "seq": event.sequence,
            "at": write_time(event.at),
            "on": event.happened_on.isoformat(),
            "act": event.action,
            "actor": event.actor_id,
            "role": event.role,
            "from": event.from_state,
            "to": event.to_state,
            "data": dict(event.data),
        }
    )


def chain(previous: bytes, event: Event) -> bytes:
    """The hash that stands for this event and all before it."""
    return tagged_hash("case-event", previous, event_bytes(event))


def first_broken(events: Iterable[tuple[Event, bytes]]) -> int | None:
    """The first sequence number whose hash, number or case does not follow; None when the chain holds."""
    previous, case_id = FIRST, None
    for expected, (event, kept) in enumerate(events, start=1):
        case_id = case_id or event.case_id
        follows = event.sequence == expected and event.case_id == case_id
        if not follows or chain(previous, event) != kept:
            return expected
        previous = kept
    return None
