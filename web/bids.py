"""Sealed bids over HTTP: submit, list one's own, fetch a receipt, withdraw.

A body is read in two steps: the envelope's prefix first, so that a wrong envelope is refused before its payload is
sent; then the whole is stored while it arrives. The envelope's digest, declared up front, is the Idempotency-Key:
sending the same envelope again, after a broken connection say, gives the same receipt.
"""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import anyio.from_thread
import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from crypto.bid_file import BidFileReader, check_one_submission
from crypto.canonical import b64
from crypto.checkpoint import write_proof
from crypto.envelope_prefix import (
    FIXED_BYTES,
    MAX_PREFIX_BYTES,
    EnvelopePrefix,
    prefix_length_needed,
    read_prefix,
)
from crypto.merkle import inclusion_proof
from crypto.timestamp_requests import PinnedAuthority
from crypto.timestamps import issue
from kernel.clock import write_time
from kernel.errors import BadInput, IntegrityBroken, Unavailable
from storage import audit_log, cosignatures
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from tender import queries
from tender.actions import submit_bid as acts
from tender.records import BidRecord
from tender.submission import SubmissionWindow, check_envelope
from tender.traces import SubmissionTrace, seal_trace
from web.documents import next_chunk
from web.guards import adapters_of, caller, find_caller_in, signed_in
from web.routes import get, post

WHOLE_BODY_BYTES = 1 << 20  # bodies up to one part are handed over in one piece
DIGEST_HEADER = "idempotency-key"


class Arrival:
    """A bid on its way in: the prefix of its first envelope is known, the rest is still to come."""

    def __init__(self, head: bytes, rest: AsyncIterator[bytes], size: int) -> None:
        self.head = head
        self.rest = rest
        self.size = size  # as announced, 0 where it is not
        self.prefix: EnvelopePrefix = read_prefix(head)
        self.prefixes: tuple[EnvelopePrefix, ...] = ()  # of all its envelopes, once every byte was seen

    def chunks(self, check: Callable[[Sequence[EnvelopePrefix]], None]) -> Iterator[bytes]:
        """All bytes in order; called from a worker thread, waits for the network on the event loop.

        Raises:
            MalformedEnvelope: as soon as an envelope is not what its bidder signed; what `check` raises at a header.
        """
        reader = BidFileReader(check)
        reader.update(self.head)
        yield self.head
        # The server hands over no more than was announced, so what came whole needs no wait for the event loop.
        while len(self.head) != self.size and (chunk := anyio.from_thread.run(next_chunk, self.rest)):
            reader.update(chunk)
            yield chunk
        self.prefixes = reader.finish()


async def receive_head(request: Request[Any, Any, Any]) -> Arrival:
    """Read as much of the body as holds the prefix; small bodies whole."""
    stream = aiter(request.stream())
    size = int(request.headers.get("content-length", "0") or 0)
    whole = size if 0 < size <= WHOLE_BODY_BYTES else 0
    head = bytearray()
    while len(head) < max(whole, prefix_length_needed(bytes(head[:FIXED_BYTES]))):
        chunk = await next_chunk(stream)
        if not chunk:
            break
        head += chunk
    return Arrival(bytes(head), stream, size)


def declared_digest(request: Request[Any, Any, Any]) -> bytes:
    """The envelope's parts digest that the client announces."""
    text = request.headers.get(DIGEST_HEADER, "")
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32 or text != digest.hex():
        raise BadInput(
            where="Idempotency-Key", why="send the envelope's parts digest as 64 lower-case hex digits"
        )
    return digest


def trace_of(request: Request[Any, Any, Any]) -> SubmissionTrace:
    """Where a request comes from; never logged."""
    address = request.client.host if request.client else ""
    return SubmissionTrace(address, request.headers.get("user-agent", ""))


def stamp(adapters: Adapters, digest: bytes) -> tuple[bytes, Any]:
    """An RFC 3161 token over a digest, and its time.

    Raises:
        ClocksDisagree: the time cannot be trusted now.
    """
    if adapters.settings.pulse_seconds:
        adapters.clock_watch.require()
    at = adapters.clock.now()
    return issue(adapters.keys.authority, digest, at, int.from_bytes(os.urandom(8), "big") >> 1), at


def stamp_outside(adapters: Adapters, tender_id: str, digest: bytes) -> dict[str, tuple[bytes, datetime]]:
    """What the outside authorities of a tender stamp, with their times; one that does not answer is left out."""
    with adapters.database.reading() as session:
        wanted = queries.submission_window(session, tender_id).stamps.authorities

    def ask(authority: PinnedAuthority) -> tuple[str, tuple[bytes, datetime]] | None:
        try:
            token = adapters.authorities[authority.name].stamp(digest)
            return authority.name, (token, authority.check(token, digest))
        except (KeyError, Unavailable, IntegrityBroken):
            return None

    with ThreadPoolExecutor(max(1, len(wanted)), "authority") as pool:
        return dict(filter(None, pool.map(ask, wanted)))


def take_in(
    adapters: Adapters,
    find_actor: Callable[[Session], Actor],
    arrival: Arrival,
    *,
    tender_id: str,
    lot_id: str,
    digest: bytes,
    replaces: str | None,
    trace: SubmissionTrace,
) -> str:
    """The ordered steps of a submission: check, store, stamp, admit. Returns the receipt."""
    with adapters.database.reading() as session:
        actor = find_actor(session)
        window = acts.check_arrival(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            prefix=arrival.prefix,
            digest=digest,
            size_bytes=arrival.size,
            replaces=replaces,
            now=adapters.clock.now(),
        )
    stored = store(adapters, actor, arrival, window, lot_id, digest)
    return admit(
        adapters,
        actor,
        arrival.prefixes,
        stored,
        tender_id=tender_id,
        lot_id=lot_id,
        replaces=replaces,
        trace=trace,
    )


def store(
    adapters: Adapters,
    actor: Actor,
    arrival: Arrival,
    window: SubmissionWindow,
    lot_id: str,
    expected: bytes | None,
) -> StoredObject:
    """Keep a bid while it arrives; a later envelope that does not fit is refused at its header as the first one is."""

    def check(prefixes: Sequence[EnvelopePrefix]) -> None:
        if len(prefixes) > 1:  # the first one was judged on its arrival
            with adapters.database.reading() as session:
                bidder = queries.bidder(session, actor.organisation_id)
            check_envelope(window, lot_id, bidder, prefixes[-1], len(prefixes) - 1)

    return adapters.objects.put_once(arrival.chunks(check), expected=expected, limit_bytes=window.limit_bytes)


def stored_prefixes(adapters: Adapters, stored: StoredObject) -> tuple[EnvelopePrefix, ...]:
    """The prefixes of a bid that is stored already."""
    found: list[EnvelopePrefix] = []
    start = 0
    while start < stored.size:
        with adapters.objects.open(stored.digest, start, start + MAX_PREFIX_BYTES) as envelope:
            found.append(read_prefix(envelope))
        start += found[-1].total_size
        check_one_submission(found)
    return tuple(found)


def admit(
    adapters: Adapters,
    actor: Actor,
    prefixes: tuple[EnvelopePrefix, ...],
    stored: StoredObject,
    *,
    tender_id: str,
    lot_id: str,
    replaces: str | None,
    trace: SubmissionTrace,
) -> str:
    """Stamp a stored envelope and admit it in one transaction, with others that wait for the same tender."""
    token, stamped_at = stamp(adapters, stored.digest)
    sealed = seal_trace(adapters.keys.people, prefixes[0].header.submission_id, trace)
    outside = stamp_outside(adapters, tender_id, stored.digest) if adapters.authorities else {}
    command = acts.SubmitBid(
        tender_id, lot_id, prefixes, stored, token, stamped_at, replaces, sealed, outside
    )

    def act(session: Session) -> str:
        now = adapters.clock.now()
        return acts.submit_bid(session, keys=adapters.keys, actor=actor, command=command, now=now)

    return adapters.lane.carry_out(act, about=tender_id)


@litestar.post("/api/tenders/{tender_id:str}/lots/{lot_id:str}/bids", request_max_body_size=None)
async def submit(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    replaces: str | None = None,
) -> Response[bytes]:
    """Submit a sealed envelope, the raw body; the answer is the receipt."""
    digest = declared_digest(request)
    arrival = await receive_head(request)

    def work() -> str:
        return take_in(
            adapters_of(request),
            lambda session: signed_in(find_caller_in(session, request)).may(Scope.BID),
            arrival,
            tender_id=tender_id,
            lot_id=lot_id,
            digest=digest,
            replaces=replaces,
            trace=trace_of(request),
        )

    receipt = await anyio.to_thread.run_sync(work)
    return Response(receipt.encode(), status_code=201, media_type="application/json")


def bid_line(bid: BidRecord) -> dict[str, Any]:
    """One of the bidder's own bids."""
    return {
        "id": bid.id,
        "lot": bid.lot_id,
        "submission": bid.submission_id,
        "digest": bid.digest.hex(),
        "size": bid.size,
        "received_at": write_time(bid.received_at),
        "status": bid.status,
        "replaces": bid.replaces,
        "ended_at": write_time(bid.ended_at) if bid.ended_at else None,
    }


@get("/api/tenders/{tender_id:str}/bids")
def list_own(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The caller's own bids in a tender; nobody ever lists another's before the opening."""
    actor = caller(request).may(Scope.BID)
    actor.require(Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        queries.tender(session, tender_id)
        rows = queries.bids_of_bidder(session, tender_id, actor.organisation_id)
    return {"items": [bid_line(row) for row in rows]}


@get("/api/bids/{bid_id:str}/receipt")
def show_receipt(
    request: Request[Any, Any, Any], bid_id: FromPath[str], cosigned: int = 0
) -> Response[bytes]:
    """The receipt of one of the caller's bids; on request with the proof in a head that so many witnesses signed."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    with adapters.database.reading() as session:
        bid = acts.own_bid(session, actor, bid_id)
        receipt = bid.receipt
        if cosigned > 0:
            size = cosignatures.find_head(session, at_least=cosigned, beyond=bid.log_index + 1)
            if size is None:
                raise Unavailable(what=f"A head of the log that {cosigned} witnesses signed")
            note = cosignatures.head_note(session, adapters.keys, size)
            path = inclusion_proof(bid.log_index, size, audit_log.node_reader(session))
            receipt = json.dumps(json.loads(receipt) | {"proof": write_proof(bid.log_index, path, note)})
    return Response(receipt.encode(), media_type="application/json")


@get("/api/bids/{bid_id:str}/tokens")
def show_tokens(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> dict[str, Any]:
    """What outside authorities stamped of one of the caller's bids; a token is null while it is awaited."""
    actor = caller(request).may(Scope.BID)
    with adapters_of(request).database.reading() as session:
        acts.own_bid(session, actor, bid_id)
        rows = queries.tokens_of(session, bid_id)
    return {"items": [{"authority": r.authority, "token": b64(r.token) if r.token else None} for r in rows]}


@post("/api/bids/{bid_id:str}/withdrawal")
def withdraw(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Response[bytes]:
    """Withdraw a bid; repeating it gives the same receipt."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    with adapters.database.reading() as session:
        digest = acts.own_bid(session, actor, bid_id).digest
    token, stamped_at = stamp(adapters, digest)
    with adapters.database.transaction() as session:
        receipt = acts.withdraw_bid(
            session,
            keys=adapters.keys,
            actor=actor,
            bid_id=bid_id,
            token=token,
            stamped_at=stamped_at,
            now=adapters.clock.now(),
        )
    return Response(receipt.encode(), status_code=201, media_type="application/json")


ROUTES = [submit, list_own, show_receipt, show_tokens, withdraw]
