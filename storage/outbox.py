"""Jobs, written in the transaction of the act that asks for them. This table is the truth; a broker delivers.

A job is *waiting*, *done* or *failed*. The relay leases due jobs and hands them to workers; a job whose
worker died is handed out again when its lease ends. A worker does the job's effect and marks it done in one
transaction, so a job that is delivered twice has one effect. Life of a job: README.md.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, delete, func, or_
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Field, Session, SQLModel, col, select

from crypto.canonical import JsonValue
from kernel.errors import Unavailable
from storage.columns import JsonText, UtcTime

WAITING, DONE, FAILED = "waiting", "done", "failed"
LEASE = timedelta(
    minutes=2
)  # longer than any job and its time in the queue; only a dead worker lets it run out
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=15)
TEMPORARY = (Unavailable, OperationalError, InterfaceError)
"""What may go away by itself: such a job is tried again, later each time."""


class JobRecord(SQLModel, table=True):
    """One job: its name, the ids it is about, and how far it got."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_open", "state", "due_at"),)
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    payload: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))
    state: str = Field(default=WAITING, max_length=10)
    due_at: datetime = Field(sa_type=UtcTime)
    attempts: int = Field(default=0)
    leased_until: datetime | None = Field(default=None, sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_error: str | None = Field(default=None, max_length=60)


def enqueue(
    session: Session,
    name: str,
    payload: Mapping[str, JsonValue],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Ask for a job, at once or at `due_at`; the payload holds ids, never contents."""
    session.add(JobRecord(name=name, payload=dict(payload), due_at=due_at or now))


def enqueue_once(session: Session, name: str, payload: Mapping[str, JsonValue], *, now: datetime) -> bool:
    """Ask for a job unless the same one waits already; returns whether it was asked for."""
    waiting = select(JobRecord.payload).where(JobRecord.name == name, JobRecord.state == WAITING)
    if dict(payload) in session.exec(waiting).all():
        return False
    enqueue(session, name, payload, now=now)
    return True


def forget_done(session: Session, name: str, before: datetime) -> None:
    """Remove what was done of a job that repeats for ever; a failed one stays for somebody to look at."""
    done = delete(JobRecord).where(
        col(JobRecord.name) == name, col(JobRecord.state) == DONE, col(JobRecord.done_at) < before
    )
    session.connection().execute(done)


def is_anything_due(session: Session, now: datetime) -> bool:
    """Whether a lease would find something; a look without locks."""
    return session.exec(select(JobRecord.id).where(*_free(now)).limit(1)).first() is not None


def lease_due(session: Session, now: datetime, at_most: int, lease: timedelta = LEASE) -> list[int]:
    """Take due jobs for delivery, oldest first, so that never more than `at_most` are under way."""
    under_way = select(func.count()).where(col(JobRecord.state) == WAITING, col(JobRecord.leased_until) > now)
    room = at_most - session.exec(under_way).one()
    if room <= 0:
        return []
    due = select(JobRecord).where(*_free(now)).order_by(col(JobRecord.due_at), col(JobRecord.id)).limit(room)
    jobs = session.exec(due.with_for_update(skip_locked=True)).all()
    for job in jobs:
        job.leased_until = now + lease
    return [job.id for job in jobs if job.id is not None]


def find_waiting(session: Session, job_id: int) -> JobRecord | None:
    """The job, if it still waits; unlocked, to see what it needs before the act."""
    return session.exec(select(JobRecord).where(JobRecord.id == job_id, JobRecord.state == WAITING)).first()


def claim(session: Session, job_id: int) -> JobRecord | None:
    """The job, locked until the transaction ends; None when it is done, or another worker is at it."""
    wanted = select(JobRecord).where(JobRecord.id == job_id, JobRecord.state == WAITING)
    return session.exec(wanted.with_for_update(skip_locked=True)).first()


def finish(job: JobRecord, now: datetime) -> None:
    """Mark a claimed job as done."""
    job.state, job.done_at, job.leased_until, job.last_error = DONE, now, None, None
    job.attempts += 1


def postpone(job: JobRecord, error: str, now: datetime) -> None:
    """Let a claimed job wait: 2 seconds, then twice as long each time, up to 15 minutes."""
    delay = min(FIRST_DELAY * 2 ** min(job.attempts, 20), LONGEST_DELAY)
    job.due_at, job.leased_until, job.last_error = now + delay, None, error
    job.attempts += 1


def fail(job: JobRecord, error: str) -> None:
    """Give a claimed job up, visibly: somebody must look."""
    job.state, job.leased_until, job.last_error = FAILED, None, error
    job.attempts += 1


def failed_jobs(session: Session) -> list[JobRecord]:
    """Every job that was given up, oldest first."""
    return list(session.exec(select(JobRecord).where(JobRecord.state == FAILED).order_by(col(JobRecord.id))))


def count_by_state(session: Session) -> dict[str, int]:
    """How many jobs wait, are done or have failed."""
    rows = session.exec(select(JobRecord.state, func.count()).group_by(JobRecord.state))
    return dict(rows.all())


def retry(session: Session, job_id: int, now: datetime) -> None:
    """Let a failed job wait again, after its cause was removed."""
    job = session.exec(select(JobRecord).where(JobRecord.id == job_id, JobRecord.state == FAILED)).first()
    if job is not None:
        job.state, job.due_at = WAITING, now


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    lease_is_over = or_(col(JobRecord.leased_until).is_(None), col(JobRecord.leased_until) <= now)
    return (col(JobRecord.state) == WAITING, col(JobRecord.due_at) <= now, lease_is_over)
