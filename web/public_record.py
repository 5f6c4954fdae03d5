"""What everybody may fetch to check the platform: its public keys, and the log as C2SP checkpoint and tiles."""

import re
import struct
from typing import Any

import anyio.to_thread
import litestar
from litestar import MediaType, Request, Response
from litestar.params import FromPath

from crypto.canonical import b64
from crypto.merkle import TILE_WIDTH, hash_tile, tile_width
from kernel.errors import BadInput, NotFound
from storage import archive_stamps, audit_log, cosignatures, national_log, published_heads
from web.guards import adapters_of
from web.routes import get

TILE_PATH = re.compile(
    r"(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])"
    r"/(?P<index>(?!x000)(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
COSIGNED_LIMIT = 64 * 1024  # bytes
FOREVER = "public, max-age=31536000, immutable"


@get("/api/platform")
def show_platform(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The public keys to pin: the log's verifier key, the receipts' key, the timestamp authority's certificate."""
    return adapters_of(request).keys.public


@get("/log/checkpoint", media_type=MediaType.TEXT)
def show_checkpoint(request: Request[Any, Any, Any]) -> Response[str]:
    """The signed head of the log published last (C2SP tlog-checkpoint), with what witnesses signed of it."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        text = cosignatures.head_note(session, adapters.keys, published_heads.public_size(session))
    return Response(text, media_type=MediaType.TEXT, headers={"Cache-Control": "no-cache"})


@get("/log/national", media_type=MediaType.TEXT)
def show_national(request: Request[Any, Any, Any], size: int = 0) -> Response[str]:
    """The signed national head of the log in SM3, the newest one or that of an earlier size."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        wanted = size or published_heads.public_size(session)
        is_public = wanted > 0 and published_heads.is_public(session, wanted)
    if not adapters.keys.national or not is_public:
        raise NotFound(what="national head of the log", id=str(size))
    note = national_log.head_note(adapters.database, adapters.keys, wanted)
    return Response(note, media_type=MediaType.TEXT, headers={"Cache-Control": "no-cache"})


@get("/log/cosigned")
def show_cosigned(request: Request[Any, Any, Any], at_least: int = 1, since: int = 0) -> dict[str, Any]:
    """The newest head that so many witnesses signed, and the proof that it contains the head of size `since`."""
    adapters = adapters_of(request)
    if at_least < 1 or since < 0:
        raise BadInput(where="at_least, since", why="give whole numbers, at_least from 1")
    with adapters.database.reading() as session:
        size = cosignatures.newest_head(session, at_least=at_least)
        if size is None or size < since:
            raise NotFound(what="head of the log with cosignatures", id=str(at_least))
        note = cosignatures.head_note(session, adapters.keys, size)
        way = cosignatures.way_to(session, since, size)
    return {"checkpoint": note, "consistency": [b64(step) for step in way]}


@litestar.post("/log/cosignatures", request_max_body_size=COSIGNED_LIMIT)
async def take_cosignature(request: Request[Any, Any, Any]) -> Response[Any]:
    """Take the line of a known witness under a head of this log; whoever brings it, its signature speaks for itself."""
    try:
        note = (await request.body()).decode()
    except UnicodeDecodeError:
        raise BadInput(where="checkpoint", why="it is not text in UTF-8") from None

    def keep() -> list[str]:
        adapters = adapters_of(request)
        with adapters.database.transaction() as session:
            return cosignatures.keep(session, keys=adapters.keys, witnesses=adapters.witnesses, note=note)

    return Response({"witnesses": await anyio.to_thread.run_sync(keep)}, status_code=200)


@get("/log/archive")
def show_archive(request: Request[Any, Any, Any], since: int = 0) -> dict[str, Any]:
    """The timestamps over heads of the log from a size on, each with its head and the proof from that size."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        items = [
            {
                "authority": row.authority,
                "token": b64(row.token),
                "checkpoint": cosignatures.head_note(session, adapters.keys, row.log_size),
                "consistency": [b64(step) for step in cosignatures.way_to(session, since, row.log_size)],
            }
            for row in archive_stamps.stamps(session, since)
        ]
    return {"items": items}


@get("/log/tile/{path:path}")
def show_tile(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """A tile of hashes, or of entries (C2SP tlog-tiles)."""
    level, index, width = read_tile_path(path.lstrip("/"))
    with adapters_of(request).database.reading() as session:
        size = published_heads.public_size(session)
        have = tile_width(0 if level == "entries" else int(level), index, size)
        if (width is None and have < TILE_WIDTH) or (width is not None and width > have):
            raise NotFound(what="tile", id=path)
        count = width or TILE_WIDTH
        if level == "entries":
            start = index * TILE_WIDTH
            leaves = audit_log.leaves(session, start, start + count)
            body = b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)
        else:
            body = hash_tile(int(level), index, size, audit_log.node_reader(session))[: count * 32]
    return Response(body, media_type="application/octet-stream", headers={"Cache-Control": FOREVER})


def read_tile_path(path: str) -> tuple[str, int, int | None]:
    """Level (or `entries`), index and partial width of a tile path such as `0/x001/067.p/112`; one form for each.

    Raises:
        BadInput: it is none.
    """
    found = TILE_PATH.fullmatch(path)
    if found is None:
        raise BadInput(
            where="path", why="a tile path is <level>/<index in groups of three digits>[.p/<width 1 to 255>]"
        )
    index = int(found["index"].replace("x", "").replace("/", ""))
    return found["level"], index, int(found["width"]) if found["width"] else None


ROUTES = [
    show_platform,
    show_checkpoint,
    show_national,
    show_cosigned,
    take_cosignature,
    show_archive,
    show_tile,
]
