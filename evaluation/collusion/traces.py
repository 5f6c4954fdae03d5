"""Traces that a bid leaves on the platform and in itself: address, device, contacts, software, accounts.

A bid may hold them in its file trace.json, which is never published, or in bid.json under `trace` or `answers`, by the
names below, at the top or one level down (a contact person, say). What a bidder does not give is unknown.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.collusion.facts import Mark, marks_of

NAMES: Mapping[str, str] = {
    "machine": "machine",
    "machine_id": "machine",
    "pricing_lock": "lock",
    "pricing_software_lock": "lock",
    "author_tool": "tool",
    "email": "email",
    "contact_email": "email",
    "phone": "phone",
    "telephone": "phone",
    "contact_phone": "phone",
    "contact": "person",
    "contact_person": "person",
    "agent": "person",
    "authorised_person": "person",
    "project_manager": "person",
    "address": "address",
    "office_address": "address",
    "bond_account": "account",
}
"""Field of bid.json: kind of mark."""
TRACE_NAME = "trace.json"
TRACE_LIMIT = 1 << 20  # bytes of trace.json
DEPTH = 2  # levels of `answers` that are looked through
PLACES = ("trace", "answers")


def bid_json_marks(bid_json: bytes) -> tuple[Mark, ...]:
    """The marks of an announced part; nothing where it cannot be read."""
    body = _object(bid_json)
    return marks_of([pair for place in PLACES for pair in _fields(body.get(place), DEPTH)], "bid.json")


def trace_file_marks(data: bytes) -> tuple[Mark, ...]:
    """The marks of trace.json; nothing where it cannot be read."""
    return marks_of(_fields(_object(data), DEPTH), TRACE_NAME)


def _object(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _fields(value: Any, depth: int) -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        kind = NAMES.get(str(name))
        if isinstance(inner, dict) and depth > 1:
            if kind == "person":  # {"contact": {"name": ..., "phone": ...}}
                yield "person", inner.get("name")
            yield from _fields(inner, depth - 1)
        elif kind is not None:
            yield kind, inner


def submission_marks(address: str, agent: str) -> tuple[Mark, ...]:
    """The marks of the request that brought the bid: its network address and its browser or program."""
    return marks_of([("network", address), ("browser", agent)], "submission")
