"""Timestamps over heads of the log: as long as the newest holds, everything below it is proven to have existed."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from storage.columns import UtcTime


class ArchiveStampRecord(SQLModel, table=True):
    """One authority's token over the root of the log at one size."""

    __tablename__ = "archive_stamps"
    log_size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    authority: str = Field(primary_key=True, max_length=80)
    token: bytes
    stamped_at: datetime = Field(primary_key=True, sa_type=UtcTime)


def keep(session: Session, *, size: int, tokens: Mapping[str, tuple[bytes, datetime]]) -> None:
    """Keep tokens over the head of one size; earlier ones over it stay."""
    for name, (token, at) in tokens.items():
        if session.get(ArchiveStampRecord, (size, name, at)) is None:
            session.add(ArchiveStampRecord(log_size=size, authority=name, token=token, stamped_at=at))


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
