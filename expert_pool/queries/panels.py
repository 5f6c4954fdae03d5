"""Selects over panels: who sits where."""

from sqlmodel import Session, col, select

from expert_pool.queries.sealed import expert_id_of
from expert_pool.records.draws import PanelSeatRecord
from expert_pool.records.pool import ExpertRecord
from kernel.errors import NotFound

Seated = tuple[PanelSeatRecord, ExpertRecord | None]
"""A seat with its expert; without one until the panel is disclosed."""


def panel(session: Session, tender_id: str) -> list[Seated]:
    """The seats of a tender's panel with their experts, in order of the seat; empty before the draw."""
    return [row for row in all_seats(session, tender_id) if row[0].replaced_by is None]


def all_seats(session: Session, tender_id: str) -> list[Seated]:
    """Every seat that a panel ever had, those of replaced members too, in order of the seat."""
    found = select(PanelSeatRecord, ExpertRecord).join(
        ExpertRecord, col(ExpertRecord.id) == PanelSeatRecord.expert_id, isouter=True
    )
    rows = session.exec(found.where(PanelSeatRecord.tender_id == tender_id)).all()
    return sorted(rows, key=lambda row: int(row[0].seat.rpartition("-")[2]))


def disclosed(session: Session, tender_id: str) -> list[tuple[PanelSeatRecord, ExpertRecord]]:
    """The members of a panel whose names are known, in order of the seat."""
    return [(seat, expert) for seat, expert in panel(session, tender_id) if expert is not None]


def expert_of(session: Session, seat: PanelSeatRecord) -> ExpertRecord:
    """Who sits on a seat, disclosed or not; raises NoCallersKey where this process cannot open it."""
    return session.get_one(ExpertRecord, expert_id_of(session, seat))


def seats_of_person(session: Session, person_id: str) -> list[PanelSeatRecord]:
    """The disclosed seats of a signed-in expert: none that a reserve took over, none that was left vacant."""
    found = select(PanelSeatRecord).join(ExpertRecord, col(ExpertRecord.id) == PanelSeatRecord.expert_id)
    found = found.where(ExpertRecord.person_id == person_id, col(PanelSeatRecord.replaced_by).is_(None))
    found = found.where(col(PanelSeatRecord.vacated_at).is_(None))
    return list(session.exec(found.order_by(col(PanelSeatRecord.tender_id))))


def vacant_seats(session: Session, tender_id: str) -> list[str]:
    """The seats of a panel that a member left, or never took, with no reserve left to take them."""
    return [seat.seat for seat, _ in panel(session, tender_id) if seat.vacated_at is not None]


def seat_of(session: Session, tender_id: str, person_id: str) -> str:
    """The seat of a person on a panel; raises NotFound, so that nobody learns who else sits there."""
    for record in seats_of_person(session, person_id):
        if record.tender_id == tender_id:
            return record.seat
    raise NotFound(what="seat on the panel of tender", id=tender_id)
