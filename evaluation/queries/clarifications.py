"""Selects over what a panel asked bidders in writing."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from evaluation.records.clarifications import ClarificationRecord
from kernel.errors import NotFound

PRICE_CORRECTION = "price_correction"
ACCEPTED = "accepted"


def clarification(session: Session, clarification_id: str, *, lock: bool = False) -> ClarificationRecord:
    """One question; raises NotFound."""
    found = select(ClarificationRecord).where(ClarificationRecord.id == clarification_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="clarification", id=clarification_id)
    return record


def of_tender(session: Session, tender_id: str) -> list[ClarificationRecord]:
    """Everything that the panel of a tender asked, in the order it was asked."""
    found = select(ClarificationRecord).where(ClarificationRecord.tender_id == tender_id)
    return _ordered(session.exec(found))


def of_lot(session: Session, lot_id: str) -> list[ClarificationRecord]:
    """What the panel asked about the bids of one lot, in the order it was asked."""
    return _ordered(session.exec(select(ClarificationRecord).where(ClarificationRecord.lot_id == lot_id)))


def of_bids(session: Session, bid_ids: set[str]) -> list[ClarificationRecord]:
    """What was asked about some bids: what their bidder may see."""
    found = select(ClarificationRecord).where(col(ClarificationRecord.bid_id).in_(bid_ids))
    return _ordered(session.exec(found))


def unsettled(session: Session, lot_id: str) -> list[ClarificationRecord]:
    """The questions of a lot that the panel has not settled: the evaluation waits for them."""
    return [record for record in of_lot(session, lot_id) if record.ruling is None]


def confirmed_corrections(session: Session, lot_id: str) -> dict[str, int]:
    """The corrected prices that bidders confirmed and the panel accepted, in price units, by bid; the last of each."""
    found: dict[str, int] = {}
    for record in of_lot(session, lot_id):
        is_agreed = record.confirms and record.ruling == ACCEPTED
        if record.kind == PRICE_CORRECTION and is_agreed and record.corrected_price is not None:
            found[record.bid_id] = record.corrected_price
    return found


def _ordered(rows: Iterable[ClarificationRecord]) -> list[ClarificationRecord]:
    return sorted(rows, key=lambda row: (row.asked_at, row.id))
