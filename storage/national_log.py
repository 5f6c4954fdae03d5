"""The log's tree once more in SM3, kept lazily: whoever appends pays nothing for it.

Only every eighth level is kept, a row for 256 below it; the rest is hashed from the leaves when it is asked for. What
is not kept yet is computed. Heads are kept once they were signed: SM2 never signs the same way twice.
"""

from collections.abc import Callable
from functools import cache

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, func, select

from crypto.merkle import range_hash
from crypto.national_head import NationalHead, name_of, sign_national, sm3_leaf, sm3_node
from storage import audit_log
from storage.columns import Digest
from storage.database import Database
from storage.keys import PlatformKeys

STEP = 8
BLOCK = 1 << STEP
LEVELS = (8, 16, 24)


class NationalNodeRecord(SQLModel, table=True):
    """The SM3 hash of one complete subtree."""

    __tablename__ = "national_nodes"
    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=Digest)


class NationalHeadRecord(SQLModel, table=True):
    """A national head that was signed."""

    __tablename__ = "national_heads"
    log_size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    note: str


def node_reader(session: Session) -> Callable[[int, int], bytes]:
    """A function that gives the SM3 hash of any complete subtree; each is made or read once."""

    @cache
    def leaf_hashes(block: int) -> list[bytes]:
        return [sm3_leaf(leaf) for leaf in audit_log.leaves(session, block * BLOCK, (block + 1) * BLOCK)]

    @cache
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hashes(index // BLOCK)[index % BLOCK]
        kept = session.get(NationalNodeRecord, (level, index)) if level % STEP == 0 else None
        return kept.hash if kept else sm3_node(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def is_due(session: Session) -> bool:
    """Whether subtrees were completed that are not kept."""
    return audit_log.frontier(session).size >> STEP > _count(session, STEP)


def keep_nodes(session: Session) -> None:
    """Keep the subtrees that were completed."""
    size, node = audit_log.frontier(session).size, node_reader(session)
    for level in LEVELS:
        for index in range(_count(session, level), size >> level):
            session.add(NationalNodeRecord(level=level, index=index, hash=node(level, index)))
        session.flush()


def head_note(database: Database, keys: PlatformKeys, size: int) -> str:
    """The signed national head of a size, the same one whenever it is asked for."""
    with database.reading() as session:
        if known := session.get(NationalHeadRecord, size):
            return known.note
    try:
        with database.transaction() as session:
            return _head_note(session, keys, size)
    except IntegrityError:  # somebody else signed it meanwhile
        with database.transaction() as session:
            return _head_note(session, keys, size)


def _head_note(session: Session, keys: PlatformKeys, size: int) -> str:
    known = session.get(NationalHeadRecord, size)
    if known is None:
        root = range_hash(0, size, node_reader(session), sm3_node)
        head = NationalHead(name_of(keys.log.name), size, root, audit_log.root_at(session, size))
        known = NationalHeadRecord(log_size=size, note=sign_national(head, keys.national))
        session.add(known)
        session.flush()
    return known.note


def _count(session: Session, level: int) -> int:
    found = select(func.count()).select_from(NationalNodeRecord).where(NationalNodeRecord.level == level)
    return session.exec(found).one()
