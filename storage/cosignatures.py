"""What witnesses signed: their lines on heads of the log, kept so that anybody can have a head that others saw too."""

from sqlalchemy import BigInteger
from sqlmodel import Field, Session, SQLModel, col, func, select

from crypto.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from crypto.merkle import consistency_proof
from crypto.witnessing import Witness, cosigned_by
from kernel.errors import BadInput, IntegrityBroken
from storage import audit_log, published_heads
from storage.keys import PlatformKeys


class CosignatureRecord(SQLModel, table=True):
    """One witness's line on one head."""

    __tablename__ = "cosignatures"
    log_size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    witness: str = Field(primary_key=True, max_length=255)
    line: str
    at: int = Field(sa_type=BigInteger)
    """POSIX seconds, as the witness says"""


def head_note(session: Session, keys: PlatformKeys, size: int) -> str:
    """The log's own signed head of a size, with every cosignature there is."""
    root = audit_log.root_at(session, size)
    note = sign_checkpoint(Checkpoint(keys.log.name, size, root), keys.log)
    found = select(CosignatureRecord).where(CosignatureRecord.log_size == size)
    return note + "".join(row.line for row in session.exec(found.order_by(col(CosignatureRecord.witness))))


def keep(session: Session, *, keys: PlatformKeys, witnesses: tuple[Witness, ...], note: str) -> list[str]:
    """Keep the cosignatures of known witnesses on a head of ours; the names of those that are kept now.

    Raises:
        BadInput: no head of ours, or no known witness's line that holds.
    """
    try:
        head = read_checkpoint(note, keys.log_vkey)
        signed = cosigned_by(note, witnesses)
    except IntegrityBroken as broken:
        raise BadInput(where="checkpoint", why=str(broken.facts["what"])) from None
    if not signed:
        raise BadInput(where="checkpoint", why="it carries no line of a witness that this site knows")
    if (
        not published_heads.is_public(session, head.size)
        or audit_log.root_at(session, head.size) != head.root
    ):
        raise BadInput(where="checkpoint", why="it is no head of this log")
    lines = {line.split(" ")[1]: line + "\n" for line in note.splitlines() if line.startswith("— ")}
    for name, at in signed.items():
        if session.get(CosignatureRecord, (head.size, name)) is None:
            session.add(CosignatureRecord(log_size=head.size, witness=name, line=lines[name], at=at))
    session.flush()
    return sorted(signed)


def last_signed(session: Session, witness: str) -> int:
    """The size of the largest head that a witness signed; 0 before the first."""
    found = select(func.max(CosignatureRecord.log_size)).where(CosignatureRecord.witness == witness)
    return session.exec(found).one() or 0


def find_head(session: Session, *, at_least: int, beyond: int = 0) -> int | None:
    """The smallest head of `beyond` entries or more that so many witnesses signed."""
    count = func.count(col(CosignatureRecord.witness))
    found = (
        select(CosignatureRecord.log_size)
        .where(CosignatureRecord.log_size >= beyond)
        .group_by(col(CosignatureRecord.log_size))
        .having(count >= at_least)
        .order_by(col(CosignatureRecord.log_size))
        .limit(1)
    )
    return session.exec(found).first()


def newest_head(session: Session, *, at_least: int) -> int | None:
    """The largest head that so many witnesses signed."""
    count = func.count(col(CosignatureRecord.witness))
    found = (
        select(CosignatureRecord.log_size)
        .group_by(col(CosignatureRecord.log_size))
        .having(count >= at_least)
        .order_by(col(CosignatureRecord.log_size).desc())
        .limit(1)
    )
    return session.exec(found).first()


def way_to(session: Session, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the head of one size contains that of an earlier one."""
    return consistency_proof(old, new, audit_log.node_reader(session)) if old else ()
