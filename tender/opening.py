"""Quorum, the openers' release statements, what came out of each envelope, the opening record.

- Shares are released only after the closing is recorded, by openers of this tender, each in a statement signed with
  the key registered for it; the statement names the closing's tree head, so it cannot have been made earlier.
- A share that does not fit its commitment is refused and names its opener.
- Outcomes are a closed list; one bad bid never stops the others.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from crypto.canonical import JsonValue, canonical, read_json, unb64
from crypto.envelope import EnvelopePrefix, check_share
from crypto.signatures import check_statement
from kernel.errors import BadInput, BadPrice, TooFewBids, WrongShare
from kernel.money import PriceScale, read_money

RELEASE_TYPE = "share-release"
ANNOUNCED_LIMIT = 64 * 1024  # bytes of bid.json


class BidOutcome(StrEnum):
    """What came out of an envelope."""

    OPENED = "opened"
    MALFORMED = "malformed"
    UNOPENED = "unopened"
    """never decrypted: shares, the bidder's own part or the stored bytes were lacking"""


class Cause(StrEnum):
    """Who is answerable when an envelope could not be opened (电子招标投标办法 art. 31)."""

    BIDDER = "bidder"
    PLATFORM = "platform"
    OPENER = "opener"


@dataclass(frozen=True)
class LockedScores:
    """The log's head at the moment when the technical scores were locked."""

    log_size: int
    log_root: str


@dataclass(frozen=True)
class Closing:
    """The recorded end of bidding: how many bids, and the log's head at that moment; later the lock of the scores."""

    tender_id: str
    bids: int
    log_size: int
    log_root: str
    locked: LockedScores | None = None


@dataclass(frozen=True)
class Release:
    """One opener's shares: 64 bytes per bid, or None where the envelope's share could not be decrypted."""

    opener: int
    shares: Mapping[str, bytes | None] = field(repr=False)
    statement: Mapping[str, JsonValue] = field(repr=False)


@dataclass(frozen=True)
class Announced:
    """What is read out of one bid: the price in units of the tender's scale, or why it cannot be read."""

    price_units: int | None
    price_text: str
    problem: str
    answers: Mapping[str, JsonValue]


def check_minimum(bids: int, minimum: int) -> None:
    """Raise TooFewBids when fewer came in than the law asks for (招标投标法 art. 28)."""
    if bids < minimum:
        raise TooFewBids(bids=bids, minimum=minimum)


def release_body(closing: Closing, opener: int, shares: Mapping[str, bytes | None]) -> dict[str, JsonValue]:
    """What an opener signs: tender, position, the heads of the log, and a hash of each share by envelope."""
    locked: dict[str, JsonValue] = {"locked": {**vars(closing.locked)}} if closing.locked else {}
    return {
        "tender": closing.tender_id,
        "opener": opener,
        "closing": {"bids": closing.bids, "log_size": closing.log_size, "log_root": closing.log_root},
        **locked,
        "shares": {
            bid_id: sha256(share).hexdigest() if share is not None else "undecryptable"
            for bid_id, share in sorted(shares.items())
        },
    }


def check_release(
    release: Release, closing: Closing, sign_public: bytes, prefixes: Mapping[str, EnvelopePrefix]
) -> None:
    """Raise unless the statement is this opener's, about this closing, and every share fits its envelope.

    Raises:
        BadInput: the bids named are not exactly the sealed bids of the tender.
        WrongShare: a share does not match its commitment.
        IntegrityBroken: the signature does not hold.
    """
    body = check_statement(release.statement, RELEASE_TYPE, sign_public)
    if body != release_body(closing, release.opener, release.shares):
        raise BadInput(where="statement", why="it does not describe these shares and this closing")
    if set(release.shares) != set(prefixes):
        raise BadInput(where="shares", why="give one entry for every sealed bid of this tender, and no other")
    for bid_id, share in release.shares.items():
        if share is None:
            continue
        try:
            check_share(prefixes[bid_id], release.opener, share)
        except WrongShare:
            raise WrongShare(opener=release.opener, bid_id=bid_id) from None


def read_announced(bid_json: bytes, scale: PriceScale) -> Announced:
    """Read a bid's announced part; what cannot be used is a value with its problem, never an exception."""
    try:
        body = json.loads(bid_json)
        answers = body.get("answers", {})
        if "price" not in body:
            return Announced(None, "", "bid.json cannot be read", answers)
        price = body["price"]
        amount, currency = str(price["amount"]), str(price["currency"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Announced(None, "", "bid.json cannot be read", {})
    try:
        money = read_money(amount, currency, scale)
    except BadPrice as error:
        return Announced(None, f"{amount[:40]} {currency[:8]}", str(error), answers)
    return Announced(money.units, amount, "", answers)


def join_announced(parts: Sequence[bytes]) -> bytes:
    """What the envelopes of a bid announce together; what an earlier one said stands, whatever a later one says."""
    joined: dict[str, JsonValue] = {}
    answers: dict[str, JsonValue] = {}
    for part in reversed(parts):
        body = _announced(part)
        if isinstance(more := body.get("answers"), dict):
            answers |= more
        joined |= body
    joined.pop("envelope", None)
    return canonical({**joined, "answers": answers})


def _announced(bid_json: bytes) -> dict[str, JsonValue]:
    """What an envelope announces; one that cannot be read announces nothing."""
    try:
        body = read_json(bid_json)
    except BadInput:
        return {}
    return body if isinstance(body, dict) else {}


def read_share(text: str | None) -> bytes | None:
    """A share from its JSON form."""
    return None if text is None else unb64(text, length=64)
