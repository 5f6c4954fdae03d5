"""Opening: openers release shares, envelopes are opened one by one, the opening record is published.

Each envelope is unsealed outside any transaction (it may be large) and recorded in one of its own, so a power cut
in the middle of an opening loses nothing and repeats nothing.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.archive import read_archive
from crypto.canonical import JsonValue, b64, canonical
from crypto.envelope import Outcome, bid_blind, check_announcement, join_shares, open_payload
from crypto.envelope_prefix import EnvelopePrefix, read_prefix
from crypto.parts_digest import PART_BYTES, PartsDigest
from kernel.clock import write_time
from kernel.errors import BadInput, IntegrityBroken, MalformedEnvelope, TooFewBids
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from storage.objects import Objects, StoredObject
from tender import queries
from tender.actions.close import close
from tender.lifecycle import Move, Stage, after
from tender.opening import BidOutcome, Cause, Release, check_release, read_announced, read_share
from tender.records import BidRecord, OpenedBidRecord, OpeningRecord, ReleaseRecord


@dataclass(frozen=True)
class UnsealedBid:
    """What came out of one envelope, before it is recorded."""

    outcome: BidOutcome
    cause: str = ""
    problem: str = ""
    bad_shares: tuple[int, ...] = ()
    bid_json: bytes = field(default=b"", repr=False)
    blind: bytes = field(default=b"", repr=False)
    contents: StoredObject | None = None
    files: tuple[dict[str, JsonValue], ...] = field(default=(), repr=False)


def release_shares(
    session: Session, *, keys: PlatformKeys, actor: Actor, tender_id: str, release: Release, now: datetime
) -> int:
    """Accept one opener's shares; from the k-th release on every envelope is opened. Returns releases so far."""
    actor.require(Duty.OPENER)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    closing = close(session, keys=keys, tender_id=tender_id, now=now)
    record = queries.tender(session, tender_id, lock=True)
    if record.stage == Stage.FAILED:
        raise TooFewBids(bids=closing.bids, minimum=record.periods["minimum_bids"])
    released = queries.releases(session, tender_id)
    if any(r.position == opener.position for r in released):
        return len(released)
    after(Stage(record.stage), Move.RELEASE)
    assert opener.sign_public is not None
    prefixes = queries.prefixes(session, tender_id)
    release = Release(opener.position, release.shares, release.statement)
    try:
        check_release(release, queries.closing_value(closing), opener.sign_public, prefixes)
    except IntegrityBroken:  # what somebody sends is no sign that the platform is broken
        raise BadInput(where="statement", why="its signature does not match the opener's key") from None
    session.add(
        ReleaseRecord(
            tender_id=tender_id,
            position=opener.position,
            statement=dict(release.statement),
            shares={bid_id: b64(share) if share else None for bid_id, share in release.shares.items()},
            released_at=now,
        )
    )
    digest = sha256(canonical(dict(release.statement))).hexdigest()
    data: dict[str, JsonValue] = {"position": opener.position, "statement": digest}
    audit_log.append(session, Fact("shares.released", tender_id, tender_id, data), now)
    count = len(released) + 1
    if count >= record.threshold:
        opened = {row.bid_id for row, _ in queries.opened_bids(session, tender_id)}
        for bid_id in sorted(set(prefixes) - opened):
            outbox.enqueue(session, "open_bid", {"bid_id": bid_id}, now=now)
    return count


@dataclass(frozen=True)
class OpeningTask:
    """All that is needed to unseal one envelope, read in one look."""

    bid: BidRecord
    shares: Mapping[int, bytes] = field(repr=False)
    openers: int
    releases: int
    is_done: bool


def opening_task(session: Session, bid_id: str) -> OpeningTask:
    """What is known about one envelope now."""
    bid = queries.bid(session, bid_id)
    releases = queries.releases(session, bid.tender_id)
    shares = {r.position: read_share(r.shares.get(bid_id)) for r in releases}
    done = any(row.bid_id == bid_id for row, _ in queries.opened_bids(session, bid.tender_id))
    openers = len(queries.openers(session, bid.tender_id))
    return OpeningTask(bid, {p: s for p, s in shares.items() if s is not None}, openers, len(releases), done)


def unseal(objects: Objects, spool: Path, task: OpeningTask) -> UnsealedBid | None:
    """Open one envelope; None while it needs more shares than were released.

    Raises:
        IntegrityBroken: the stored object is not what was received: the platform's fault, with an alarm.
    """
    prefix = read_prefix(task.bid.prefix)
    joined = join_shares(prefix, task.shares)
    if joined.outcome is Outcome.NEED_MORE_SHARES:
        if task.releases < task.openers:
            return None
        return _malformed("too few of its shares could be decrypted by the openers", tuple(joined.bad_shares))
    if joined.outcome is Outcome.MALFORMED_BID or joined.seed is None:
        return _malformed("its key shares were not dealt as the format demands", tuple(joined.bad_shares))
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=spool) as plain, objects.open(task.bid.digest, prefix.length) as sealed:
        try:
            open_payload(prefix, joined.seed, sealed, plain)
            return _read_contents(objects, prefix, joined.seed, plain, tuple(joined.bad_shares))
        except MalformedEnvelope as error:
            check_stored(objects, task.bid.digest)
            return _malformed(str(error.facts["why"]), tuple(joined.bad_shares))


def check_stored(objects: Objects, digest: bytes) -> None:
    """Raise IntegrityBroken when a stored object is not what was received, so that no bidder is blamed for it."""
    found = PartsDigest()
    with objects.open(digest) as stored:
        while chunk := stored.read(PART_BYTES):
            found.update(chunk)
    if found.digest() != digest:
        raise IntegrityBroken(what=f"the stored envelope {digest.hex()} was changed after it was received")


def _malformed(problem: str, bad_shares: tuple[int, ...]) -> UnsealedBid:
    return UnsealedBid(BidOutcome.MALFORMED, Cause.BIDDER, problem, bad_shares)


def _read_contents(
    objects: Objects, prefix: EnvelopePrefix, seed: bytes, plain: BinaryIO, bad_shares: tuple[int, ...]
) -> UnsealedBid:
    plain.seek(0)
    announced = b""
    files: list[dict[str, JsonValue]] = []
    for entry in read_archive(plain):
        if entry.name == "bid.json":
            announced = b"".join(entry.chunks())
        files.append({"name": entry.name, "size": str(entry.size), "sha256": entry.sha256})
    blind = bid_blind(seed, prefix.ctx)
    check_announcement(prefix, blind, announced)
    plain.seek(0)
    contents = objects.put_once(plain, expected=None, limit_bytes=2**62)
    return UnsealedBid(
        BidOutcome.OPENED,
        bad_shares=bad_shares,
        bid_json=announced,
        blind=blind,
        contents=contents,
        files=tuple(files),
    )


def record_opened(session: Session, *, bid_id: str, unsealed: UnsealedBid, now: datetime) -> None:
    """Record what came out of one envelope; after the last one the opening record is published."""
    bid = queries.bid(session, bid_id)
    tender = queries.tender(session, bid.tender_id, lock=True)
    done = queries.opened_bids(session, bid.tender_id)
    if any(row.bid_id == bid_id for row, _ in done):
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
    if unsealed.outcome is BidOutcome.OPENED:
        announced = read_announced(unsealed.bid_json, queries.price_scale(tender))
        row.price_units, row.price_text, row.problem = (
            announced.price_units,
            announced.price_text,
            announced.problem,
        )
    session.add(row)
    session.flush()
    names = accounts.organisation_names(session, {bid.bidder_id})
    audit_log.append(
        session, Fact("bid.opened", bid_id, bid.tender_id, opened_line(row, bid, names[bid.bidder_id])), now
    )
    if len(done) + 1 == len(queries.sealed_bids(session, bid.tender_id)):
        _publish_record(session, bid.tender_id, now)


def opened_line(row: OpenedBidRecord, bid: BidRecord, bidder: str) -> dict[str, JsonValue]:
    """One line of the opening record."""
    return {
        "bid": bid.id,
        "lot": bid.lot_id,
        "bidder": bidder,
        "received_at": write_time(bid.received_at),
        "digest": bid.digest.hex(),
        "outcome": row.outcome,
        "cause": row.cause,
        "problem": row.problem,
        "bad_shares": list(row.bad_shares),
        "price": row.price_text,
        "bid_json": b64(row.bid_json),
        "blind": b64(row.blind),
    }


def _publish_record(session: Session, tender_id: str, now: datetime) -> None:
    tender = queries.tender(session, tender_id, lock=True)
    tender.stage = after(Stage(tender.stage), Move.OPEN)
    rows = queries.opened_bids(session, tender_id)
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
        "bids": [opened_line(row, bid, names[bid.bidder_id]) for row, bid in rows],
        "recorded_at": write_time(now),
    }
    digest = sha256(canonical(body)).hexdigest()
    session.add(OpeningRecord(tender_id=tender_id, body=body, digest=digest, recorded_at=now))
    session.add(tender)
    audit_log.append(session, Fact("opening.recorded", tender_id, tender_id, {"record": digest}), now)
    # Every opened bid is read for traces of collusion; no tender can leave that out.
    for row, bid in rows:
        if row.contents_digest is not None:
            outbox.enqueue(session, "read_bid_facts", {"bid_id": bid.id}, now=now)
    # The priced bills are checked together: unit prices are judged against those of the other bids.
    outbox.enqueue(session, "check_bills", {"tender_id": tender_id}, now=now)
    # Where the rulebook has a blind part, its texts are laid out alike before anybody scores.
    outbox.enqueue(session, "prepare_blind", {"tender_id": tender_id}, now=now)
    # Who sits on a panel drawn before the opening may turn out to be tied to a bidder (条例 46).
    outbox.enqueue(session, "recheck_avoidance", {"tender_id": tender_id}, now=now)
