"""May this envelope come in, be replaced, be withdrawn?

- On time if and only if its timestamp, with fractions, is not later than the closing time: 招标投标法 art. 28
  refuses what is delivered after the deadline. Written here and nowhere else.
- Sealed for this tender, this lot, this bidder, to this tender's opener keys, in its suite, and signed.
- The envelopes that the notice names, in its order: all of them, or there is no bid.
- One bid per bidder and lot: another one must say which it replaces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto.bid_file import BID
from crypto.envelope_prefix import EnvelopePrefix, check_signature
from kernel.clock import write_time
from kernel.errors import (
    BidAlreadyWithdrawn,
    MalformedEnvelope,
    Refused,
    SubmissionClosed,
    SubmissionNotOpen,
    TooLarge,
    WrongBidder,
    WrongEnvelope,
    WrongOpeningKey,
    WrongSuite,
    WrongTender,
)
from tender.lifecycle import Stage
from tender.signing import ACCOUNT_KEY, SigningTerms
from tender.signing import read_terms as read_signing
from tender.stamps import NO_OUTSIDE, StampTerms, read_terms


@dataclass(frozen=True)
class SealingTerms:
    """The part of a submission window that one version of a notice fixes for good."""

    lot_ids: frozenset[str]
    opener_keys: tuple[str, ...]
    limit_bytes: int
    kinds: tuple[str, ...] = (BID,)
    stamps: StampTerms = NO_OUTSIDE
    bidder_also: bool = False
    signing: SigningTerms = ACCOUNT_KEY


@dataclass(frozen=True)
class SubmissionWindow:
    """What a tender asks of a bid.

    `opener_keys` are the fingerprints in the openers' order, `kinds` the envelopes in theirs.
    """

    tender_id: str
    lot_ids: frozenset[str]
    stage: Stage
    closes_at: datetime
    suite: str
    threshold: int
    opener_keys: tuple[str, ...]
    limit_bytes: int
    kinds: tuple[str, ...] = (BID,)
    stamps: StampTerms = NO_OUTSIDE
    bidder_also: bool = False
    signing: SigningTerms = ACCOUNT_KEY


@dataclass(frozen=True)
class Bidder:
    """Who submits: the organisation and the public keys it may sign with."""

    organisation_id: str
    signing_keys: frozenset[bytes]


def sealing_terms(notice: dict[str, Any]) -> SealingTerms:
    """Read the terms from a notice's body (docs/formats/notice.md)."""
    return SealingTerms(
        lot_ids=frozenset(str(lot["id"]) for lot in notice["lots"]),
        opener_keys=tuple(str(opener["fingerprint"]) for opener in notice["sealing"]["openers"]),
        limit_bytes=int(notice["sealing"]["limit_bytes"]),
        kinds=tuple(str(one["kind"]) for one in notice["sealing"].get("envelopes", [{"kind": BID}])),
        stamps=read_terms(notice["sealing"].get("timestamps")),
        bidder_also="bidder_also" in notice["sealing"],
        signing=read_signing(notice["sealing"].get("signing")),
    )


def check_open(window: SubmissionWindow) -> None:
    """Raise SubmissionNotOpen before publication and after the closing was recorded without this bid."""
    if window.stage is Stage.DRAFT:
        raise SubmissionNotOpen(stage=window.stage)


def check_on_time(window: SubmissionWindow, stamped_at: datetime) -> None:
    """Raise SubmissionClosed when the stamp is later than the closing time, or the closing is already recorded."""
    if stamped_at > window.closes_at or window.stage is not Stage.PUBLISHED:
        raise SubmissionClosed(closes_at=write_time(window.closes_at), received_at=write_time(stamped_at))


def check_size(window: SubmissionWindow, size_bytes: int) -> None:
    """Raise TooLarge when the upload is over the published limit."""
    if size_bytes > window.limit_bytes:
        raise TooLarge(size_bytes=size_bytes, limit_bytes=window.limit_bytes)


def check_replaces(standing_id: str | None, replaces: str | None) -> None:
    """Raise unless a bid names exactly the one that stands for its bidder and lot, or none where none stands."""
    if standing_id is None and replaces is not None:
        raise BidAlreadyWithdrawn(bid_id=replaces)
    if standing_id != replaces:
        raise Refused(
            rule="one bid per bidder and lot",
            why=f"you have submitted the bid {standing_id}; name it as the one this bid replaces, or withdraw it",
        )


def check_envelope(
    window: SubmissionWindow, lot_id: str, bidder: Bidder, prefix: EnvelopePrefix, place: int = 0
) -> None:
    """Raise unless the envelope was sealed for this tender, lot, bidder and keys, and is signed.

    `place` is the envelope's among those of its bid.
    """
    header = prefix.header
    if (header.tender_id, header.lot_id) != (window.tender_id, lot_id) or lot_id not in window.lot_ids:
        raise WrongTender(
            sealed_for=f"tender {header.tender_id} lot {header.lot_id}",
            tender=f"tender {window.tender_id} lot {lot_id}",
        )
    if header.suite != window.suite:
        raise WrongSuite(suite=header.suite, accepted=window.suite)
    if header.bidder_id != bidder.organisation_id or header.bidder_key not in bidder.signing_keys:
        raise WrongBidder()
    if header.opener_keys != window.opener_keys or header.k != window.threshold:
        raise WrongOpeningKey()
    if place >= len(window.kinds) or header.kind != window.kinds[place]:
        raise WrongEnvelope(kind=header.kind, place=place + 1, asked=", ".join(window.kinds))
    if header.bidder_also != window.bidder_also:
        needs = "the tender needs the bidder's own part of the key; seal it again"
        without = "the tender takes no bidder's own part of the key; seal it again"
        raise MalformedEnvelope(why=needs if window.bidder_also else without)
    check_signature(prefix)


def check_envelopes(
    window: SubmissionWindow, lot_id: str, bidder: Bidder, prefixes: Sequence[EnvelopePrefix]
) -> None:
    """Raise unless a bid has exactly the envelopes that the tender asks for, each as `check_envelope` wants it."""
    for place, prefix in enumerate(prefixes):
        check_envelope(window, lot_id, bidder, prefix, place)
    if len(prefixes) < len(window.kinds):
        missing = ", ".join(window.kinds[len(prefixes) :])
        raise MalformedEnvelope(why=f"the tender asks for more envelopes, and these are missing: {missing}")
