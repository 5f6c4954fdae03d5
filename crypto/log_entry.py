"""What the log records: a fact, its salt, and the 32-byte leaf that tells nothing until both are disclosed.

Format: docs/formats/audit-log.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto.canonical import canonical, read_canonical, tagged_hash
from kernel.clock import read_time, write_time
from kernel.errors import BadInput

SALT_BYTES = 32
FACT_FIELDS = {"v", "kind", "subject", "tender", "at", "data"}


@dataclass(frozen=True)
class LoggedFact:
    """A fact as its disclosed bytes tell it."""

    kind: str
    subject: str
    tender_id: str | None
    at: datetime
    data: dict[str, Any]


def fact_bytes(
    kind: str, subject: str, tender: str | None, at: datetime | str, data: Mapping[str, object]
) -> bytes:
    """The canonical bytes of a fact; `at` may be given in its printed form."""
    moment = at if isinstance(at, str) else write_time(at)
    fact = {"v": 1, "kind": kind, "subject": subject, "tender": tender, "at": moment, "data": dict(data)}
    return canonical(fact)


def leaf_data(salt: bytes, fact: bytes) -> bytes:
    """The log entry of a fact: a salted commitment, so that facts cannot be guessed from leaves."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"internal: a salt has {SALT_BYTES} bytes")
    return tagged_hash("leaf", salt, fact)


def read_fact(data: bytes) -> LoggedFact:
    """Parse the disclosed bytes of a fact.

    Raises:
        BadInput: not the canonical bytes of a fact.
    """
    fact = read_canonical(data)
    if not isinstance(fact, dict) or set(fact) != FACT_FIELDS or fact["v"] != 1 or fact["v"] is True:
        raise BadInput(where="log fact", why="it needs exactly v = 1, kind, subject, tender, at and data")
    texts = (fact["kind"], fact["subject"], fact["at"])
    if not all(isinstance(text, str) for text in texts) or not isinstance(fact["data"], dict):
        raise BadInput(where="log fact", why="kind, subject and at are text, data is an object")
    if not isinstance(fact["tender"], str | None):
        raise BadInput(where="log fact", why="tender is an id or null")
    return LoggedFact(fact["kind"], fact["subject"], fact["tender"], _read_at(fact["at"]), fact["data"])


def _read_at(text: str) -> datetime:
    try:
        at = read_time(text)
    except ValueError:
        at = None
    if at is None or write_time(at) != text:
        raise BadInput(where="log fact", why="at must be a UTC time such as 2026-11-21T01:30:00.000000Z")
    return at
