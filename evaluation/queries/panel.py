"""Selects over the panel itself: chair, re-opened steps, earlier work, absences, dissent."""

from datetime import datetime

from sqlmodel import Session, col, select

from evaluation.records.panel import (
    AbsenceRecord,
    ChairVoteRecord,
    DissentRecord,
    EarlierWorkRecord,
    ElectionRoundRecord,
    PriceReviewRecord,
    ReopeningRecord,
)
from expert_pool import queries as experts
from kernel.errors import NotFound

OPEN, NEXT, ELECTED, VOID = "open", "next", "elected", "void"


def rounds(session: Session, tender_id: str) -> list[ElectionRoundRecord]:
    """Every round of electing the chair, in order."""
    found = select(ElectionRoundRecord).where(ElectionRoundRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(ElectionRoundRecord.number))))


def chair_votes(session: Session, tender_id: str, number: int) -> dict[str, str]:
    """The choices of one round, by seat."""
    found = select(ChairVoteRecord).where(
        ChairVoteRecord.tender_id == tender_id, ChairVoteRecord.round == number
    )
    return {row.seat: row.choice for row in session.exec(found.order_by(col(ChairVoteRecord.seat)))}


def first_chair_votes(session: Session, tender_id: str) -> dict[str, datetime]:
    """When each member first voted for a chair, by seat."""
    rows = session.exec(select(ChairVoteRecord).where(ChairVoteRecord.tender_id == tender_id))
    first: dict[str, datetime] = {}
    for row in rows:
        first[row.seat] = min(row.cast_at, first.get(row.seat, row.cast_at))
    return first


def find_chair(session: Session, tender_id: str) -> str | None:
    """The seat of the chair; None until one is elected, and after the chair was replaced."""
    found = select(ElectionRoundRecord).where(
        ElectionRoundRecord.tender_id == tender_id, ElectionRoundRecord.state == ELECTED
    )
    last = session.exec(found.order_by(col(ElectionRoundRecord.number).desc())).first()
    return last.elected if last else None


def reopenings(session: Session, tender_id: str) -> list[ReopeningRecord]:
    """Every step that was opened again, in order of time."""
    found = select(ReopeningRecord).where(ReopeningRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(ReopeningRecord.at), col(ReopeningRecord.id))))


def earlier_work(session: Session, tender_id: str) -> list[EarlierWorkRecord]:
    """Everything that once counted, or was written by a replaced member, in order of the time it ended."""
    found = select(EarlierWorkRecord).where(EarlierWorkRecord.tender_id == tender_id)
    order = (col(EarlierWorkRecord.ended_at), col(EarlierWorkRecord.kind), col(EarlierWorkRecord.id))
    return list(session.exec(found.order_by(*order)))


def absence(session: Session, absence_id: str, *, lock: bool = False) -> AbsenceRecord:
    """One recorded absence; raises NotFound."""
    found = select(AbsenceRecord).where(AbsenceRecord.id == absence_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="absence", id=absence_id)
    return record


def absences(session: Session, tender_id: str) -> list[AbsenceRecord]:
    """The recorded absences of a panel, in order of time."""
    found = select(AbsenceRecord).where(AbsenceRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(AbsenceRecord.recorded_at), col(AbsenceRecord.id))))


def prices_were_reviewed(session: Session, tender_id: str) -> bool:
    """Whether the chair has nothing left to ask about prices that opened after the scores."""
    return session.get(PriceReviewRecord, tender_id) is not None


def dissents(session: Session, tender_id: str) -> list[DissentRecord]:
    """The written dissent of members, by seat."""
    found = select(DissentRecord).where(DissentRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(DissentRecord.seat))))


def replacements(session: Session, tender_id: str) -> dict[str, str]:
    """Who sits now instead of whom: the new seat by the old one."""
    seats = (row for row, _ in experts.all_seats(session, tender_id))
    return {row.seat: row.replaced_by for row in seats if row.replaced_by is not None}
