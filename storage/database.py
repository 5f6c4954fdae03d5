"""The engine and the two ways to use it: `transaction()` to act, `reading()` to look.

SQLite runs in WAL mode with full synchronisation: a commit that was answered survives a power cut. A writing
transaction takes the write lock at once (BEGIN IMMEDIATE), so a rule that was checked still holds at commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlmodel import Session as Session  # doors take it from here
from sqlmodel import create_engine

from crypto.field_seal import keyed_digest, open_field, seal_field
from kernel.errors import BadInput, NoCallersKey

BUSY_MILLISECONDS = 30_000  # how long a writer waits for another one before it gives up
CONNECTIONS = 48  # kept open per process: more than a web process and its worker have threads


# In the session's own notes: what is sealed at rest opens where its row was read.
PEOPLE_KEY = "people_key"  # every process has it
CALLER_KEY = "caller_key"  # links leaves and seats to experts; the web tier of a site has none
LOG_PACE = "log_pace"  # seconds between two published heads of the log; 0: every entry is public at once


class Database:
    """One database, SQLite or PostgreSQL by its URL."""

    def __init__(self, url: str, people_key: bytes = b"", caller_key: bytes = b"", log_pace: int = 0) -> None:
        self.url = url
        self._info = {PEOPLE_KEY: people_key, CALLER_KEY: caller_key, LOG_PACE: log_pace}
        self.engine = _sqlite_engine(url) if url.startswith("sqlite") else _server_engine(url)
        self._reader = self.engine.execution_options(reading=True)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One act: commits at the end, rolls back on any exception."""
        with Session(self.engine, expire_on_commit=False, info=self._info) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look that takes no write lock; nothing is committed."""
        with Session(self._reader, expire_on_commit=False, info=self._info) as session:
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def seal(session: Session, context: str, plain: bytes, *, key: str = PEOPLE_KEY) -> bytes:
    """Personal data as it is stored; the context names the row, so that it opens nowhere else."""
    return seal_field(_key(session, key), context, plain)


def unseal(session: Session, context: str, sealed: bytes, *, key: str = PEOPLE_KEY) -> bytes:
    """Personal data again; raises IntegrityBroken for another context or changed bytes."""
    return open_field(_key(session, key), context, sealed)


def digest_of(session: Session, tag: str, value: str, *, key: str = PEOPLE_KEY) -> bytes:
    """A keyed hash that finds equal values and lets nobody guess one."""
    return keyed_digest(_key(session, key), tag, value)


def _key(session: Session, name: str) -> bytes:
    key: bytes = session.info.get(name, b"")
    if not key and name == CALLER_KEY:
        raise NoCallersKey()
    if not key:
        raise RuntimeError("internal: this database was opened without the key of people's data")
    return key


def _server_engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "handle_error")
    def _name_bad_text(context: ExceptionContext) -> None:
        # PostgreSQL keeps no NUL in a text; who sends one gets a refusal, not an internal error.
        if "cannot contain NUL" in str(context.original_exception):
            raise BadInput(where="text", why="it may not hold the character NUL")

    return engine


def _sqlite_engine(url: str) -> Engine:
    path = url.removeprefix("sqlite:///")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,  # the text of an error must not carry what a statement writes
        pool_size=CONNECTIONS,  # opening one costs more than a whole transaction
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not open transactions behind our back
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MILLISECONDS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
