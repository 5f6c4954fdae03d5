"""The floor of a submission: a bare Litestar handler that hashes a body and inserts the same bytes durably."""

import hashlib
import os
import sqlite3
import threading

import anyio.to_thread
from litestar import Litestar, Request, Response, post

LOCAL = threading.local()


def _connection() -> sqlite3.Connection:
    if not hasattr(LOCAL, "connection"):
        LOCAL.connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, timeout=30)
        LOCAL.connection.execute("PRAGMA journal_mode=WAL")
        LOCAL.connection.execute("PRAGMA synchronous=FULL")
        LOCAL.connection.execute("CREATE TABLE IF NOT EXISTS bodies (digest BLOB PRIMARY KEY, body BLOB)")
    connection: sqlite3.Connection = LOCAL.connection
    return connection


def _insert(body: bytes) -> str:
    digest = hashlib.sha256(body)
    _connection().execute("INSERT OR IGNORE INTO bodies VALUES (?, ?)", (digest.digest(), body))
    return digest.hexdigest()


@post("/bodies")
async def keep(request: Request) -> Response[dict[str, str]]:  # type: ignore[type-arg]
    """Hash, insert, commit, answer."""
    body = await request.body()
    return Response({"sha256": await anyio.to_thread.run_sync(_insert, body)})


app = Litestar([keep])
