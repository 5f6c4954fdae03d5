"""Unsealing one bid outside any transaction, however large: its envelopes that open now, joined to what one can read.

A bid of several envelopes becomes one archive of all that is open, so whoever reads bids need not know of stages.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlmodel import Session

from crypto.archive import (
    BID_NAME,
    ArchiveFile,
    bytes_file,
    file_starts,
    open_archive,
    read_archive,
)
from crypto.bid_file import Place
from crypto.canonical import JsonValue
from crypto.envelope import Outcome, bid_blind, check_announcement, join_shares, open_payload
from crypto.envelope_prefix import EnvelopePrefix
from crypto.parts_digest import PART_BYTES, PartsDigest
from kernel.errors import BadInput, IntegrityBroken, MalformedEnvelope
from storage.objects import Objects, StoredObject
from tender import queries
from tender.envelopes import Moment
from tender.opening import BidOutcome, Cause, join_announced, read_share
from tender.queries import stages
from tender.records import (
    BidRecord,
    OpenedBidRecord,
    OpenedEnvelopeRecord,
    PriceReleaseRecord,
    ReleaseRecord,
)

NO_LIMIT = 2**62


@dataclass(frozen=True)
class SealedPart:
    """One envelope that may open now, with the shares released for it."""

    kind: str
    place: Place
    shares: Mapping[int, bytes] = field(repr=False)


@dataclass(frozen=True)
class OpeningTask:
    """All that is needed to unseal one bid, read in one look."""

    bid: BidRecord
    parts: tuple[SealedPart, ...]
    openers: int
    releases: int
    is_done: bool
    earlier: OpenedBidRecord | None = None
    """what came out of its other envelopes before the scores were locked"""


@dataclass(frozen=True)
class UnsealedPart:
    """What came out of one envelope."""

    kind: str
    outcome: BidOutcome
    problem: str = ""
    bad_shares: tuple[int, ...] = ()
    bid_json: bytes = field(default=b"", repr=False)
    blind: bytes = field(default=b"", repr=False)
    contents: StoredObject | None = None
    files: tuple[dict[str, JsonValue], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class UnsealedBid:
    """What came out of a bid, before it is recorded."""

    outcome: BidOutcome
    parts: tuple[UnsealedPart, ...]
    is_later: bool
    """whether other envelopes of this bid were opened before"""
    cause: str = ""
    problem: str = ""
    bad_shares: tuple[int, ...] = ()
    bid_json: bytes = field(default=b"", repr=False)
    blind: bytes = field(default=b"", repr=False)
    contents: StoredObject | None = None
    files: tuple[dict[str, JsonValue], ...] = field(default=(), repr=False)


def opening_task(session: Session, bid_id: str) -> OpeningTask:
    """What is known about one bid now."""
    bid = queries.bid(session, bid_id)
    openers = len(queries.openers(session, bid.tender_id))
    earlier = session.get(OpenedBidRecord, bid_id)
    is_first = stages.score_lock(session, bid.tender_id) is None
    moment = Moment.CLOSING if is_first else Moment.SCORES_LOCKED
    find = queries.releases if is_first else stages.price_releases
    releases: Sequence[ReleaseRecord | PriceReleaseRecord] = find(session, bid.tender_id)
    done = is_first and earlier is not None
    parts = []
    for key, place in stages.envelopes_of_bid(session, bid, moment).items():
        shares = {r.position: read_share(r.shares.get(key)) for r in releases}
        kind = place.prefix.header.kind
        parts.append(SealedPart(kind, place, {p: s for p, s in shares.items() if s is not None}))
        if not is_first:
            done = done or session.get(OpenedEnvelopeRecord, (bid_id, kind)) is not None
    return OpeningTask(bid, tuple(parts), openers, len(releases), done, None if is_first else earlier)


def unseal(objects: Objects, spool: Path, task: OpeningTask) -> UnsealedBid | None:
    """Open the envelopes of one bid; None while one needs more shares than were released.

    Raises:
        IntegrityBroken: the stored object is not what was received: the platform's fault, with an alarm.
    """
    parts = []
    for sealed in task.parts:
        part = _unseal_part(objects, spool, task, sealed)
        if part is None:
            return None
        parts.append(part)
    return _joined(objects, task, tuple(parts))


def check_stored(objects: Objects, digest: bytes) -> None:
    """Raise IntegrityBroken when a stored object is not what was received, so that no bidder is blamed for it."""
    found = PartsDigest()
    with objects.open(digest) as stored:
        while chunk := stored.read(PART_BYTES):
            found.update(chunk)
    if found.digest() != digest:
        raise IntegrityBroken(what=f"the stored envelope {digest.hex()} was changed after it was received")


def _unseal_part(objects: Objects, spool: Path, task: OpeningTask, sealed: SealedPart) -> UnsealedPart | None:
    prefix = sealed.place.prefix
    joined = join_shares(prefix, sealed.shares)
    bad = tuple(joined.bad_shares)
    if joined.outcome is Outcome.NEED_MORE_SHARES:
        if task.releases < task.openers:
            return None
        return _malformed(sealed.kind, "too few of its shares could be decrypted by the openers", bad)
    if joined.outcome is Outcome.MALFORMED_BID or joined.seed is None:
        return _malformed(sealed.kind, "its key shares were not dealt as the format demands", bad)
    spool.mkdir(parents=True, exist_ok=True)
    end = sealed.place.start + prefix.total_size
    with (
        tempfile.TemporaryFile(dir=spool) as plain,
        objects.open(task.bid.digest, sealed.place.payload_start, end) as payload,
    ):
        try:
            open_payload(prefix, joined.seed, payload, plain)
            return _read_contents(objects, sealed.kind, prefix, joined.seed, plain, bad)
        except MalformedEnvelope as error:
            check_stored(objects, task.bid.digest)
            return _malformed(sealed.kind, str(error.facts["why"]), bad)


def _malformed(kind: str, problem: str, bad_shares: tuple[int, ...]) -> UnsealedPart:
    return UnsealedPart(kind, BidOutcome.MALFORMED, problem, bad_shares)


def _read_contents(
    objects: Objects,
    kind: str,
    prefix: EnvelopePrefix,
    seed: bytes,
    plain: BinaryIO,
    bad_shares: tuple[int, ...],
) -> UnsealedPart:
    plain.seek(0)
    announced = b""
    files: list[dict[str, JsonValue]] = []
    for entry in read_archive(plain):
        if entry.name == BID_NAME:
            announced = b"".join(entry.chunks())
        files.append({"name": entry.name, "size": str(entry.size), "sha256": entry.sha256})
    blind = bid_blind(seed, prefix.ctx)
    check_announcement(prefix, blind, announced)
    plain.seek(0)
    contents = objects.put_once(plain, expected=None, limit_bytes=NO_LIMIT)
    return UnsealedPart(kind, BidOutcome.OPENED, "", bad_shares, announced, blind, contents, tuple(files))


def _joined(objects: Objects, task: OpeningTask, parts: tuple[UnsealedPart, ...]) -> UnsealedBid:
    """The bid as the sum of its envelopes: one that cannot be read spoils it."""
    bad = tuple(sorted({share for part in parts for share in part.bad_shares}))
    later = task.earlier is not None
    spoiled = next((part for part in parts if part.outcome is BidOutcome.MALFORMED), None)
    if spoiled is not None:
        return UnsealedBid(BidOutcome.MALFORMED, parts, later, Cause.BIDDER, spoiled.problem, bad)
    one = parts[0]
    if len(parts) == 1 and not later:
        return UnsealedBid(
            BidOutcome.OPENED, parts, later, "", "", bad, one.bid_json, one.blind, one.contents, one.files
        )
    try:
        announced, contents, files = _merge(objects, task.earlier, parts)
    except BadInput:
        why = "its envelopes hold files whose names cannot stand side by side"
        return UnsealedBid(BidOutcome.MALFORMED, parts, later, Cause.BIDDER, why, bad)
    return UnsealedBid(BidOutcome.OPENED, parts, later, "", "", bad, announced, b"", contents, tuple(files))


def _merge(
    objects: Objects, earlier: OpenedBidRecord | None, parts: Sequence[UnsealedPart]
) -> tuple[bytes, StoredObject, list[dict[str, JsonValue]]]:
    """One archive of all that is open; a file whose name is taken stands in a folder named as its envelope."""
    held: list[tuple[str, bytes, Sequence[Mapping[str, Any]]]] = []
    announced: list[bytes] = []
    if earlier is not None and earlier.contents_digest is not None:
        held.append(("", earlier.contents_digest, earlier.files))
        announced.append(earlier.bid_json)
    for part in parts:
        assert part.contents is not None
        held.append((part.kind, part.contents.digest, part.files))
        announced.append(part.bid_json)
    body = join_announced(announced)
    files, taken = [bytes_file(BID_NAME, body)], {BID_NAME}
    for kind, digest, listed in held:
        found = [(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in listed]
        for (name, size, sha256), start in zip(found, file_starts(found), strict=True):
            if name != BID_NAME:
                free = f"{kind}/{name}" if name.casefold() in taken else name
                taken.add(free.casefold())
                files.append(ArchiveFile(free, size, sha256, _reader(objects, digest, start, start + size)))
    with open_archive(files) as archive:
        stored = objects.put_once(archive, expected=None, limit_bytes=NO_LIMIT)
    rest = sorted(files[1:], key=lambda file: file.name.encode())
    return (
        body,
        stored,
        [{"name": file.name, "size": str(file.size), "sha256": file.sha256} for file in [files[0], *rest]],
    )


def _reader(objects: Objects, digest: bytes, start: int, end: int) -> Callable[[], BinaryIO]:
    # What the store opens closes itself behind a `with`, which is all that the archive asks of a file.
    return lambda: cast(BinaryIO, objects.open(digest, start, end))
