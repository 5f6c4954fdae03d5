"""Selects over appraisals."""

from fractions import Fraction

from sqlmodel import Session, col, select

from expert_pool.appraisal import dynamic_score
from expert_pool.records.appraisals import AppraisalRecord
from kernel.errors import NotFound


def appraisal(session: Session, appraisal_id: str, *, lock: bool = False) -> AppraisalRecord:
    """One appraisal; raises NotFound."""
    found = select(AppraisalRecord).where(AppraisalRecord.id == appraisal_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="appraisal", id=appraisal_id)
    return record


def find_appraisal(session: Session, tender_id: str, seat: str, side: str) -> AppraisalRecord | None:
    """What one side said of a seat, if it did."""
    return session.exec(
        select(AppraisalRecord).where(
            AppraisalRecord.tender_id == tender_id,
            AppraisalRecord.seat == seat,
            AppraisalRecord.side == side,
        )
    ).one_or_none()


def appraisals_of_tender(session: Session, tender_id: str) -> list[AppraisalRecord]:
    """Everything said of a panel, by seat and side."""
    found = select(AppraisalRecord).where(AppraisalRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(AppraisalRecord.seat, AppraisalRecord.side)))


def appraisals_of_expert(session: Session, expert_id: str) -> list[AppraisalRecord]:
    """Everything said of an expert, newest first."""
    found = select(AppraisalRecord).where(AppraisalRecord.expert_id == expert_id)
    return list(session.exec(found.order_by(col(AppraisalRecord.given_at).desc(), AppraisalRecord.side)))


def open_objections(session: Session, limit: int = 100) -> list[AppraisalRecord]:
    """Objections that wait for an answer, oldest first."""
    found = select(AppraisalRecord).where(
        col(AppraisalRecord.objected_at).is_not(None), col(AppraisalRecord.answered_at).is_(None)
    )
    return list(session.exec(found.order_by(col(AppraisalRecord.objected_at)).limit(limit)))


def score_of(session: Session, expert_id: str) -> Fraction | None:
    """The dynamic score of an expert; None before the first appraisal that counts."""
    panels: dict[str, list[int]] = {}
    for row in appraisals_of_expert(session, expert_id):
        if not row.is_upheld:
            panels.setdefault(row.tender_id, []).append(row.points)
    return dynamic_score(panels.values())
