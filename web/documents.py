"""The files of a notice: streamed in by the office, streamed out to everybody once the notice is public."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import anyio.from_thread
import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath
from litestar.response import Stream

from accounts.credentials import Scope
from kernel.errors import NotFound
from storage.objects import StoredObject
from tender import queries
from tender.actions import draft
from tender.lifecycle import Stage
from web.guards import adapters_of, caller, find_caller
from web.routes import get
from web.shapes import create_once

DOCUMENT_LIMIT = 2 * 1024**3  # bytes of one document of the notice
CHUNK_BYTES = 1 << 18


async def next_chunk(stream: AsyncIterator[bytes]) -> bytes:
    """The next bytes of a body; empty at its end."""
    async for chunk in stream:
        if chunk:
            return chunk
    return b""


def chunks_of(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    """A body's bytes for a worker thread, which waits for the network on the event loop."""
    while chunk := anyio.from_thread.run(next_chunk, stream):
        yield chunk


@litestar.post("/api/tenders/{tender_id:str}/documents", request_max_body_size=None)
async def add_document(
    request: Request[Any, Any, Any], tender_id: FromPath[str], name: str
) -> Response[bytes]:
    """Attach a file to the notice; the body is the file."""
    body = aiter(request.stream())

    def work() -> Response[bytes]:
        adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
        with adapters.database.reading() as session:
            draft.own_tender(session, actor, tender_id)
        stored = adapters.objects.put_once(chunks_of(body), expected=None, limit_bytes=DOCUMENT_LIMIT)
        return attach(request, tender_id, name, stored)

    return await anyio.to_thread.run_sync(work)


def attach(
    request: Request[Any, Any, Any], tender_id: str, name: str, stored: StoredObject
) -> Response[bytes]:
    """Give a stored file its row, once per Idempotency-Key."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
    media_type = request.headers.get("content-type", "application/octet-stream")
    return create_once(
        request,
        adapters,
        actor,
        [name, stored.digest.hex()],
        lambda session: {
            "id": draft.add_document(
                session,
                actor=actor,
                tender_id=tender_id,
                name=name,
                media_type=media_type,
                stored=stored,
                now=adapters.clock.now(),
            ),
            "digest": stored.digest.hex(),
        },
    )


@get("/api/tenders/{tender_id:str}/documents/{document_id:str}")
def download(request: Request[Any, Any, Any], tender_id: FromPath[str], document_id: FromPath[str]) -> Stream:
    """A file of the notice, always as a download: a hostile file never runs in our pages' name."""
    adapters, found = adapters_of(request), find_caller(request)
    with adapters.database.reading() as session:
        tender = queries.tender(session, tender_id)
        document = next((d for d in queries.documents(session, tender_id) if d.id == document_id), None)
    is_own = found is not None and found.actor.organisation_id == tender.tenderer_id
    if document is None or (tender.stage == Stage.DRAFT and not is_own):
        raise NotFound(what="document", id=document_id)
    digest = document.digest

    def chunks() -> Iterator[bytes]:
        with adapters.objects.open(digest) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}",
        "Content-Length": str(document.size),
    }
    return Stream(chunks(), media_type="application/octet-stream", headers=headers)


ROUTES = [add_document, download]
