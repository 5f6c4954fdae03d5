"""The opening over HTTP: what openers fetch after the closing, their releases, the record, the live events."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import litestar
import structlog
from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import b64
from kernel.clock import write_time
from kernel.errors import NotFound, NotYetClosed
from storage import audit_log, published_heads
from storage.adapters import Adapters
from tender import queries
from tender.actions.close import close
from tender.actions.open_bids import release_shares
from tender.actions.open_prices import closing_with_lock, release_prices
from tender.envelopes import Moment
from tender.lifecycle import Stage
from tender.opening import Release, read_share
from tender.queries import stages
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once

PUBLIC_KINDS = (
    "tender.published",
    "tender.amended",
    "question.answered",
    "tender.closed",
    "tender.failed",
    "shares.released",
    "own-secret.given",
    "opening.failure-declared",
    "opening.failed",
    "bid.opened",
    "opening.recorded",
    "scores.locked",
    "prices.released",
    "price.opened",
    "prices.recorded",
    "draw.requested",
    "draw.committed",
    "draw.revealed",
    "panel.drawn",
    "ranking.made",
    "report.made",
)
"""Facts that everybody may see when they happen; all others stay with the parties until the capsule."""

POLL_SECONDS = 0.4  # how often the log is read for all watchers of one tender together
HEARTBEAT_SECONDS = 15
EVENT_ID = re.compile("[0-9]{1,18}", re.ASCII)
LOG = structlog.get_logger("web")


class ReleaseRequest(Shape):
    """An opener's signed statement and 64 bytes per bid, base64url, or null where a share was unreadable."""

    statement: dict[str, Any]
    shares: dict[str, str | None]


@get("/api/tenders/{tender_id:str}/closing")
def show_closing(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """What an opener may release now, and the sealed prefixes that hold the shares of it."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OPEN)
    actor.require(Duty.OPENER)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        opener = queries.opener_of(session, tender_id, actor.person_id)
        record = close(session, keys=adapters.keys, tender_id=tender_id, now=now)
        locked = closing_with_lock(session, tender_id)
        moment = Moment.SCORES_LOCKED if locked else Moment.CLOSING
        prefixes = stages.prefixes(session, tender_id, moment)
    value = locked or queries.closing_value(record)
    return {
        "tender": tender_id,
        "opener": opener.position,
        "moment": moment,
        "bids": value.bids,
        "log_size": value.log_size,
        "log_root": value.log_root,
        "locked": vars(value.locked) if value.locked else None,
        "checkpoint": record.checkpoint,
        "sealed": [{"bid": key, "prefix": b64(prefix.to_bytes())} for key, prefix in prefixes.items()],
    }


@post("/api/tenders/{tender_id:str}/releases")
def release(request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[ReleaseRequest]) -> Any:
    """Release the caller's shares."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OPEN)
    given = Release(0, {bid: read_share(text) for bid, text in data.shares.items()}, data.statement)

    def act(session: Any) -> dict[str, Any]:
        now = adapters.clock.now()
        if stages.score_lock(session, tender_id) is not None:
            return {
                "released": release_prices(session, actor=actor, tender_id=tender_id, release=given, now=now)
            }
        count = release_shares(
            session, keys=adapters.keys, actor=actor, tender_id=tender_id, release=given, now=now
        )
        return {"released": count}

    return create_once(request, adapters, actor, data, act)


@get("/api/tenders/{tender_id:str}/opening")
def show_opening(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """The published opening record; before that, how far the opening is."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        tender = queries.tender(session, tender_id)
        if tender.stage == Stage.DRAFT:
            raise NotFound(what="tender", id=tender_id)
        found = queries.opening_record(session, tender_id)
        if found is not None:
            lock = stages.score_lock(session, tender_id)
            prices = {"record": lock.body, "digest": lock.digest} if lock and lock.body else None
            return Response(
                {
                    "stage": tender.stage,
                    "record": found.body,
                    "digest": found.digest,
                    "prices_sealed": stages.prices_are_sealed(session, tender_id),
                    "prices": prices,
                }
            )
        closing = queries.closing(session, tender_id)
        released = [row.position for row in queries.releases(session, tender_id)]
        opened = len(queries.opened_bids(session, tender_id))
    assert tender.closes_at is not None
    if closing is None and adapters.clock.now() <= tender.closes_at:
        raise NotYetClosed(closes_at=write_time(tender.closes_at), now=write_time(adapters.clock.now()))
    return Response(
        {
            "stage": tender.stage,
            "bids": closing.bids if closing else None,
            "released": released,
            "needed": tender.threshold,
            "opened": opened,
        }
    )


@dataclass(frozen=True)
class End:
    """How far a tender's public facts were read: how many they are, and where the last stands in the log."""

    number: int = 0
    index: int = -1


@dataclass(frozen=True)
class Seen:
    """A public fact of a tender with its number among them; its place in the log would count other people's acts."""

    number: int
    row: audit_log.LogRecord


class Watch:
    """One reader of the log for all watchers of a tender, so that a thousand watchers cost one query."""

    def __init__(self, adapters: Adapters, tender_id: str) -> None:
        self.adapters, self.tender_id = adapters, tender_id
        self.watchers: set[asyncio.Queue[Seen]] = set()
        self.last = End()
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Hand each new public fact to every watcher until nobody watches."""
        while self.watchers:
            for seen in await self.look():
                self.last = End(seen.number, seen.row.index)
                for queue in self.watchers:
                    queue.put_nowait(seen)
            await asyncio.sleep(POLL_SECONDS)
        self.task = None

    async def look(self) -> list[Seen]:
        """What is new in the log; nothing while the database does not answer, so that the next look finds it."""
        try:
            return await anyio.to_thread.run_sync(read_public, self.adapters, self.tender_id, self.last)
        except Exception as error:
            LOG.warning("the log could not be read for watchers", kind=type(error).__name__)
            return []

    def join(self, end: End) -> asyncio.Queue[Seen]:
        """Start watching: every public fact after `end`, where they ended just before, will be in the queue."""
        queue: asyncio.Queue[Seen] = asyncio.Queue()
        self.watchers.add(queue)
        if self.task is None:
            self.last = end
            self.task = asyncio.create_task(self.run())
        return queue


def read_public(adapters: Adapters, tender_id: str, after: End = End()) -> list[Seen]:
    """The public facts of a tender after an end, as far as the log is published."""
    with adapters.database.reading() as session:
        size = published_heads.public_size(session)
        rows = audit_log.entries_after(session, after.index, PUBLIC_KINDS, tender_id, before=size)
    return [Seen(number, row) for number, row in enumerate(rows, start=after.number + 1)]


def catch_up(adapters: Adapters, tender_id: str, last: int) -> tuple[list[Seen], End]:
    """The public facts of a tender after number `last`, and where they end; those before are not read again."""
    with adapters.database.reading() as session:
        size = published_heads.public_size(session)
        end = End(*audit_log.end_of(session, PUBLIC_KINDS, tender_id, before=size))
        rows = audit_log.entries_after(session, -1, PUBLIC_KINDS, tender_id, before=size, skip=last)
    return [Seen(number, row) for number, row in enumerate(rows, start=last + 1)], end


def message(seen: Seen) -> ServerSentEventMessage:
    """A fact as a server-sent event whose id is its number."""
    return ServerSentEventMessage(data=seen.row.fact.decode(), event=seen.row.kind, id=seen.number)


async def follow(
    watches: dict[str, Watch], adapters: Adapters, tender_id: str, last: int
) -> AsyncIterator[Any]:
    """All public facts after number `last`, then each new one as it happens, with a heartbeat in between."""
    watch = watches.setdefault(tender_id, Watch(adapters, tender_id))
    known, end = await anyio.to_thread.run_sync(catch_up, adapters, tender_id, last)
    # Joined where this look ended, so that what happens in between comes twice rather than never.
    queue = watch.join(end)
    sent = last
    try:
        for seen in known:
            sent = seen.number
            yield message(seen)
        while True:
            try:
                seen = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ServerSentEventMessage(comment="still here")
                continue
            if seen.number > sent:
                sent = seen.number
                yield message(seen)
    finally:
        watch.watchers.discard(queue)
        if not watch.watchers and watches.get(tender_id) is watch:
            del watches[tender_id]


@litestar.get("/api/tenders/{tender_id:str}/events")
async def events(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> ServerSentEvent:
    """The tender's public facts as they happen; Last-Event-ID resumes without a gap or a double."""
    adapters = adapters_of(request)

    def check() -> None:
        with adapters.database.reading() as session:
            if queries.tender(session, tender_id).stage == Stage.DRAFT:
                raise NotFound(what="tender", id=tender_id)

    await anyio.to_thread.run_sync(check)
    text = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    last = int(text) if EVENT_ID.fullmatch(text) else 0
    stream = follow(request.app.state.watches, adapters, tender_id, last)
    return ServerSentEvent(stream, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-cache"})


ROUTES = [show_closing, release, show_opening, events]
