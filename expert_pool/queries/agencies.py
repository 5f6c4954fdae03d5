"""Selects over draws of agencies."""

from sqlmodel import Session, col, func, select

from crypto.canonical import JsonValue
from crypto.log_seed import Freeze, SeedRoot
from crypto.merkle import inclusion_proof
from expert_pool.agency_draw import write_agency_transcript
from expert_pool.records.agencies import AgencyDrawRecord
from expert_pool.transcript import read_request
from kernel.errors import NotFound
from storage import audit_log
from storage.audit_log import LogRecord


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
