"""The second opening of a tender in stages: the scores are locked, then the openers release the prices.

Nobody can release earlier: what an opener signs names the head of the log that holds the lock.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts import queries as accounts
from accounts.actions.passkeys import check_step_up
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from crypto.checkpoint import Checkpoint, sign_checkpoint
from kernel.clock import write_time
from kernel.errors import IntegrityBroken, Refused
from storage import audit_log, outbox, published_heads
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from tender import queries
from tender.actions.failures import must_wait
from tender.actions.open_bids import keep_parts, opened_line, read_price, take_release
from tender.actions.unseal import UnsealedBid
from tender.envelopes import Moment
from tender.opening import BidOutcome, Closing, Release
from tender.queries import stages
from tender.records import OpenedBidRecord, OpenedEnvelopeRecord, ScoreLockRecord


def lock_scores(
    session: Session,
    *,
    keys: PlatformKeys,
    tender_id: str,
    scores: Mapping[str, dict[str, str]],
    now: datetime,
) -> ScoreLockRecord:
    """Write down that the scores stand, by the digest of each bid's; harmless when that was done before."""
    queries.tender(session, tender_id, lock=True)
    known = stages.score_lock(session, tender_id)
    if known is not None:
        return known
    digest = sha256(canonical({bid: dict(own) for bid, own in scores.items()})).hexdigest()
    published_heads.fill(session, now, ahead=1)
    audit_log.append(session, Fact("scores.locked", tender_id, tender_id, {"scores": digest}), now)
    head = audit_log.frontier(session)
    published_heads.mark(session, now)
    record = ScoreLockRecord(
        tender_id=tender_id,
        scores=dict(scores),
        log_size=head.size,
        log_root=head.root(),
        checkpoint=sign_checkpoint(Checkpoint(keys.log.name, head.size, head.root()), keys.log),
        locked_at=now,
    )
    session.add(record)
    session.flush()
    if not stages.envelopes(session, tender_id, Moment.SCORES_LOCKED):
        _publish_prices(session, tender_id, now)
    return record


def closing_with_lock(session: Session, tender_id: str) -> Closing | None:
    """What openers sign when they release the prices; None until the scores are locked."""
    closing, lock = queries.closing(session, tender_id), stages.score_lock(session, tender_id)
    return stages.locked_value(closing, lock) if closing and lock else None


def release_prices(session: Session, *, actor: Actor, tender_id: str, release: Release, now: datetime) -> int:
    """Accept one opener's shares of the prices; from the k-th on they are opened. Returns releases so far."""
    actor.require(Duty.OPENER)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    check_step_up(session, actor=actor, duty=Duty.OPENER, now=now)
    record = queries.tender(session, tender_id, lock=True)
    closing = closing_with_lock(session, tender_id)
    if closing is None:
        raise Refused(rule="scores-first", why="the prices stay sealed until the panel's scores are locked")
    return take_release(session, record, opener, release, closing, now)


def record_price(session: Session, *, bid_id: str, unsealed: UnsealedBid, now: datetime) -> None:
    """Record what came out of a bid's sealed price; after the last one the record of the prices is published."""
    bid = queries.bid(session, bid_id)
    tender = queries.tender(session, bid.tender_id, lock=True)
    row = session.get_one(OpenedBidRecord, bid_id)
    if bid_id in stages.opened_at(session, bid.tender_id, Moment.SCORES_LOCKED):
        return
    if must_wait(session, bid, unsealed, now):
        return
    row.outcome, row.cause, row.problem = unsealed.outcome, unsealed.cause, unsealed.problem
    row.bad_shares = sorted({*row.bad_shares, *unsealed.bad_shares})
    if unsealed.outcome is BidOutcome.OPENED:
        assert unsealed.contents is not None
        row.bid_json, row.contents_digest = unsealed.bid_json, unsealed.contents.digest
        row.files = list(unsealed.files)
        read_price(tender, row)
    session.add(row)
    keep_parts(session, bid, unsealed.parts, now)
    session.flush()
    names = accounts.organisation_names(session, {bid.bidder_id})
    parts = _priced(stages.opened_envelopes_of(session, tender, bid_id), session, bid.tender_id)
    line = opened_line(row, bid, names[bid.bidder_id], parts)
    audit_log.append(session, Fact("price.opened", bid_id, bid.tender_id, line), now)
    published_heads.publish_soon(session, now)
    if stages.readable_bids(session, bid.tender_id) <= stages.opened_at(
        session, bid.tender_id, Moment.SCORES_LOCKED
    ):
        _publish_prices(session, bid.tender_id, now)


def _priced(
    parts: list[OpenedEnvelopeRecord], session: Session, tender_id: str
) -> list[OpenedEnvelopeRecord]:
    kinds = stages.kinds_at(queries.tender(session, tender_id), Moment.SCORES_LOCKED)
    return [part for part in parts if part.kind in kinds]


def _publish_prices(session: Session, tender_id: str, now: datetime) -> None:
    tender, lock = queries.tender(session, tender_id), stages.score_lock(session, tender_id)
    if lock is None:
        raise IntegrityBroken(what="prices were opened without a lock of the scores")
    done = stages.opened_at(session, tender_id, Moment.SCORES_LOCKED)
    rows = [(row, bid) for row, bid in queries.opened_bids(session, tender_id) if bid.id in done]
    parts = stages.opened_envelopes(session, tender_id)
    names = accounts.organisation_names(session, {bid.bidder_id for _, bid in rows})
    body: dict[str, JsonValue] = {
        "v": 1,
        "tender": tender_id,
        "currency": tender.currency,
        "price_places": tender.price_places,
        "locked": {
            "scores": {bid: dict(own) for bid, own in lock.scores.items()},
            "log_size": lock.log_size,
            "log_root": lock.log_root.hex(),
            "checkpoint": lock.checkpoint,
        },
        "releases": [dict(r.statement) for r in stages.price_releases(session, tender_id)],
        "bids": [
            opened_line(row, bid, names[bid.bidder_id], _priced(parts[bid.id], session, tender_id))
            for row, bid in rows
        ],
        "recorded_at": write_time(now),
    }
    lock.body, lock.digest, lock.recorded_at = body, sha256(canonical(body)).hexdigest(), now
    session.add(lock)
    session.flush()
    audit_log.append(session, Fact("prices.recorded", tender_id, tender_id, {"record": lock.digest}), now)
    published_heads.publish(session, now)
    # Prices tell of collusion too, and the bills lay in the envelopes that opened now.
    outbox.enqueue(session, "look_again", {"tender_id": tender_id}, now=now)
    outbox.enqueue(session, "check_bills", {"tender_id": tender_id}, now=now)
