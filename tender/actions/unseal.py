"""Unsealing one bid outside any transaction, however large: its envelopes that open now, joined to what one can read.

A bid of several envelopes becomes one archive of all that is open, so whoever reads bids need not know of stages.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlmodel import Session

from crypto.archive import BID_NAME, ArchiveFile, bytes_file, file_starts, open_archive
from crypto.bid_contents import open_contents
from crypto.bid_file import Place
from crypto.canonical import JsonValue
from crypto.envelope import Outcome, join_shares
from crypto.parts_digest import PART_BYTES, PartsDigest
from kernel.errors import BadInput, IntegrityBroken, MalformedEnvelope, NotFound
from storage.objects import Objects, StoredObject
from tender import queries
from tender.envelopes import Moment, envelope_key
from tender.failures import ANSWERABLE, PART, SEED, Failing, answerable
from tender.opening import BidOutcome, Cause, join_announced, read_share
from tender.queries import failures, stages
from tender.records import BidRecord, OpenedBidRecord, OpenedEnvelopeRecord

NO_LIMIT = 2**62
Evidence = tuple[tuple[str, frozenset[int], bool, bool], ...]


@dataclass(frozen=True)
class SealedPart:
    """One envelope that may open now, with the shares released for it."""

    kind: str
    place: Place
    shares: Mapping[int, bytes] = field(repr=False)
    own_seed: bytes | None = field(default=None, repr=False)
    own_part: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class OpeningTask:
    """All that is needed to unseal one bid, read in one look."""

    bid: BidRecord
    parts: tuple[SealedPart, ...]
    is_done: bool
    releases: tuple[Mapping[str, Any], ...] = field(repr=False)
    """the shares of each opener so far, by envelope"""
    are_all_released: bool
    is_part_late: bool
    """whether the time for the bidder's own part is over"""
    given_up: Cause | None = None
    """who is answerable for a failure that can no longer be mended"""
    earlier: OpenedBidRecord | None = None
    """what came out of its other envelopes before the scores were locked"""

    @property
    def evidence(self) -> Evidence:
        """Which shares and own secrets were there, by envelope."""
        return tuple(
            (part.kind, frozenset(part.shares), part.own_seed is not None, part.own_part is not None)
            for part in self.parts
        )


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
    cause: str = Cause.BIDDER
    """where it was not opened"""
    lacks_shares: bool = False


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
    seen: Evidence = ()

    @property
    def lacks_shares(self) -> bool:
        """Whether the seed of one of its envelopes would open it."""
        return any(part.lacks_shares for part in self.parts)


def opening_task(session: Session, bid_id: str, now: datetime) -> OpeningTask:
    """What is known about one bid now."""
    bid = queries.bid(session, bid_id)
    earlier = session.get(OpenedBidRecord, bid_id)
    moment = failures.moment_of(session, bid.tender_id)
    is_first = moment is Moment.CLOSING
    releases = stages.releases_at(session, bid.tender_id, moment)
    done = is_first and earlier is not None
    own = failures.own_secrets(session, bid_id)
    parts = []
    for key, place in stages.envelopes_of_bid(session, bid, moment).items():
        shares = {r.position: read_share(r.shares.get(key)) for r in releases}
        kind = place.prefix.header.kind
        parts.append(
            SealedPart(
                kind,
                place,
                {p: s for p, s in shares.items() if s is not None},
                own.get((kind, SEED)),
                own.get((kind, PART)),
            )
        )
        if not is_first:
            done = done or session.get(OpenedEnvelopeRecord, (bid_id, kind)) is not None
    until = failures.own_parts_until(session, bid.tender_id, moment)
    failed = failures.failure_of(session, bid.tender_id, bid_id, moment)
    is_over = failed is not None and failed.until is not None and now > failed.until
    return OpeningTask(
        bid=bid,
        parts=tuple(parts),
        is_done=done,
        releases=tuple(r.shares for r in releases),
        are_all_released=len(releases) == len(queries.openers(session, bid.tender_id)),
        is_part_late=until is not None and now > until,
        given_up=ANSWERABLE[Failing(failed.failing)] if failed and is_over else None,
        earlier=None if is_first else earlier,
    )


def unseal(objects: Objects, spool: Path, task: OpeningTask) -> UnsealedBid | None:
    """Open the envelopes of one bid; None while one waits for shares, or for its bidder's own part.

    Raises:
        IntegrityBroken: the stored object is not what was received: the platform's fault, with an alarm.
        NotFound: it is gone.
    """
    parts = []
    for sealed in task.parts:
        try:
            part = _unseal_part(objects, spool, task, sealed)
        except (IntegrityBroken, NotFound):
            if task.given_up is not Cause.PLATFORM:
                raise
            why = "what the platform stored of it is not what was received"
            part = _unopened(sealed.kind, Cause.PLATFORM, why)
        if part is None:
            return None
        parts.append(part)
    return replace(_joined(objects, task, tuple(parts)), seen=task.evidence)


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
    if joined.outcome is Outcome.MALFORMED_BID:
        return _malformed(sealed.kind, "its key shares were not dealt as the format demands", bad)
    seed = joined.seed or sealed.own_seed
    if seed is None:
        if task.given_up is Cause.OPENER or task.are_all_released:
            why = "too few of its shares could be decrypted by the openers"
            cause = answerable(envelope_key(task.bid.id, sealed.kind), task.releases, prefix.header.k)
            return replace(_unopened(sealed.kind, cause, why, bad), lacks_shares=True)
        return None
    if prefix.header.bidder_also and sealed.own_part is None:
        why = "its bidder did not hand in the own part of its key in time"
        return _unopened(sealed.kind, Cause.BIDDER, why, bad) if task.is_part_late else None
    spool.mkdir(parents=True, exist_ok=True)
    end = sealed.place.start + prefix.total_size
    with (
        tempfile.TemporaryFile(dir=spool) as plain,
        objects.open(task.bid.digest, sealed.place.payload_start, end) as payload,
    ):
        try:
            found = open_contents(prefix, seed, payload, plain, part=sealed.own_part or b"")
        except MalformedEnvelope as error:
            check_stored(objects, task.bid.digest)
            return _malformed(sealed.kind, str(error.facts["why"]), bad)
        plain.seek(0)
        contents = objects.put_once(plain, expected=None, limit_bytes=NO_LIMIT)
    return UnsealedPart(
        sealed.kind, BidOutcome.OPENED, "", bad, found.announced, found.blind, contents, _listed(found.files)
    )


def _malformed(kind: str, problem: str, bad_shares: tuple[int, ...]) -> UnsealedPart:
    return UnsealedPart(kind, BidOutcome.MALFORMED, problem, bad_shares)


def _unopened(kind: str, cause: Cause, problem: str, bad_shares: tuple[int, ...] = ()) -> UnsealedPart:
    return UnsealedPart(kind, BidOutcome.UNOPENED, problem, bad_shares, cause=cause)


def _joined(objects: Objects, task: OpeningTask, parts: tuple[UnsealedPart, ...]) -> UnsealedBid:
    """The bid as the sum of its envelopes: one that cannot be read spoils it."""
    bad = tuple(sorted({share for part in parts for share in part.bad_shares}))
    later = task.earlier is not None
    spoiled = next((part for part in parts if part.outcome is not BidOutcome.OPENED), None)
    if spoiled is not None:
        return UnsealedBid(spoiled.outcome, parts, later, spoiled.cause, spoiled.problem, bad)
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
    return UnsealedBid(BidOutcome.OPENED, parts, later, "", "", bad, announced, b"", contents, files)


def _merge(
    objects: Objects, earlier: OpenedBidRecord | None, parts: Sequence[UnsealedPart]
) -> tuple[bytes, StoredObject, tuple[dict[str, JsonValue], ...]]:
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
    ordered = [files[0], *sorted(files[1:], key=lambda file: file.name.encode())]
    return body, stored, _listed((file.name, file.size, file.sha256) for file in ordered)


def _listed(files: Iterable[tuple[str, int, str]]) -> tuple[dict[str, JsonValue], ...]:
    """Files by name, size and hash as records keep them."""
    return tuple({"name": name, "size": str(size), "sha256": sha256} for name, size, sha256 in files)


def _reader(objects: Objects, digest: bytes, start: int, end: int) -> Callable[[], BinaryIO]:
    # What the store opens closes itself behind a `with`, which is all that the archive asks of a file.
    return lambda: cast(BinaryIO, objects.open(digest, start, end))
