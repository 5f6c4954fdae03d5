"""Builders for draws: small pools written as masks, with leaves that follow from their place in the list."""

from collections.abc import Sequence
from hashlib import sha256

from expert_pool.draw import DrawGroup, DrawRequest, Reveal, Row, make_request, request_hash

PARTIES = ("office", "supervisor", "witness")


def leaf(number: int) -> str:
    return sha256(f"expert {number}".encode()).hexdigest()


def request_of(
    quotas: Sequence[int], masks: Sequence[int], reserves: int = 2, number: int = 1
) -> DrawRequest:
    """A request for groups a, b, c, ...; an expert with mask 0 is excluded for specialty."""
    groups = [DrawGroup("abcdefgh"[g], quota, reserves) for g, quota in enumerate(quotas)]
    rows = [Row(leaf(i), mask, None if mask else "specialty") for i, mask in enumerate(masks)]
    return make_request("draw-1", number, "tender-1", groups, PARTIES, rows)


def secrets_of(text: str) -> list[Reveal]:
    return [Reveal(party, sha256(f"{text} {party}".encode()).digest()) for party in PARTIES]


def seed_for(request: DrawRequest, number: int) -> bytes:
    return sha256(request_hash(request) + number.to_bytes(4, "big")).digest()
