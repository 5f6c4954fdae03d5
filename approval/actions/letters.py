"""Keeping the papers that jobs have rendered; a sealed paper leaves one use of the seal in the log."""

from datetime import datetime

from sqlmodel import Session, select

from approval.letters import SEALED
from approval.queries import cases
from approval.records.cases import CaseRecord, LetterRecord, PaperRecord
from crypto.canonical import JsonValue
from kernel.errors import Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from storage.objects import StoredObject


def keep_letter(
    session: Session, *, case_id: str, sequence: int, kind: str, stored: StoredObject, now: datetime
) -> None:
    """Record a letter once; the same letter again changes nothing.

    Raises:
        Refused: a sealed paper of a case that is not decided.
    """
    known = select(LetterRecord.id).where(
        LetterRecord.case_id == case_id, LetterRecord.kind == kind, LetterRecord.sequence == sequence
    )
    if session.exec(known).first() is not None:
        return
    case = cases.case(session, case_id)
    seal_id = use_seal(session, case, sequence, stored, now) if kind in SEALED else None
    session.add(
        LetterRecord(
            id=new_id(),
            case_id=case_id,
            kind=kind,
            sequence=sequence,
            digest=stored.digest,
            size=stored.size,
            made_at=now,
            seal_id=seal_id,
        )
    )
    data: dict[str, JsonValue] = {"kind": kind, "sequence": sequence, "digest": stored.digest.hex()}
    audit_log.append(session, Fact("case.letter", case_id, data=data), now)


def use_seal(
    session: Session, case: CaseRecord, sequence: int, stored: StoredObject, now: datetime
) -> str | None:
    """用章: one entry with the case, the user and the time for each sealed paper."""
    if case.decided_at is None:
        raise Refused(rule="approval seal", why=f"the case {case.number} is not decided")
    event = next(row for row in cases.events(session, case.id) if row.sequence == sequence)
    seal = cases.seal_in_force(session, case.department_id, event.happened_on)
    if seal is None:
        return None
    data: dict[str, JsonValue] = {
        "case": case.number,
        "user": event.actor_id,
        "sequence": sequence,
        "digest": stored.digest.hex(),
    }
    audit_log.append(session, Fact("seal.used", seal.id, data=data), now)
    return seal.id


def keep_paper(session: Session, *, owner_id: str, kind: str, stored: StoredObject, now: datetime) -> None:
    """Record a paper of a project, a bill, a meeting or a contact; the newest of a kind counts."""
    known = select(PaperRecord).where(PaperRecord.owner_id == owner_id, PaperRecord.kind == kind)
    row = session.exec(known).one_or_none() or PaperRecord(
        id=new_id(), owner_id=owner_id, kind=kind, digest=stored.digest, size=stored.size, made_at=now
    )
    row.digest, row.size, row.made_at = stored.digest, stored.size, now
    session.add(row)


def paper(session: Session, owner_id: str, kind: str) -> PaperRecord | None:
    """A paper of a project, a bill, a meeting or a contact."""
    found = select(PaperRecord).where(PaperRecord.owner_id == owner_id, PaperRecord.kind == kind)
    return session.exec(found).one_or_none()
