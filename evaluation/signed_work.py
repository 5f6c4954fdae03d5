"""What the log holds of a member's work: the digests of verdicts, sheets and written words (formats/panel-facts.md)."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from crypto.canonical import JsonValue, canonical
from evaluation.compliance import Vote


def vote_rows(votes: Iterable[Vote]) -> list[JsonValue]:
    """A member's verdicts on a lot as rows of bid, check, passed and reason, in the order that is hashed."""
    rows: list[JsonValue] = [[v.bid_id, v.check_id, v.passed, v.reason.strip()] for v in votes]
    return sorted(rows, key=str)


def votes_digest(votes: Iterable[Vote]) -> str:
    """The digest of a member's verdicts on a lot."""
    return sha256(canonical(vote_rows(votes))).hexdigest()


def sheet_digest(bid_id: str, seat: str, points: Mapping[str, str]) -> str:
    """The digest of a sheet as it stands in the evaluation case."""
    return sha256(canonical({"bid_id": bid_id, "member": seat, "points": dict(points)})).hexdigest()


def words_digest(text: str) -> str:
    """The digest of a written reason, question, answer or dissent."""
    return sha256(text.encode()).hexdigest()
