"""Opening: openers release shares, envelopes are opened one by one, the opening record is published.

Each bid is unsealed outside any transaction (tender.actions.unseal) and recorded in one of its own, so a power cut
in the middle of an opening loses nothing and repeats nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts import queries as accounts
from accounts.actions.passkeys import check_step_up
from accounts.duties import Actor, Duty
from crypto.bid_file import BID
from crypto.canonical import JsonValue, b64, canonical
from kernel.clock import write_time
from kernel.errors import BadInput, IntegrityBroken, TooFewBids
from storage import audit_log, outbox, published_heads
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from tender import queries
from tender.actions.close import close
from tender.actions.failures import AFTER, must_wait
from tender.actions.unseal import UnsealedBid, UnsealedPart
from tender.envelopes import Moment
from tender.failures import consequence
from tender.lifecycle import Move, Stage, after
from tender.opening import BidOutcome, Closing, Release, check_release, read_announced
from tender.queries import failures, stages
from tender.records import (
    BidRecord,
    OpenedBidRecord,
    OpenedEnvelopeRecord,
    OpenerRecord,
    OpeningRecord,
    PriceReleaseRecord,
    ReleaseRecord,
    TenderRecord,
)

RELEASES: Mapping[Moment, tuple[type[ReleaseRecord] | type[PriceReleaseRecord], str]] = {
    Moment.CLOSING: (ReleaseRecord, "shares.released"),
    Moment.SCORES_LOCKED: (PriceReleaseRecord, "prices.released"),
}
"""Where the releases of a moment are kept, and the fact that each is."""


def release_shares(
    session: Session, *, keys: PlatformKeys, actor: Actor, tender_id: str, release: Release, now: datetime
) -> int:
    """Accept one opener's shares; from the k-th release on every envelope is opened. Returns releases so far."""
    actor.require(Duty.OPENER)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    check_step_up(session, actor=actor, duty=Duty.OPENER, now=now)
    closing = close(session, keys=keys, tender_id=tender_id, now=now)
    record = queries.tender(session, tender_id, lock=True)
    if record.stage == Stage.FAILED:
        raise TooFewBids(bids=closing.bids, minimum=record.periods["minimum_bids"])
    return take_release(session, record, opener, release, queries.closing_value(closing), now)


def take_release(
    session: Session,
    record: TenderRecord,
    opener: OpenerRecord,
    release: Release,
    closing: Closing,
    now: datetime,
) -> int:
    """Check, keep and log what an opener signed for a closing; with the k-th, ask for what opens. Releases so far."""
    moment = Moment.SCORES_LOCKED if closing.locked else Moment.CLOSING
    released = stages.releases_at(session, record.id, moment)
    if any(one.position == opener.position for one in released):
        return len(released)
    if moment is Moment.CLOSING:
        after(Stage(record.stage), Move.RELEASE)
    _check_own(release, closing, opener, stages.prefixes(session, record.id, moment))
    table, kind = RELEASES[moment]
    session.add(
        table(
            tender_id=record.id,
            position=opener.position,
            statement=dict(release.statement),
            shares={key: b64(share) if share else None for key, share in release.shares.items()},
            released_at=now,
        )
    )
    digest = sha256(canonical(dict(release.statement))).hexdigest()
    data: dict[str, JsonValue] = {"position": opener.position, "statement": digest}
    audit_log.append(session, Fact(kind, record.id, record.id, data), now)
    published_heads.publish(session, now)
    count = len(released) + 1
    if count >= record.threshold:
        ask_to_open(session, record, moment, now)
    return count


def _check_own(release: Release, closing: Closing, opener: OpenerRecord, prefixes: stages.Prefixes) -> None:
    """Raise BadInput or WrongShare unless a release is this opener's and every share fits its envelope."""
    assert opener.sign_public is not None
    own = Release(opener.position, release.shares, release.statement)
    try:
        check_release(own, closing, opener.sign_public, prefixes)
    except IntegrityBroken:  # what somebody sends is no sign that the platform is broken
        raise BadInput(where="statement", why="its signature does not match the opener's key") from None


def ask_to_open(session: Session, record: TenderRecord, moment: Moment, now: datetime) -> None:
    """Ask for the opening of every bid that waits for it; again when the time for bidders' own parts is over."""
    until = failures.own_parts_until(session, record.id, moment)
    for bid_id in sorted(stages.waiting_bids(session, record.id, moment)):
        outbox.enqueue(session, "open_bid", {"bid_id": bid_id}, now=now)
        if until is not None and now <= until:
            outbox.enqueue(session, "open_bid", {"bid_id": bid_id}, now=now, due_at=until + AFTER)


def record_opened(session: Session, *, bid_id: str, unsealed: UnsealedBid, now: datetime) -> None:
    """Record what came out of one bid; after the last one the opening record is published."""
    bid = queries.bid(session, bid_id)
    tender = queries.tender(session, bid.tender_id, lock=True)
    if session.get(OpenedBidRecord, bid_id) is not None or must_wait(session, bid, unsealed, now):
        return
    row = OpenedBidRecord(
        bid_id=bid_id,
        tender_id=bid.tender_id,
        outcome=unsealed.outcome,
        cause=unsealed.cause,
        problem=unsealed.problem,
        bad_shares=list(unsealed.bad_shares),
        bid_json=unsealed.bid_json,
        blind=unsealed.blind,
        contents_digest=unsealed.contents.digest if unsealed.contents else None,
        files=list(unsealed.files),
        opened_at=now,
    )
    if unsealed.outcome is BidOutcome.OPENED and not stages.prices_are_sealed(session, tender.id):
        read_price(tender, row)
    session.add(row)
    keep_parts(session, bid, unsealed.parts, now)
    session.flush()
    names = accounts.organisation_names(session, {bid.bidder_id})
    line = opened_line(row, bid, names[bid.bidder_id], stages.opened_envelopes_of(session, tender, bid_id))
    audit_log.append(session, Fact("bid.opened", bid_id, bid.tender_id, line), now)
    published_heads.publish_soon(session, now)
    if stages.count_opened(session, bid.tender_id) == stages.count_sealed(session, bid.tender_id):
        _publish_record(session, bid.tender_id, now)


def read_price(tender: TenderRecord, row: OpenedBidRecord) -> None:
    """Take the price of an opened bid out of what it announces."""
    announced = read_announced(row.bid_json, queries.price_scale(tender))
    row.price_units, row.price_text, row.problem = (
        announced.price_units,
        announced.price_text,
        announced.problem,
    )


def keep_parts(session: Session, bid: BidRecord, parts: tuple[UnsealedPart, ...], now: datetime) -> None:
    """Keep what came out of single envelopes, where a bid has several."""
    for part in parts:
        if part.kind != BID:
            session.add(
                OpenedEnvelopeRecord(
                    bid_id=bid.id,
                    kind=part.kind,
                    tender_id=bid.tender_id,
                    outcome=part.outcome,
                    problem=part.problem,
                    bad_shares=list(part.bad_shares),
                    bid_json=part.bid_json,
                    blind=part.blind,
                    opened_at=now,
                )
            )


def opened_line(
    row: OpenedBidRecord, bid: BidRecord, bidder: str, parts: list[OpenedEnvelopeRecord]
) -> dict[str, JsonValue]:
    """One line of the opening record; of a bid of several envelopes it tells what each of them announced."""
    announced: dict[str, JsonValue] = {"bid_json": b64(row.bid_json), "blind": b64(row.blind)}
    if parts:
        announced = {"envelopes": [_part_line(part) for part in parts]}
    return {
        "bid": bid.id,
        "lot": bid.lot_id,
        "bidder": bidder,
        "received_at": write_time(bid.received_at),
        "digest": bid.digest.hex(),
        "outcome": row.outcome,
        "cause": row.cause,
        "problem": row.problem,
        **({"consequence": follows} if (follows := consequence(row.cause)) else {}),
        "bad_shares": list(row.bad_shares),
        "price": row.price_text,
        **announced,
    }


def _part_line(part: OpenedEnvelopeRecord) -> dict[str, JsonValue]:
    return {
        "kind": part.kind,
        "outcome": part.outcome,
        "problem": part.problem,
        "bad_shares": list(part.bad_shares),
        "bid_json": b64(part.bid_json),
        "blind": b64(part.blind),
    }


def _publish_record(session: Session, tender_id: str, now: datetime) -> None:
    tender = queries.tender(session, tender_id, lock=True)
    tender.stage = after(Stage(tender.stage), Move.OPEN)
    rows = queries.opened_bids(session, tender_id)
    parts = stages.opened_envelopes(session, tender_id)
    names = accounts.organisation_names(session, {bid.bidder_id for _, bid in rows})
    closing = queries.closing(session, tender_id)
    if closing is None:
        raise IntegrityBroken(what="bids were opened without a recorded closing")
    body: dict[str, JsonValue] = {
        "v": 1,
        "tender": tender_id,
        "currency": tender.currency,
        "price_places": tender.price_places,
        "closing": {
            "bids": closing.bids,
            "last_sequence": closing.last_sequence,
            "log_size": closing.log_size,
            "log_root": closing.log_root.hex(),
            "checkpoint": closing.checkpoint,
        },
        "releases": [dict(r.statement) for r in queries.releases(session, tender_id)],
        "bids": [opened_line(row, bid, names[bid.bidder_id], parts.get(bid.id, [])) for row, bid in rows],
        "recorded_at": write_time(now),
    }
    digest = sha256(canonical(body)).hexdigest()
    session.add(OpeningRecord(tender_id=tender_id, body=body, digest=digest, recorded_at=now))
    session.add(tender)
    audit_log.append(session, Fact("opening.recorded", tender_id, tender_id, {"record": digest}), now)
    published_heads.publish(session, now)
    # Every opened bid is read for traces of collusion; no tender can leave that out.
    for row, bid in rows:
        if row.contents_digest is not None:
            outbox.enqueue(session, "read_bid_facts", {"bid_id": bid.id}, now=now)
    if not stages.prices_are_sealed(session, tender_id):
        # The priced bills are checked together: unit prices are judged against those of the other bids.
        outbox.enqueue(session, "check_bills", {"tender_id": tender_id}, now=now)
    # Where the rulebook has a blind part, its texts are laid out alike before anybody scores.
    outbox.enqueue(session, "prepare_blind", {"tender_id": tender_id}, now=now)
    # Who sits on a panel drawn before the opening may turn out to be tied to a bidder (条例 46).
    outbox.enqueue(session, "recheck_avoidance", {"tender_id": tender_id}, now=now)
