"""Uploads of sealed bids that survive broken lines: tus 1.0.0 with creation, checksum, expiration and termination.

An upload is known to the person who began it and to nobody else. When it is whole it is a draft still: only the
receipt, of `POST /api/uploads/{id}/bid` or of the check page, says that a bid is submitted. Format:
docs/formats/upload.md.
"""

from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from crypto.bid_file import read_prefixes
from kernel.clock import write_time
from kernel.errors import Refused, TenderingError, TooLarge, WrongProtocol
from storage.objects import StoredObject
from tender.actions import uploads
from tender.records import UploadRecord
from web.bids import admit, trace_of
from web.guards import adapters_of, caller
from web.problems import answer_expected
from web.routes import get, post
from web.tus_protocol import (
    EXTENSIONS,
    VERSION,
    Part,
    check_version,
    overridden_method,
    read_checksum,
    read_creation,
    read_part,
)
from web.upload_body import Body
from web.upload_flow import Appending, Stand, complete, drop

Asked = Request[Any, Any, Any]
ONE = "/api/uploads/{upload_id:str}"
OF_LOT = "/api/tenders/{tender_id:str}/lots/{lot_id:str}/uploads"
SETTLE_SECONDS, SETTLE_STEP = 3.0, 0.02  # for a broken line to be noticed, and how often to look
SPOKEN = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


def bidder_of(request: Asked) -> Actor:
    """Who asks, with the right to bid."""
    actor = caller(request).may(Scope.BID)
    actor.require(Duty.BIDDER)
    return actor


async def spoken(request: Asked, work: Callable[[Actor], Awaitable[Response[Any]]]) -> Response[Any]:
    """Do what a bidder asks, in the version that both sides speak; refusals say so too."""
    try:
        actor = await anyio.to_thread.run_sync(bidder_of, request)
        check_version(request.headers)
        answer = await work(actor)
    except TenderingError as error:
        answer = answer_expected(request, error)
        if isinstance(error, WrongProtocol):
            answer.headers["Tus-Version"] = VERSION
        if isinstance(error, TooLarge):
            answer.headers["Tus-Max-Size"] = str(error.facts["limit_bytes"])
    answer.headers.update(SPOKEN)
    return answer


def apart(
    function: Callable[[Asked, Actor, str], Response[Any]], request: Asked, upload_id: str
) -> Callable[[Actor], Awaitable[Response[Any]]]:
    """A function that uses the database, off the event loop."""
    return lambda actor: anyio.to_thread.run_sync(function, request, actor, upload_id)


@litestar.route([ONE, OF_LOT], http_method=["OPTIONS"])
async def offer(request: Asked) -> Response[None]:
    """What this server speaks and takes; the same for everybody."""
    limit = adapters_of(request).settings.bid_limit_bytes
    headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(limit)}
    headers["Tus-Checksum-Algorithm"] = "sha1,sha256"
    if adapters_of(request).settings.s3_direct:
        headers["Mingtang-Direct"] = "1"
    return Response(None, status_code=204, headers=SPOKEN | headers)


@litestar.post(OF_LOT, request_max_body_size=None)
async def create(request: Asked, tender_id: FromPath[str], lot_id: FromPath[str]) -> Response[Any]:
    """Begin an upload for one lot, perhaps with its first bytes."""
    return await spoken(request, lambda actor: _create(request, actor, tender_id, lot_id))


async def _create(request: Asked, actor: Actor, tender_id: str, lot_id: str) -> Response[Any]:
    def begin() -> tuple[UploadRecord, dict[str, str], Part | None]:
        asked = read_creation(request.headers)
        part = Part(0, read_checksum(request.headers)) if asked.has_part else None
        command = uploads.BeginUpload(
            tender_id, lot_id, asked.length, asked.digest, asked.filename, asked.replaces
        )
        adapters = adapters_of(request)
        with adapters.database.transaction() as session:
            now = adapters.clock.now()
            upload, _ = uploads.begin_upload(session, actor=actor, command=command, now=now)
            headers = {"Upload-Expires": expires(uploads.expiry(session, upload))}
        return upload, headers, part

    upload, headers, part = await anyio.to_thread.run_sync(begin)
    headers["Location"] = f"/api/uploads/{upload.id}"
    if part is not None:
        stand = await receive(request, actor, upload.id, part)
        headers["Upload-Offset"] = str(stand.received)
    return Response(None, status_code=201, headers=headers)


def expires(at: Any) -> str:
    """A moment as a header has it."""
    return format_datetime(at, usegmt=True)


async def receive(request: Asked, actor: Actor, upload_id: str, part: Part) -> Stand:
    """Take a part from the network; what has come when it breaks off is kept."""
    appending = Appending(adapters_of(request), actor, upload_id, part)
    body, failed = Body(request), None
    stand = Stand(part.offset, is_stored=False)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(body.receive)
            try:
                await anyio.to_thread.run_sync(appending.begin)
                async for piece in body.pieces():
                    await anyio.to_thread.run_sync(appending.take, piece)
                stand = await anyio.to_thread.run_sync(partial(appending.finish, is_cut=body.is_cut))
            except TenderingError as error:
                failed = error
            await body.leave()
            group.cancel_scope.cancel()
    finally:
        appending.close()
    if failed is not None:
        raise failed
    return stand


@litestar.patch(ONE, request_max_body_size=None)
async def append(request: Asked, upload_id: FromPath[str]) -> Response[Any]:
    """Take the next part."""
    return await spoken(request, lambda actor: _append(request, actor, upload_id))


async def _append(request: Asked, actor: Actor, upload_id: str) -> Response[Any]:
    def look() -> tuple[UploadRecord, dict[str, str]]:
        adapters = adapters_of(request)
        with adapters.database.reading() as session:
            now = adapters.clock.now()
            upload = uploads.own_upload(session, actor=actor, upload_id=upload_id, now=now)
            return upload, {"Upload-Expires": expires(uploads.expiry(session, upload))}

    upload, headers = await anyio.to_thread.run_sync(look)
    part = read_part(request.headers)
    if upload.stored_at is not None and part.offset == upload.size:  # there is nothing to write to any more
        return Response(None, status_code=204, headers=headers | {"Upload-Offset": str(upload.size)})
    stand = await receive(request, actor, upload_id, part)
    return Response(None, status_code=204, headers=headers | {"Upload-Offset": str(stand.received)})


@litestar.head(ONE)
async def look(request: Asked, upload_id: FromPath[str]) -> Response[None]:
    """Where an upload stands: what is promised here is safe."""

    async def work(actor: Actor) -> Response[Any]:
        await settled(request, actor, upload_id)
        return await apart(_look, request, upload_id)(actor)

    answer = await spoken(request, work)
    # An answer to HEAD has no body, a refusal neither.
    return Response(None, status_code=answer.status_code, headers=answer.headers)


async def settled(request: Asked, actor: Actor, upload_id: str) -> None:
    """Wait a moment for a writer whose line has just broken, so that nothing it still keeps is sent again."""
    adapters = adapters_of(request)

    def is_settled() -> bool:
        with adapters.database.reading() as session:
            uploads.own_upload(session, actor=actor, upload_id=upload_id, now=adapters.clock.now())
        return adapters.drafts.is_free(upload_id)

    with anyio.move_on_after(SETTLE_SECONDS):
        while not await anyio.to_thread.run_sync(is_settled):
            await anyio.sleep(SETTLE_STEP)


def _look(request: Asked, actor: Actor, upload_id: str) -> Response[Any]:
    upload, until = own(request, actor, upload_id)
    headers = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)}
    return Response(None, status_code=200, headers=headers | {"Upload-Expires": until})


def own(request: Asked, actor: Actor, upload_id: str) -> tuple[UploadRecord, str]:
    """The caller's upload, stored if all of it is there, and until when it is kept."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        upload = uploads.own_upload(session, actor=actor, upload_id=upload_id, now=adapters.clock.now())
        until = expires(uploads.expiry(session, upload))
    return complete(adapters, actor, upload), until


@litestar.delete(ONE, status_code=200)  # what is answered is said below
async def give_up(request: Asked, upload_id: FromPath[str]) -> Response[Any]:
    """Discard an upload; a bid that was submitted from it stays."""
    return await spoken(request, apart(_give_up, request, upload_id))


def _give_up(request: Asked, actor: Actor, upload_id: str) -> Response[Any]:
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        uploads.own_upload(session, actor=actor, upload_id=upload_id, now=adapters.clock.now())
    drop(adapters, upload_id)
    return Response(None, status_code=204)


@litestar.post(ONE, request_max_body_size=None)
async def override(request: Asked, upload_id: FromPath[str]) -> Response[Any]:
    """The same for networks that let nothing but POST through."""

    async def work(actor: Actor) -> Response[Any]:
        method = overridden_method(request.headers)
        if method == "PATCH":
            return await _append(request, actor, upload_id)
        todo = _look if method == "HEAD" else _give_up
        return await apart(todo, request, upload_id)(actor)

    return await spoken(request, work)


@get(ONE)
def show(request: Asked, upload_id: FromPath[str]) -> dict[str, Any]:
    """An upload of the caller's: how far it is, and where it is checked and submitted."""
    upload, until = own(request, bidder_of(request), upload_id)
    return describe(upload) | {"expires": until}


def describe(upload: UploadRecord) -> dict[str, Any]:
    """An upload as its bidder sees it. It is never called submitted: the receipt says that."""
    progress = uploads.progress_of(upload)
    whole = progress.whole
    return {
        "id": upload.id,
        "tender": upload.tender_id,
        "lot": upload.lot_id,
        "filename": upload.filename,
        "size": upload.size,
        "received": upload.received,
        "digest": upload.digest.hex(),
        "state": state_of(upload),
        "problem": (upload.direct or {}).get("problem"),
        "whole_parts": whole.size,
        "whole_parts_digest": whole.root().hex() if whole.size else None,
        "begun_at": write_time(upload.begun_at),
        "check": check_page(upload),
        "submitted": False,
    }


def state_of(upload: UploadRecord) -> str:
    """How far an upload is: `uploading`, `checking`, `complete`, or `refused` with its problem."""
    if upload.stored_at:
        return "complete"
    state = (upload.direct or {}).get("state", "open")
    return "uploading" if state == "open" else str(state)


def check_page(upload: UploadRecord) -> str:
    """The page on which a person checks and submits."""
    return f"/bidder/tenders/{upload.tender_id}/lots/{upload.lot_id}/check?upload={upload.id}"


@get("/api/uploads")
def list_drafts(request: Asked) -> dict[str, Any]:
    """What the caller's organisation has uploaded and not submitted while bids are still taken."""
    adapters, actor = adapters_of(request), bidder_of(request)
    with adapters.database.reading() as session:
        drafts = uploads.open_drafts(session, bidder_id=actor.organisation_id, now=adapters.clock.now())
        return {
            "items": [
                describe(draft.upload)
                | {
                    "reference": draft.tender.reference,
                    "title": draft.tender.title,
                    "lot_number": draft.lot.number,
                    "closes_at": write_time(draft.tender.closes_at) if draft.tender.closes_at else None,
                    "earlier_bid_stands": draft.has_bid,
                }
                for draft in drafts
            ]
        }


@post("/api/uploads/{upload_id:str}/bid")
def submit(request: Asked, upload_id: FromPath[str], replaces: str | None = None) -> Response[bytes]:
    """Submit a whole upload; the answer is the receipt, the same one if it is asked for again."""
    adapters, actor = adapters_of(request), bidder_of(request)
    with adapters.database.reading() as session:
        upload = uploads.upload_of_firm(session, actor=actor, upload_id=upload_id, now=adapters.clock.now())
    upload = complete(adapters, actor, upload)
    if upload.stored_at is None:
        raise Refused(rule="whole files only", why="not all of the file has arrived; go on with the upload")
    receipt = admit(
        adapters,
        actor,
        read_prefixes(upload.prefixes),
        StoredObject(upload.digest, upload.size),
        tender_id=upload.tender_id,
        lot_id=upload.lot_id,
        replaces=replaces or upload.replaces,
        trace=trace_of(request),
    )
    return Response(receipt.encode(), status_code=201, media_type="application/json")


ROUTES = [offer, create, append, look, give_up, override, show, list_drafts, submit]
