"""Admit, replace and withdraw sealed bids.

The order is the evidence: the object is stored and hashed, then stamped, then one transaction checks the window
against the stamp, inserts the bid and its log entry, and only its commit lets the receipt out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.envelope_prefix import EnvelopePrefix
from crypto.receipts import SEALED, WITHDRAWN, ReceiptFacts
from crypto.timestamp_requests import NEAR
from kernel.errors import (
    AlreadySubmitted,
    BidAlreadyWithdrawn,
    ClocksDisagree,
    NotFound,
    Unavailable,
    WrongBidder,
)
from kernel.ids import new_id
from storage import audit_log, outbox, published_heads
from storage.audit_log import Fact
from storage.columns import table_of
from storage.keys import PlatformKeys
from storage.objects import StoredObject
from tender import queries
from tender.actions.outages import is_down
from tender.actions.signing import check_certificates, keep_proof
from tender.receipt import log_data, write_receipt
from tender.records import BidRecord, BidTokenRecord, SubmissionTraceRecord
from tender.signing import SigningProof
from tender.stamps import WhenDown
from tender.submission import (
    SubmissionWindow,
    check_envelope,
    check_envelopes,
    check_on_time,
    check_open,
    check_replaces,
    check_size,
)

NOTHING: Mapping[str, bytes | None] = {}
ADD_TRACE = insert(table_of(SubmissionTraceRecord))
ADD_BID = insert(queries.BIDS).values(sequence=queries.NEXT_SEQUENCE.scalar_subquery())


@dataclass(frozen=True)
class SubmitBid:
    """A bid that is stored and stamped, on its way into the tender."""

    tender_id: str
    lot_id: str
    prefixes: tuple[EnvelopePrefix, ...]
    stored: StoredObject
    token: bytes = field(repr=False)
    stamped_at: datetime
    replaces: str | None = None
    trace: bytes = field(default=b"", repr=False)
    """where it came in from, sealed with tender.traces; secret until the opening"""
    outside: Mapping[str, tuple[bytes, datetime]] = field(default_factory=dict, repr=False)
    """what outside authorities stamped, with their times, by name"""


def check_arrival(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    prefix: EnvelopePrefix,
    digest: bytes,
    size_bytes: int,
    replaces: str | None,
    now: datetime,
) -> SubmissionWindow:
    """Refuse an envelope by its header, before its body is uploaded; one that was admitted before may come again."""
    actor.require(Duty.BIDDER)
    window = queries.submission_window(session, tender_id)
    same_envelope, _, standing = queries.kin(
        session,
        digest=digest,
        submission_id=prefix.header.submission_id,
        lot_id=lot_id,
        bidder_id=actor.organisation_id,
    )
    if same_envelope is not None:
        return window
    check_open(window)
    check_settled(session, window, now)
    check_on_time(window, now)
    check_size(window, size_bytes)
    check_replaces(standing.id if standing else None, replaces)
    check_envelope(window, lot_id, queries.bidder(session, actor.organisation_id), prefix)
    check_certificates(session, window, actor.organisation_id, [prefix], now)
    return window


def check_settled(session: Session, window: SubmissionWindow, at: datetime) -> None:
    """Raise Unavailable where a bid comes late and the platform was down: the closing time is about to move."""
    if at > window.closes_at and is_down(session, at):
        raise Unavailable(what="The closing time, after an outage,")


def submit_bid(
    session: Session, *, keys: PlatformKeys, actor: Actor, command: SubmitBid, now: datetime
) -> str:
    """Admit one sealed bid and return its receipt; the same bytes again return the same receipt."""
    actor.require(Duty.BIDDER)
    window = queries.submission_window(session, command.tender_id, lock=True)
    submission_id = command.prefixes[0].header.submission_id
    same_envelope, same_submission, standing = queries.kin(
        session,
        digest=command.stored.digest,
        submission_id=submission_id,
        lot_id=command.lot_id,
        bidder_id=actor.organisation_id,
    )
    if same_envelope is not None:
        if same_envelope.bidder_id != actor.organisation_id:
            raise WrongBidder()
        return str(same_envelope.receipt)
    check_open(window)
    check_settled(session, window, command.stamped_at)
    check_on_time(window, command.stamped_at)
    check_envelopes(window, command.lot_id, queries.bidder(session, actor.organisation_id), command.prefixes)
    if same_submission is not None:
        raise AlreadySubmitted(submission_id=submission_id)
    proof = check_certificates(session, window, actor.organisation_id, command.prefixes, command.stamped_at)
    outside = _outside_tokens(window, command)
    _end_replaced(session, standing.id if standing else None, command)
    return _admit(session, keys, actor, command, outside, proof, now)


def _outside_tokens(window: SubmissionWindow, command: SubmitBid) -> dict[str, bytes | None]:
    """What each authority that the tender demands has stamped; None where it is awaited.

    Raises:
        Unavailable: one did not answer, and the tender takes no bid without it.
        ClocksDisagree: one stamped at another time than the platform did.
    """
    found: dict[str, bytes | None] = {}
    for authority in window.stamps.authorities:
        token, at = command.outside.get(authority.name, (None, command.stamped_at))
        if token is None and window.stamps.when_down is WhenDown.REFUSE:
            raise Unavailable(what=f"The timestamp authority {authority.name}")
        if abs(at - command.stamped_at) > NEAR:
            raise ClocksDisagree(seconds=f"{abs((at - command.stamped_at).total_seconds()):.1f}")
        found[authority.name] = token
    return found


def _end_replaced(session: Session, standing_id: str | None, command: SubmitBid) -> None:
    check_replaces(standing_id, command.replaces)
    if standing_id is not None:
        standing = queries.bid(session, standing_id)
        standing.status, standing.ended_at = queries.REPLACED, command.stamped_at
        session.add(standing)


def _admit(
    session: Session,
    keys: PlatformKeys,
    actor: Actor,
    command: SubmitBid,
    outside: Mapping[str, bytes | None],
    proof: SigningProof | None,
    now: datetime,
) -> str:
    facts = ReceiptFacts(
        kind=SEALED,
        tender_id=command.tender_id,
        lot_id=command.lot_id,
        bidder_id=actor.organisation_id,
        bid_id=new_id(),
        submission_id=command.prefixes[0].header.submission_id,
        envelope_digest=command.stored.digest,
        envelope_size=command.stored.size,
        received_at=command.stamped_at,
        log_index=-1,
        replaces=command.replaces,
    )
    signing = proof.digest() if proof else ""
    facts, receipt = _log(session, keys, facts, command.token, now, outside, signing)
    bid = {
        "id": facts.bid_id,
        "tender_id": facts.tender_id,
        "lot_id": facts.lot_id,
        "bidder_id": facts.bidder_id,
        "submitted_by": actor.person_id,
        "submission_id": facts.submission_id,
        "of_tender": facts.tender_id,  # whose next sequence number it gets; the tender is locked
        "digest": facts.envelope_digest,
        "size": facts.envelope_size,
        "prefix": b"".join(prefix.to_bytes() for prefix in command.prefixes),
        "received_at": facts.received_at,
        "token": command.token,
        "log_index": facts.log_index,
        "receipt": receipt,
        "status": queries.SEALED,
        "replaces": facts.replaces,
    }
    session.connection().execute(ADD_BID, bid)
    if command.trace:
        session.connection().execute(ADD_TRACE, {"bid_id": facts.bid_id, "sealed": command.trace})
    if proof:
        keep_proof(session, facts.bid_id, proof)
    for name, token in outside.items():
        at = command.outside[name][1] if token is not None else None
        session.add(BidTokenRecord(bid_id=facts.bid_id, authority=name, token=token, stamped_at=at))
        if token is None:
            outbox.enqueue(session, "fetch_token", {"bid_id": facts.bid_id, "authority": name}, now=now)
    return receipt


def _log(
    session: Session,
    keys: PlatformKeys,
    facts: ReceiptFacts,
    token: bytes,
    now: datetime,
    outside: Mapping[str, bytes | None] = NOTHING,
    signing: str = "",
) -> tuple[ReceiptFacts, str]:
    """Append the act to the log and write its receipt over the tree that ends with it."""
    published_heads.blur(session, now)
    entry = audit_log.append(
        session,
        Fact(facts.kind, facts.bid_id, facts.tender_id, log_data(facts, token, outside, signing)),
        now,
    )
    facts = replace(facts, log_index=entry.index)
    head = Checkpoint(keys.log.name, entry.index + 1, entry.root)
    receipt = write_receipt(
        facts,
        signer=keys.receipts,
        token=token,
        fact=entry.fact,
        salt=entry.salt,
        hashes=entry.proof,
        checkpoint=sign_checkpoint(head, keys.log),
    )
    return facts, receipt


def own_bid(session: Session, actor: Actor, bid_id: str, *, lock: bool = False) -> BidRecord:
    """The actor's bid; another bidder's bid does not exist for the actor."""
    actor.require(Duty.BIDDER)
    bid = queries.bid(session, bid_id, lock=lock)
    if bid.bidder_id != actor.organisation_id:
        raise NotFound(what="bid", id=bid_id)
    return bid


def withdraw_bid(
    session: Session,
    *,
    keys: PlatformKeys,
    actor: Actor,
    bid_id: str,
    token: bytes,
    stamped_at: datetime,
    now: datetime,
) -> str:
    """Withdraw a bid before the closing time (招标投标法 art. 29) and return the receipt of it."""
    tender_id = own_bid(session, actor, bid_id).tender_id
    window = queries.submission_window(session, tender_id, lock=True)
    bid = own_bid(session, actor, bid_id, lock=True)
    if bid.status == queries.WITHDRAWN and bid.end_receipt is not None:
        return bid.end_receipt
    if bid.status != queries.SEALED:
        raise BidAlreadyWithdrawn(bid_id=bid_id)
    check_on_time(window, stamped_at)
    facts = ReceiptFacts(
        kind=WITHDRAWN,
        tender_id=tender_id,
        lot_id=bid.lot_id,
        bidder_id=bid.bidder_id,
        bid_id=bid.id,
        submission_id=bid.submission_id,
        envelope_digest=bid.digest,
        envelope_size=bid.size,
        received_at=stamped_at,
        log_index=-1,
    )
    bid.end_receipt = _log(session, keys, facts, token, now)[1]
    bid.status, bid.ended_at = queries.WITHDRAWN, stamped_at
    session.add(bid)
    return bid.end_receipt
