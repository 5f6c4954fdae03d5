"""Where a bid came in from: network address and program, as the door saw them.

Sealed at rest and bound to the submission, so that nobody who reads the database learns before the opening who sits
where. Missing is unknown: a bid handed in through another door has no trace.
"""

from dataclasses import dataclass

from crypto.canonical import canonical, read_canonical
from crypto.field_seal import open_field, seal_field

LIMIT = 300  # characters of each


@dataclass(frozen=True)
class SubmissionTrace:
    """What the door saw; empty where it saw nothing."""

    address: str
    agent: str


def seal_trace(key: bytes, submission_id: str, trace: SubmissionTrace) -> bytes:
    """The trace as it may be stored."""
    body = {"v": 1, "address": trace.address[:LIMIT], "agent": trace.agent[:LIMIT]}
    return seal_field(key, context(submission_id), canonical(body))


def open_trace(key: bytes, submission_id: str, sealed: bytes) -> SubmissionTrace:
    """The trace again; raises IntegrityBroken when it was changed or moved."""
    body = read_canonical(open_field(key, context(submission_id), sealed))
    return SubmissionTrace(str(body["address"]), str(body["agent"]))


def context(submission_id: str) -> str:
    """What a sealed trace is bound to."""
    return f"submission-trace:{submission_id}"
