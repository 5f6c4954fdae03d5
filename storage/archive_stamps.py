"""Timestamps over heads of the log: as long as the newest holds, everything below it is proven to have existed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Field, Session, SQLModel, col, func, select

from crypto.canonical import JsonValue
from crypto.timestamps import certificate_of, validity_of
from storage import audit_log
from storage.audit_log import Fact, LogRecord
from storage.columns import UtcTime

OWN = "embedded"
"""The platform's own authority."""
EVERY = timedelta(days=30)
STAMPED = "archive.stamped"


class ArchiveStampRecord(SQLModel, table=True):
    """One authority's token over the root of the log at one size."""

    __tablename__ = "archive_stamps"
    log_size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    authority: str = Field(primary_key=True, max_length=80)
    token: bytes
    stamped_at: datetime = Field(primary_key=True, sa_type=UtcTime)
    log_index: int | None = None
    """where the log tells of it, so that the next stamp covers it"""


def keep(session: Session, *, size: int, tokens: Mapping[str, tuple[bytes, datetime]], now: datetime) -> None:
    """Keep and log tokens over the head of one size; earlier ones over it stay. The next stamp covers the entry."""
    for name, (token, at) in tokens.items():
        if session.get(ArchiveStampRecord, (size, name, at)) is None:
            data: dict[str, JsonValue] = {"authority": name, "log_size": size}
            data["token"] = sha256(token).hexdigest()
            entry = audit_log.append(session, Fact(STAMPED, f"head-{size}", None, data), now)
            row = ArchiveStampRecord(log_size=size, authority=name, token=token, stamped_at=at)
            row.log_index = entry.index
            session.add(row)


def due(session: Session, names: Iterable[str], now: datetime) -> list[str]:
    """The authorities whose last stamp is a month old, or that never stamped."""
    return [name for name in names if (last := last_at(session, name)) is None or now - last >= EVERY]


def last_at(session: Session, authority: str) -> datetime | None:
    """When an authority last stamped a head; None before the first time."""
    found = select(func.max(ArchiveStampRecord.stamped_at)).where(ArchiveStampRecord.authority == authority)
    return session.exec(found).one()


def stamps(session: Session, since: int) -> list[ArchiveStampRecord]:
    """The stamps over heads of `since` entries or more, oldest first."""
    found = select(ArchiveStampRecord).where(ArchiveStampRecord.log_size >= since)
    return list(
        session.exec(found.order_by(col(ArchiveStampRecord.stamped_at), col(ArchiveStampRecord.authority)))
    )


@dataclass(frozen=True)
class Link:
    """A stamp of the platform's own authority, with the log entry about it."""

    size: int
    token: bytes
    certificate: bytes
    entry: LogRecord


def chain(session: Session, size: int) -> list[Link]:
    """Stamps that prove a head of this size to this day, each made while the certificate of the one before held.

    As few as possible: from the first that covers the head always to the last that came in time, until the newest.
    """
    rows = [row for row in stamps(session, size) if row.authority == OWN and row.log_index is not None]
    chosen = _shortest(rows)
    entries = audit_log.entries_at(session, [row.log_index for row in chosen if row.log_index is not None])
    return [
        Link(row.log_size, row.token, certificate_of(row.token), entry)
        for row, entry in zip(chosen, entries, strict=True)
    ]


def _shortest(rows: Sequence[ArchiveStampRecord]) -> list[ArchiveStampRecord]:
    found = list(rows[:1])
    while found and found[-1] is not rows[-1]:
        until = validity_of(certificate_of(found[-1].token))[1]
        later = [row for row in rows if found[-1].stamped_at < row.stamped_at <= until]
        found.append(later[-1] if later else rows[rows.index(found[-1]) + 1])
    return found
