"""The programs that run on other people's machines: their hashes, for the pages that load them and for the log."""

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from litestar import Request
from litestar.params import FromPath
from litestar.response import File
from markupsafe import Markup

from accounts import queries
from accounts.actions import publish_programs
from kernel.errors import NotFound
from storage import audit_log, published_heads
from storage.adapters import Adapters
from web.guards import adapters_of
from web.routes import get

BUILD = Path(__file__).parent / "static" / "build"
URL = "/static/build"
ONE_FILE = Path(__file__).parents[1] / "var" / "client"
"""Where `make client` puts the command as one file for each kind of machine."""
ONE_FILE_NAME = re.compile(r"mingtang-[a-z0-9_-]+\.pyz", re.ASCII)


@dataclass(frozen=True)
class Program:
    """One published file; `kept` is one that people download, the others are loaded by pages."""

    name: str
    kept: bool = False


PROGRAMS = (
    Program("start.js"),
    Program("bidder-seal.js"),
    Program("upload.js"),
    Program("opener-key.js"),
    Program("bidder-open.js"),
    Program("sealing-worker.js"),
    Program("seal-offline.html", kept=True),
    Program("verify.html", kept=True),
)
"""Everything whose hash is published; what is not built on this machine is left out."""


def programs() -> tuple[Program, ...]:
    """Every published program that is here: those of the pages, then the command as one file."""
    files = sorted(
        path.name for path in ONE_FILE.glob("mingtang-*.pyz") if ONE_FILE_NAME.fullmatch(path.name)
    )
    here = [one for one in PROGRAMS if (BUILD / one.name).exists()]
    return (*here, *(Program(name, kept=True) for name in files))


def path_of(name: str) -> Path:
    """Where a program lies."""
    return (ONE_FILE if ONE_FILE_NAME.fullmatch(name) else BUILD) / name


def url_of(name: str) -> str:
    """Where a program is downloaded."""
    return f"/programs/files/{name}" if ONE_FILE_NAME.fullmatch(name) else f"{URL}/{name}"


def file_hash(name: str) -> bytes:
    """The SHA-256 of a built file."""
    path = path_of(name)
    state = path.stat()
    return _hash(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _hash(path: Path, _changed: int, _size: int) -> bytes:
    return sha256(path.read_bytes()).digest()


def built() -> dict[str, str]:
    """The hash of every published file that is here, in hex, by its name."""
    return {one.name: file_hash(one.name).hex() for one in programs()}


def integrity(name: str) -> str:
    """What a page demands of a script before it runs it (Subresource Integrity)."""
    return "sha256-" + b64encode(file_hash(name)).decode()


def script(name: str) -> Markup:
    """The tag of a module script that runs only if it is the published one."""
    # A script that nobody built has no hash; then the page stands without it, as it does without scripts.
    tag = '<script type="module" src="{}/{}" integrity="{}"></script>'
    known = integrity(name) if (BUILD / name).exists() else ""
    return Markup(tag).format(URL, name, known)  # noqa: S704 - the format escapes


@get("/api/programs")
def list_programs(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Every published program with its hash, and the log entries that name them, with the salts to check them."""
    with adapters_of(request).database.reading() as session:
        published = queries.published_programs(session)
        size = published_heads.public_size(session)
        published = [row for row in published if row.log_index < size]
        entries = audit_log.entries_at(session, {row.log_index for row in published})
    now = built()
    return {
        "programs": [
            {
                "name": row.name,
                "sha256": row.sha256,
                "entry": row.log_index,
                "is_served": now.get(row.name) == row.sha256,
                "url": url_of(row.name),
            }
            for row in published
        ],
        "entries": [
            {"index": row.index, "fact": row.fact.decode(), "salt": row.salt.hex(), "leaf": row.leaf.hex()}
            for row in entries
        ],
    }


@get("/programs/files/{name:str}")
def download_program(name: FromPath[str]) -> File:
    """The command as one file, for the kind of machine that its name tells."""
    if name not in built() or not ONE_FILE_NAME.fullmatch(name):
        raise NotFound(what="program", id=name[:80])
    return File(ONE_FILE / name, filename=name, media_type="application/octet-stream")


def publish(adapters: Adapters) -> None:
    """Put the hashes of programs that the log does not have yet into the log."""
    with adapters.database.transaction() as session:
        publish_programs(session, programs=built(), now=adapters.clock.now())
        published_heads.publish_due(session, adapters.clock.now())


ROUTES = [list_programs, download_program]
