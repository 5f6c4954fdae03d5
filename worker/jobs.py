"""How a job is carried out: its effect and `done` in one transaction, so delivering it twice does it once.

1. Look whether the job still waits.
2. Prepare what is slow outside any transaction: unsealing, rendering. Preparing may happen more than once.
3. In one transaction: claim the job, act, mark it done.
4. What may go away by itself is tried again, later each time; everything else fails the job for all to see.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto.canonical import JsonValue
from kernel.errors import IntegrityBroken, TenderingError
from storage import outbox
from storage.adapters import Adapters
from storage.database import Session

Payload = Mapping[str, JsonValue]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What a job does: `act` in the transaction, `prepare` before it for what is slow."""

    act: Callable[[Session, Adapters, Payload, Any, datetime], None]
    prepare: Callable[[Adapters, Payload, datetime], Any] | None = None


def carry_out(jobs: Mapping[str, Job], adapters: Adapters, job_id: int) -> None:
    """Do one job, if it still waits, and settle how it ended."""
    with adapters.database.reading() as session:
        found = outbox.find_waiting(session, job_id)
    if found is None:
        return
    name, payload = found.name, found.payload
    job = jobs.get(name)
    if job is None:
        log.error("job %s: there is no job named %s", job_id, name)
        _settle(adapters, job_id, lambda record: outbox.fail(record, "unknown-job"))
        return
    try:
        _do(job, adapters, job_id, payload)
    except outbox.TEMPORARY as error:
        log.warning("job %s %s: %s; it will be tried again", job_id, name, type(error).__name__)
        code = _code(error)
        _settle(adapters, job_id, lambda record: outbox.postpone(record, code, adapters.clock.now()))
    except Exception as error:
        _alarm(job_id, name, error)
        code = _code(error)
        _settle(adapters, job_id, lambda record: outbox.fail(record, code))


def _do(job: Job, adapters: Adapters, job_id: int, payload: Payload) -> None:
    prepared = job.prepare(adapters, payload, adapters.clock.now()) if job.prepare else None
    with adapters.database.transaction() as session:
        record = outbox.claim(session, job_id)
        if record is None:
            return
        now = adapters.clock.now()
        job.act(session, adapters, payload, prepared, now)
        outbox.finish(record, now)


def _settle(adapters: Adapters, job_id: int, settle: Callable[[outbox.JobRecord], None]) -> None:
    with adapters.database.transaction() as session:
        record = outbox.claim(session, job_id)
        if record is not None:
            settle(record)


def _alarm(job_id: int, name: str, error: Exception) -> None:
    if isinstance(error, IntegrityBroken):
        log.critical("job %s %s: integrity broken: %s", job_id, name, error)
    elif isinstance(error, TenderingError):
        log.error("job %s %s: failed: %s", job_id, name, error)
    else:
        # Only the place and kind: the text of an unexpected error may hold what must stay secret.
        log.error("job %s %s: failed with %s", job_id, name, type(error).__name__, exc_info=error)


def _code(error: Exception) -> str:
    return error.code if isinstance(error, TenderingError) else type(error).__name__
