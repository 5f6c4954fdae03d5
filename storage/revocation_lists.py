"""Revocation lists of the authorities that bidders sign under: the newest of each address, and those a bid rests on."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from kernel.errors import Unavailable
from storage.columns import Digest, UtcTime, table_of


class RevocationListRecord(SQLModel, table=True):
    """One list as it was fetched and checked; kept for good once a bid was accepted by it."""

    __tablename__ = "revocation_lists"
    digest: bytes = Field(primary_key=True, sa_type=Digest)
    authority: str = Field(primary_key=True, max_length=80)
    source: str = Field(primary_key=True, max_length=500)
    content: bytes
    this_update: datetime = Field(sa_type=UtcTime)
    next_update: datetime = Field(sa_type=UtcTime)
    fetched_at: datetime = Field(sa_type=UtcTime)
    is_used: bool = False


LISTS = table_of(RevocationListRecord)


def keep(
    session: Session,
    *,
    authority: str,
    source: str,
    content: bytes,
    digest: bytes,
    moments: tuple[datetime, datetime],
    now: datetime,
) -> None:
    """Keep what an address gave just now; what it gave before goes unless a bid rests on it.

    A list older than the one that is held is not kept: an address may not take a revocation back.
    """
    held = _newest(session, authority, source)
    if held is not None and held[1] > moments[0]:
        digest = held[0]
    record = session.get(RevocationListRecord, (digest, authority, source))
    if record is None:
        this, following = moments
        record = RevocationListRecord(
            digest=digest, authority=authority, source=source, content=content, this_update=this,
            next_update=following, fetched_at=now,
        )  # fmt: skip
        session.add(record)
    record.fetched_at = now
    session.flush()
    rest = (LISTS.c.authority == authority) & (LISTS.c.source == source) & (LISTS.c.digest != digest)
    session.connection().execute(delete(LISTS).where(rest & LISTS.c.is_used.is_(False)))


def _newest(session: Session, authority: str, source: str) -> tuple[bytes, datetime] | None:
    """Digest and moment of the newest list of an address."""
    record = RevocationListRecord
    found = (
        select(record.digest, record.this_update)
        .where(record.authority == authority, record.source == source)
        .order_by(col(record.this_update).desc())
    )
    return session.exec(found).first()


def fetched_at(session: Session, authority: str, source: str) -> datetime | None:
    """When an address was last fetched; None before the first time."""
    found = select(RevocationListRecord.fetched_at).where(
        RevocationListRecord.authority == authority, RevocationListRecord.source == source
    )
    return max(session.exec(found), default=None)


def current(session: Session, authority: str) -> list[bytes]:
    """The newest list of each address of an authority."""
    found = (
        select(RevocationListRecord.source, RevocationListRecord.digest)
        .where(RevocationListRecord.authority == authority)
        .order_by(col(RevocationListRecord.this_update))
    )
    return [content(session, digest) for digest in dict(session.exec(found).all()).values()]


KNOWN: dict[bytes, bytes] = {}
MOST_KNOWN = 64


def content(session: Session, digest: bytes) -> bytes:
    """A list by its digest, kept in memory: a list never changes."""
    found = KNOWN.get(digest)
    if found is None:
        row = select(RevocationListRecord.content).where(RevocationListRecord.digest == digest)
        found = session.exec(row).first()
        if found is None:
            raise Unavailable(what="The revocation list of the certificate's authority")
        if len(KNOWN) >= MOST_KNOWN:
            KNOWN.clear()
        KNOWN[digest] = found
    return found


def mark_used(session: Session, digests: Collection[bytes]) -> None:
    """Keep lists for good; raises Unavailable where a newer one has just taken the place of one of them."""
    for digest in digests:
        done = session.connection().execute(
            update(LISTS).where(LISTS.c.digest == digest).values(is_used=True)
        )
        if not done.rowcount:
            raise Unavailable(what="The revocation list of the certificate's authority")
