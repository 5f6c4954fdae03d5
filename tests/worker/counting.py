"""Jobs whose effects can be counted, and a program that carries them out until it is killed."""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from kernel.errors import IntegrityBroken, Refused, Unavailable
from kernel.settings import Settings
from storage import outbox
from storage.adapters import Adapters, make_adapters
from storage.database import Session
from worker import __main__ as site
from worker.embedded import EmbeddedWorker
from worker.jobs import Job, Payload

LEASE = timedelta(seconds=1)


def count(session: Session, adapters: Adapters, payload: Payload, prepared: object, now: datetime) -> None:
    note(session, payload, prepared)
    time.sleep(0.002)


def note(session: Session, payload: Payload, prepared: object) -> None:
    row = (payload["n"], os.getpid(), str(prepared))
    session.connection().exec_driver_sql(f"INSERT INTO effects (n, process, prepared) VALUES {row!r}")


def act_then_raise(error: Exception) -> Job:
    def act(session: Session, adapters: Adapters, payload: Payload, prepared: object, now: datetime) -> None:
        note(session, payload, prepared)
        raise error

    return Job(act)


JOBS = {
    "count": Job(count),
    "prepare": Job(count, prepare=lambda adapters, payload, now: f"prepared {payload['n']}"),
    "unavailable": act_then_raise(Unavailable(what="The post office")),
    "refuse": act_then_raise(Refused(rule="none", why="never")),
    "break": act_then_raise(IntegrityBroken(what="a seal")),
    "bug": act_then_raise(ZeroDivisionError("1/0")),
}


def make_tables(adapters: Adapters) -> None:
    """Only what jobs need."""
    outbox.JobRecord.__table__.create(adapters.database.engine)  # type: ignore[attr-defined]
    with adapters.database.transaction() as session:
        session.connection().exec_driver_sql(
            "CREATE TABLE effects (n INTEGER, process INTEGER, prepared VARCHAR(40))"
        )


def enqueue(adapters: Adapters, name: str, numbers: range) -> None:
    with adapters.database.transaction() as session:
        for n in numbers:
            outbox.enqueue(session, name, {"n": n}, now=adapters.clock.now())


def effects(adapters: Adapters) -> list[int]:
    with adapters.database.reading() as session:
        return [row[0] for row in session.connection().exec_driver_sql("SELECT n FROM effects ORDER BY n")]


def states(adapters: Adapters) -> dict[str, int]:
    with adapters.database.reading() as session:
        return outbox.count_by_state(session)


def wait_for(adapters: Adapters, state: str, jobs: int, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while states(adapters).get(state, 0) < jobs:
        if time.monotonic() > until:
            raise TimeoutError(f"waited for {jobs} jobs to be {state}; there are {states(adapters)}")
        time.sleep(0.02)


def main(kind: str, var: str, database_url: str, broker_url: str) -> None:
    """Work until killed."""
    if kind == "embedded":
        settings = Settings(var=Path(var), database_url=database_url)
        EmbeddedWorker(make_adapters(settings), JOBS, LEASE).start()
        time.sleep(120)
    else:
        os.environ |= {
            "MINGTANG_VAR": var,
            "MINGTANG_DATABASE_URL": database_url,
            "MINGTANG_BROKER_URL": broker_url,
        }
        site.main(["--concurrency=2", "--loglevel=WARNING"], JOBS, LEASE)


if __name__ == "__main__":
    main(*sys.argv[1:])
