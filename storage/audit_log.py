"""The append-only log: every fact of legal weight, as one salted leaf of one RFC 6962 tree.

The rows here are private until they are disclosed; the public sees only leaves (32 bytes that tell nothing) and
signed tree heads. `append` belongs to the transaction of the act that it records: both happen or neither.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Column, func, insert, update
from sqlmodel import Field, Session, SQLModel, col, select

from crypto.canonical import JsonValue
from crypto.log_entry import fact_bytes, leaf_data
from crypto.merkle import EMPTY_ROOT, Frontier, inclusion_of_next, leaf_hash, node_hash, range_hash
from kernel.clock import write_time
from storage.columns import Digest, Id, JsonText, UtcTime, table_of


class LogRecord(SQLModel, table=True):
    """One entry: its fact, its salt and the leaf that the world sees."""

    __tablename__ = "log_entries"
    index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=60)
    tender_id: str | None = Field(default=None, sa_type=Id, index=True)
    fact: bytes
    salt: bytes = Field(sa_type=Digest)
    leaf: bytes = Field(sa_type=Digest)
    at: datetime = Field(sa_type=UtcTime)


class LogNodeRecord(SQLModel, table=True):
    """The hash of one complete subtree of 2**level leaves."""

    __tablename__ = "log_nodes"
    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=Digest)


class LogHeadRecord(SQLModel, table=True):
    """The one row that holds the tree's size and peaks; locking it orders all appends."""

    __tablename__ = "log_head"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int
    peaks: list[str] = Field(sa_column=Column(JsonText, nullable=False))


THE_HEAD = 1
# Every act of the platform appends, so appending speaks to the tables, in statements that are compiled once.
ENTRIES, NODES, HEAD = table_of(LogRecord), table_of(LogNodeRecord), table_of(LogHeadRecord)
READ_HEAD = select(HEAD.c.size, HEAD.c.peaks)
LOCK_HEAD = READ_HEAD.with_for_update()
ADD_ENTRY, ADD_NODES, ADD_HEAD = insert(ENTRIES), insert(NODES), insert(HEAD)
MOVE_HEAD = update(HEAD).where(HEAD.c.id == THE_HEAD)


@dataclass(frozen=True)
class Fact:
    """Something that happened, in words a court would use."""

    kind: str
    subject: str
    tender_id: str | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class LogEntry:
    """A recorded fact with what proves it: salt, position and the audit path in the tree of size index + 1."""

    index: int
    fact: bytes
    salt: bytes = field(repr=False)
    proof: tuple[bytes, ...]
    root: bytes


FILLER = "filler"
"""Kind of the entries that stand for nothing (storage/published_heads.py); each has a salt, so nobody can tell."""


def append(session: Session, fact: Fact, now: datetime) -> LogEntry:
    """Record a fact as the next leaf."""
    before, salt = frontier(session, lock=True), os.urandom(32)
    body, after = _add(session, before, fact, [salt], now)
    return LogEntry(before.size, body, salt, tuple(inclusion_of_next(before)), after.root())


def append_fillers(session: Session, count: int, now: datetime) -> None:
    """Record so many entries that stand for nothing."""
    if count:
        salts = [os.urandom(32) for _ in range(count)]
        _add(session, frontier(session, lock=True), Fact(FILLER, FILLER), salts, now)


def _add(
    session: Session, before: Frontier, fact: Fact, salts: list[bytes], now: datetime
) -> tuple[bytes, Frontier]:
    """Add a fact once with each salt to the locked tree; its bytes, and the tree after it."""
    connection, after = session.connection(), before
    body = fact_bytes(fact.kind, fact.subject, fact.tender_id, write_time(now), dict(fact.data))
    row = {"kind": fact.kind, "tender_id": fact.tender_id, "fact": body, "at": now}
    rows: list[dict[str, object]] = []
    nodes: list[dict[str, int | bytes]] = []
    for salt in salts:
        leaf = leaf_data(salt, body)
        hashed = leaf_hash(leaf)
        rows.append(row | {"index": after.size, "salt": salt, "leaf": leaf})
        nodes += _completed_nodes(after, hashed)
        after = after.append(hashed)
    connection.execute(ADD_ENTRY, rows)
    if nodes:
        connection.execute(ADD_NODES, nodes)
    moved = {"size": after.size, "peaks": [peak.hex() for peak in after.peaks]}
    if before.size:
        connection.execute(MOVE_HEAD, moved)
    else:
        connection.execute(ADD_HEAD, moved | {"id": THE_HEAD})
    return body, after


def _completed_nodes(before: Frontier, hashed: bytes) -> Iterable[dict[str, int | bytes]]:
    """The complete subtrees that the next leaf finishes; they are the carries of adding one to the size."""
    level, index, peaks = 0, before.size, list(before.peaks)
    while index % 2 == 1:
        hashed = node_hash(peaks.pop(), hashed)
        level, index = level + 1, index // 2
        yield {"level": level, "index": index, "hash": hashed}


def frontier(session: Session, *, lock: bool = False) -> Frontier:
    """The tree as it stands; locked, as it stays until this transaction ends or appends."""
    head = session.connection().execute(LOCK_HEAD if lock else READ_HEAD).one_or_none()
    return Frontier(head.size, tuple(bytes.fromhex(peak) for peak in head.peaks)) if head else Frontier()


def node_reader(session: Session) -> Callable[[int, int], bytes]:
    """A function that gives the hash of any complete subtree, for proofs and tiles; each is read once."""

    @cache
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(session.exec(select(LogRecord.leaf).where(LogRecord.index == index)).one())
        return session.exec(
            select(LogNodeRecord.hash).where(LogNodeRecord.level == level, LogNodeRecord.index == index)
        ).one()

    return node


def root_at(session: Session, size: int) -> bytes:
    """The root that the tree had at an earlier size."""
    return range_hash(0, size, node_reader(session)) if size else EMPTY_ROOT


def entries_of(session: Session, tender_id: str) -> list[LogRecord]:
    """All facts of one tender, in the order they happened."""
    return list(
        session.exec(select(LogRecord).where(LogRecord.tender_id == tender_id).order_by(col(LogRecord.index)))
    )


def entries_at(session: Session, places: Collection[int]) -> list[LogRecord]:
    """The facts at these places of the log, in the order they happened."""
    rows = select(LogRecord).where(col(LogRecord.index).in_(places)).order_by(col(LogRecord.index))
    return list(session.exec(rows))


def leaves(session: Session, start: int, end: int) -> list[bytes]:
    """The leaves from `start` up to, not including, `end`."""
    rows = (
        select(LogRecord.leaf)
        .where(LogRecord.index >= start, LogRecord.index < end)
        .order_by(col(LogRecord.index))
    )
    return list(session.exec(rows))


def entries_after(
    session: Session,
    index: int,
    kinds: tuple[str, ...],
    tender_id: str,
    before: int | None = None,
    *,
    skip: int = 0,
) -> list[LogRecord]:
    """The facts of one tender of the given kinds after an index and before another, without the first `skip`."""
    rows = select(LogRecord).where(
        LogRecord.tender_id == tender_id, LogRecord.index > index, col(LogRecord.kind).in_(kinds)
    )
    if before is not None:
        rows = rows.where(LogRecord.index < before)
    return list(session.exec(rows.order_by(col(LogRecord.index)).offset(skip or None)))


def end_of(session: Session, kinds: tuple[str, ...], tender_id: str, before: int) -> tuple[int, int]:
    """How many facts of one tender of the given kinds stand before an index, and the index of the last; -1 for none."""
    found = select(func.count(), func.max(LogRecord.index)).where(
        LogRecord.tender_id == tender_id, LogRecord.index < before, col(LogRecord.kind).in_(kinds)
    )
    count, last = session.exec(found).one()
    return count, -1 if last is None else last
