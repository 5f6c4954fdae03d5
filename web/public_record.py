"""What everybody may fetch to check the platform: its public keys, and the log as C2SP checkpoint and tiles."""

import re
import struct
from typing import Any

from litestar import MediaType, Request, Response
from litestar.params import FromPath

from crypto.canonical import b64
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.merkle import TILE_WIDTH, hash_tile, tile_width
from kernel.errors import BadInput, NotFound
from storage import audit_log
from web.guards import adapters_of
from web.routes import get

TILE_PATH = re.compile(
    r"(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])"
    r"/(?P<index>(?!x000)(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
FOREVER = "public, max-age=31536000, immutable"


@get("/api/platform")
def show_platform(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The public keys to pin: the log's verifier key, the receipts' key, the timestamp authority's certificate."""
    keys = adapters_of(request).keys
    return {
        "log_vkey": keys.log_vkey,
        "receipts_public": b64(keys.receipts.public),
        "timestamp_certificate": b64(keys.authority.certificate),
    }


@get("/log/checkpoint", media_type=MediaType.TEXT)
def show_checkpoint(request: Request[Any, Any, Any]) -> Response[str]:
    """The signed head of the log (C2SP tlog-checkpoint)."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        head = audit_log.frontier(session)
    text = sign_checkpoint(Checkpoint(adapters.keys.log.name, head.size, head.root()), adapters.keys.log)
    return Response(text, media_type=MediaType.TEXT, headers={"Cache-Control": "no-cache"})


@get("/log/tile/{path:path}")
def show_tile(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """A tile of hashes, or of entries (C2SP tlog-tiles)."""
    level, index, width = read_tile_path(path.lstrip("/"))
    with adapters_of(request).database.reading() as session:
        size = audit_log.frontier(session).size
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


ROUTES = [show_platform, show_checkpoint, show_tile]
