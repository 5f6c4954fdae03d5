"""The floor of an upload: bare handlers that stream a body into the platform's store, or into a synced file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio.from_thread
import anyio.to_thread
from litestar import Litestar, Request, get, post

from storage.local_objects import LocalObjects
from web.documents import next_chunk

FOLDER = Path(os.environ["BARE_FOLDER"])
LIMIT = 1 << 40


def _chunks(request: Request[Any, Any, Any]) -> Iterator[bytes]:
    stream = aiter(request.stream())
    while chunk := anyio.from_thread.run(next_chunk, stream):
        yield chunk


@post("/objects", request_max_body_size=None)
async def keep(request: Request[Any, Any, Any]) -> None:
    """Stream into the store, which hashes what it is given, for that is its name."""
    store = LocalObjects(FOLDER / "objects")

    def work() -> None:
        store.put_once(_chunks(request), expected=None, limit_bytes=LIMIT)

    await anyio.to_thread.run_sync(work)


@post("/files", request_max_body_size=None)
async def write(request: Request[Any, Any, Any]) -> None:
    """Stream into a file and sync it; nothing is hashed."""

    def work() -> None:
        with (FOLDER / "file").open("wb") as file:
            for chunk in _chunks(request):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    await anyio.to_thread.run_sync(work)


@get("/health")
async def health() -> None:
    """Whether it answers."""


app = Litestar([keep, write, health])
