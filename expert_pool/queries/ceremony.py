"""Selects over draws: the frozen request, its parties, the record."""

from sqlmodel import Session, col, func, select

from crypto.canonical import JsonValue
from expert_pool.draw import DrawRequest, Reveal
from expert_pool.records.agencies import AgencyDrawRecord
from expert_pool.records.draws import DrawPartyRecord, DrawRecord
from expert_pool.transcript import read_request, read_result, write_transcript
from kernel.errors import NotFound


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
