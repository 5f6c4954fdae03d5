"""Selects over review panels of approval cases."""

from sqlmodel import Session, func, select

from accounts import queries as accounts
from approval.queries import cases
from approval.records.cases import CaseRecord
from crypto.canonical import JsonValue, read_canonical
from crypto.log_seed import Freeze, SeedRoot
from crypto.merkle import inclusion_proof
from expert_pool.conflicts import APPLICANT, SUPERVISOR, Party
from expert_pool.draw import DrawRequest
from expert_pool.queries.sealed import unsealed_table
from expert_pool.records.reviews import ReviewDrawRecord
from expert_pool.review_draw import write_review_record
from expert_pool.transcript import read_request
from kernel.errors import NotFound
from storage import audit_log
from storage.audit_log import LogRecord
from storage.database import unseal


def review(session: Session, draw_id: str, *, lock: bool = False) -> ReviewDrawRecord:
    """One review panel; raises NotFound."""
    found = select(ReviewDrawRecord).where(ReviewDrawRecord.id == draw_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="review panel", id=draw_id)
    return record


def find_review(session: Session, case_id: str) -> ReviewDrawRecord | None:
    """The review panel of a case, if one was asked for."""
    return session.exec(select(ReviewDrawRecord).where(ReviewDrawRecord.case_id == case_id)).one_or_none()


def next_review_number(session: Session) -> int:
    """The number of the next review panel."""
    return (session.exec(select(func.max(ReviewDrawRecord.number))).one() or 0) + 1


def review_request(session: Session, record: ReviewDrawRecord) -> DrawRequest:
    """The frozen request with its table; raises NoCallersKey where this process cannot open it."""
    return read_request(record.request, unsealed_table(session, record.id, record.sealed).rows)


def review_parties(session: Session, case: CaseRecord) -> tuple[Party, ...]:
    """Whom a reviewer must not be tied to: the applicant with its people, and the department that decides."""
    named = {_applicant(session, case)} if case.applicant else set()
    if case.applicant_id is not None:
        home = accounts.actor(session, case.applicant_id).organisation_id
        named |= {accounts.organisation(session, home).name, *accounts.member_names(session, {home})[home]}
    staff = accounts.member_names(session, {case.department_id})[case.department_id]
    department = accounts.organisation(session, case.department_id).name
    applicants = [Party(name, APPLICANT, frozenset(named)) for name in sorted(named)]
    return (*applicants, Party(department, SUPERVISOR, frozenset(staff)))


def review_transcript(session: Session, record: ReviewDrawRecord) -> dict[str, JsonValue]:
    """The whole record of a drawn panel, once its case is decided; raises NotFound before."""
    if record.root is None or not cases.case(session, record.case_id).outcome:
        raise NotFound(what="published record of review panel", id=record.id)
    return written_record(session, record)


def written_record(session: Session, record: ReviewDrawRecord) -> dict[str, JsonValue]:
    """The whole record of a drawn panel."""
    assert record.root is not None
    entry = session.exec(select(LogRecord).where(LogRecord.index == record.log_index)).one()
    freeze = Freeze(entry.index, entry.fact, entry.salt)
    proof = inclusion_proof(freeze.index, freeze.seed_size, audit_log.node_reader(session))
    seed = SeedRoot(record.root, proof)
    return write_review_record(review_request(session, record), record.secret, freeze, seed)


def _applicant(session: Session, case: CaseRecord) -> str:
    data = read_canonical(unseal(session, f"applicant {case.id}", case.applicant))
    return str(data["name"])
