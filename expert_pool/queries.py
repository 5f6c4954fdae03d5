"""Selects over the pool, draws and panels."""

from sqlmodel import Session, col, func, select

from crypto.canonical import JsonValue
from crypto.merkle import inclusion_proof
from expert_pool.agency_draw import Freeze, SeedRoot, write_agency_transcript
from expert_pool.draw import DrawRequest, Reveal
from expert_pool.experts import Expert
from expert_pool.records import AgencyDrawRecord, DrawPartyRecord, DrawRecord, ExpertRecord, PanelSeatRecord
from expert_pool.transcript import read_request, read_result, write_transcript
from kernel.errors import NotFound
from storage import audit_log
from storage.audit_log import LogRecord


def expert_value(record: ExpertRecord) -> Expert:
    """An entry as the rules see it."""
    return Expert(
        number=record.number,
        name=record.name,
        employer=record.employer,
        region=record.region,
        specialties=frozenset(record.specialties),
        standing=record.standing,
        valid_until=record.valid_until,
    )


def experts(session: Session) -> list[ExpertRecord]:
    """The whole pool, by number."""
    return list(session.exec(select(ExpertRecord).order_by(col(ExpertRecord.number))))


def expert_by_number(session: Session, number: str) -> ExpertRecord | None:
    """The entry with this number."""
    return session.exec(select(ExpertRecord).where(ExpertRecord.number == number)).one_or_none()


def pool_page(session: Session, after: str, limit: int) -> list[ExpertRecord]:
    """A page of the pool, by number."""
    found = select(ExpertRecord).where(ExpertRecord.number > after)
    return list(session.exec(found.order_by(col(ExpertRecord.number)).limit(limit)))


def next_number(session: Session) -> int:
    """The number of the next draw of this installation."""
    return (session.exec(select(func.max(DrawRecord.number))).one() or 0) + 1


def draw(session: Session, draw_id: str, *, lock: bool = False) -> DrawRecord:
    """One draw; raises NotFound."""
    found = select(DrawRecord).where(DrawRecord.id == draw_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="draw", id=draw_id)
    return record


def find_draw(session: Session, tender_id: str) -> DrawRecord | None:
    """The draw of a tender, if it was requested."""
    return session.exec(select(DrawRecord).where(DrawRecord.tender_id == tender_id)).one_or_none()


def draws(session: Session) -> list[DrawRecord]:
    """Every draw, newest first."""
    return list(session.exec(select(DrawRecord).order_by(col(DrawRecord.number).desc())))


def pool_size(session: Session) -> int:
    """How many experts the pool has."""
    return session.exec(select(func.count()).select_from(ExpertRecord)).one()


def parties(session: Session, draw_id: str) -> list[DrawPartyRecord]:
    """The parties of a draw in the order of revealing."""
    found = select(DrawPartyRecord).where(DrawPartyRecord.draw_id == draw_id)
    return list(session.exec(found.order_by(col(DrawPartyRecord.position))))


def request_value(record: DrawRecord | AgencyDrawRecord) -> DrawRequest:
    """The frozen request of a draw with its table."""
    return read_request(record.request, record.rows)


def reveals(session: Session, draw_id: str) -> list[Reveal]:
    """The secrets revealed so far, in order."""
    return [Reveal(p.party, p.secret) for p in parties(session, draw_id) if p.secret is not None]


def transcript(session: Session, record: DrawRecord) -> dict[str, JsonValue]:
    """The full record of a finished draw, as it is published after the evaluation."""
    if record.result is None:
        raise NotFound(what="draw record", id=record.id)
    committed = {p.party: p.commitment for p in parties(session, record.id) if p.commitment is not None}
    request = request_value(record)
    return write_transcript(request, committed, reveals(session, record.id), read_result(record.result))


def panel(session: Session, tender_id: str) -> list[tuple[PanelSeatRecord, ExpertRecord]]:
    """The seats of a tender's panel with their experts, in order of the seat; empty before the draw."""
    return [row for row in all_seats(session, tender_id) if row[0].replaced_by is None]


def all_seats(session: Session, tender_id: str) -> list[tuple[PanelSeatRecord, ExpertRecord]]:
    """Every seat that a panel ever had, those of replaced members too, in order of the seat."""
    found = select(PanelSeatRecord, ExpertRecord).join(
        ExpertRecord, col(ExpertRecord.id) == PanelSeatRecord.expert_id
    )
    rows = session.exec(found.where(PanelSeatRecord.tender_id == tender_id)).all()
    return sorted(rows, key=lambda row: int(row[0].seat.rpartition("-")[2]))


def seats_of_person(session: Session, person_id: str) -> list[PanelSeatRecord]:
    """The seats that a signed-in expert holds; one that a reserve has taken over is held no more."""
    found = select(PanelSeatRecord).join(ExpertRecord, col(ExpertRecord.id) == PanelSeatRecord.expert_id)
    found = found.where(ExpertRecord.person_id == person_id, col(PanelSeatRecord.replaced_by).is_(None))
    found = found.order_by(col(PanelSeatRecord.tender_id))
    return list(session.exec(found))


def seat_of(session: Session, tender_id: str, person_id: str) -> str:
    """The seat of a person on a panel; raises NotFound, so that nobody learns who else sits there."""
    for record in seats_of_person(session, person_id):
        if record.tender_id == tender_id:
            return record.seat
    raise NotFound(what="seat on the panel of tender", id=tender_id)


def agency_draw(session: Session, draw_id: str, *, lock: bool = False) -> AgencyDrawRecord:
    """One draw of an agency; raises NotFound."""
    found = select(AgencyDrawRecord).where(AgencyDrawRecord.id == draw_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="agency draw", id=draw_id)
    return record


def find_agency_draw(session: Session, subject: str, service: str) -> AgencyDrawRecord | None:
    """The draw for a subject and a service, if there is one."""
    return session.exec(
        select(AgencyDrawRecord).where(
            AgencyDrawRecord.subject == subject, AgencyDrawRecord.service == service
        )
    ).one_or_none()


def agency_draws(session: Session, limit: int = 50) -> list[AgencyDrawRecord]:
    """The newest draws of agencies."""
    return list(
        session.exec(select(AgencyDrawRecord).order_by(col(AgencyDrawRecord.number).desc()).limit(limit))
    )


def next_agency_number(session: Session) -> int:
    """The number of the next draw of an agency."""
    return (session.exec(select(func.max(AgencyDrawRecord.number))).one() or 0) + 1


def agency_transcript(session: Session, record: AgencyDrawRecord) -> dict[str, JsonValue]:
    """The public record of a draw of an agency; the result once it is drawn."""
    entry = session.exec(select(LogRecord).where(LogRecord.index == record.log_index)).one()
    freeze = Freeze(entry.index, entry.fact, entry.salt)
    seed = None
    if record.root is not None:
        proof = inclusion_proof(freeze.index, freeze.seed_size, audit_log.node_reader(session))
        seed = SeedRoot(record.root, proof)
    request = read_request(record.request, record.rows)
    return write_agency_transcript(request, record.day.isoformat(), record.agencies, freeze, seed)
