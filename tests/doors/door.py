"""Speaking to the application as one of its people, and the whole of what it keeps, to see that nothing was added."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from litestar import Litestar
from sqlmodel import col, func, select

from accounts.actions import issue_token
from accounts.credentials import Scope
from accounts.duties import Actor
from storage.audit_log import LogRecord
from storage.outbox import WAITING, JobRecord
from tender.records import BidRecord
from tests.builders import Platform
from tests.real_parts.process import free_port


class Door:
    """A client that speaks as one of the platform's people."""

    def __init__(self, client: httpx.Client, platform: Platform) -> None:
        self.client, self.platform = client, platform
        self.tokens: dict[tuple[str, tuple[Scope, ...]], str] = {}
        self.calls = 0

    def call(self, who: Actor | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request with a fresh Idempotency-Key; `body` is bytes or becomes JSON."""
        self.calls += 1
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.token(who)}"
        if method == "POST":
            sent.setdefault("Idempotency-Key", f"call-number-{self.calls}")
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.client.request(method, path, headers=sent, **content)

    def token(self, who: Actor, *scopes: Scope) -> str:
        """A token of a person, with all scopes unless some are named."""
        wanted = scopes or tuple(Scope)
        if (who.person_id, wanted) not in self.tokens:
            with self.platform.database.transaction() as session:
                self.tokens[who.person_id, wanted] = issue_token(
                    session,
                    person_id=who.person_id,
                    label="test",
                    scopes=wanted,
                    days=300,
                    now=self.platform.clock.now(),
                )
        return self.tokens[who.person_id, wanted]


BY_ITSELF = ["tender.closed", "tender.failed"]
"""Facts that the worker adds when a test moves the clock."""


LONGEST_WAIT = 60  # seconds for the worker inside the server to finish what is due


def settle(platform: Platform) -> None:
    """Wait for what the worker inside the server still does on its own: checks, findings, reports."""
    until = time.monotonic() + (LONGEST_WAIT if platform.adapters.settings.embedded else 0)
    while time.monotonic() < until:
        with platform.database.reading() as session:
            due = select(func.count()).select_from(JobRecord).where(JobRecord.state == WAITING)
            if not session.exec(due.where(JobRecord.due_at <= platform.clock.now())).one():
                return
        time.sleep(0.02)


def facts(platform: Platform) -> int:
    """How many facts of people's acts the log holds, once the worker is done."""
    settle(platform)
    with platform.database.reading() as session:
        count = select(func.count()).select_from(LogRecord)
        return session.exec(count.where(col(LogRecord.kind).not_in(BY_ITSELF))).one()


def kept(platform: Platform) -> tuple[list[str], int, int]:
    """The files under objects/, the number of bids and of facts in the log, once the worker is done."""
    settle(platform)
    walked = os.walk(platform.adapters.settings.var / "objects")
    files = sorted(os.path.join(folder, name) for folder, _, names in walked for name in names)
    with platform.database.reading() as session:
        bids = session.exec(select(func.count()).select_from(BidRecord)).one()
    return files, bids, facts(platform)


@contextmanager
def serving(app: Litestar) -> Iterator[str]:
    """The application behind real sockets, in a thread of this process; yields its address."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        until = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
