"""What the log holds of a member's work: the digests of verdicts, sheets and written words (formats/panel-facts.md)."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

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


def score_digests(case: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What the panel concluded on each bid of a written case, by bid: the digests of its votes and signed sheets."""
    found: dict[str, dict[str, list[JsonValue]]] = {}
    for name in ("votes", "sheets"):
        for line in case[name]:
            found.setdefault(str(line["bid_id"]), {}).setdefault(name, []).append(dict(line))
    return {
        bid: {name: sha256(canonical(lines)).hexdigest() for name, lines in own.items()}
        for bid, own in found.items()
    }
