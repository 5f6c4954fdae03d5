"""Selects over an evaluation's draws: what was frozen, what came out, what is still missing."""

from sqlmodel import Session, col, select

from crypto.canonical import JsonValue
from crypto.log_seed import Freeze, SeedRoot
from crypto.merkle import consistency_proof, inclusion_proof
from evaluation.case import EvaluationCase
from evaluation.drawing import (
    FORMULA,
    TIES,
    DrawItem,
    formula_items,
    read_request,
    ties_that_matter,
    with_formula,
    with_ties,
    write_transcript,
)
from evaluation.records.draws import EvaluationDrawRecord
from evaluation.result import Ranking, ranking_digest
from evaluation.rulebook import rulebook_digest
from kernel.errors import NotFound
from storage import audit_log
from storage.audit_log import LogRecord


def draw(session: Session, draw_id: str, *, lock: bool = False) -> EvaluationDrawRecord:
    """One draw; raises NotFound."""
    found = select(EvaluationDrawRecord).where(EvaluationDrawRecord.id == draw_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="draw", id=draw_id)
    return record


def draws(session: Session, tender_id: str) -> list[EvaluationDrawRecord]:
    """Every draw of a tender's evaluation, in the order they were frozen."""
    found = select(EvaluationDrawRecord).where(EvaluationDrawRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(EvaluationDrawRecord.log_index))))


def find_draw(session: Session, lot_id: str, stage: str, rests_on: str) -> EvaluationDrawRecord | None:
    """The draw of a lot that rests on a rulebook or a ranking, if it was frozen."""
    found = select(EvaluationDrawRecord).where(
        EvaluationDrawRecord.lot_id == lot_id,
        EvaluationDrawRecord.stage == stage,
        EvaluationDrawRecord.rests_on == rests_on,
    )
    return session.exec(found).one_or_none()


def wanted_by_formula(case: EvaluationCase) -> tuple[DrawItem, ...]:
    """What the rulebook of a lot draws, samples among its bids; empty where it draws nothing."""
    return formula_items(case.rulebook, [bid.bid_id for bid in case.bids])


def formula_draw(session: Session, case: EvaluationCase) -> EvaluationDrawRecord | None:
    """The draw of the lot's coefficients and samples, if it was frozen."""
    return find_draw(session, case.lot_id, FORMULA, rulebook_digest(case.rulebook))


def lacks_formula_draw(session: Session, case: EvaluationCase) -> bool:
    """Whether coefficients or samples have to be drawn before the lot can be ranked."""
    if not wanted_by_formula(case):
        return False
    record = formula_draw(session, case)
    return record is None or record.result is None


def drawn_case(session: Session, case: EvaluationCase) -> EvaluationCase:
    """The case with what was drawn for its formula; the same case where nothing was."""
    record = formula_draw(session, case) if wanted_by_formula(case) else None
    if record is None or record.result is None:
        return case
    return with_formula(case, read_request(record.request).items, record.result)


def tie_draw(session: Session, ranking: Ranking) -> EvaluationDrawRecord | None:
    """The draw between the equal bids of a ranking, if it was frozen."""
    return find_draw(session, ranking.lot_id, TIES, ranking_digest(ranking))


def settled_case(session: Session, case: EvaluationCase, ranking: Ranking) -> EvaluationCase | None:
    """The case with the order of equal bids, where this ranking left some and their draw was made."""
    record = tie_draw(session, ranking) if ties_that_matter(ranking) else None
    return with_ties(case, record.result) if record is not None and record.result is not None else None


def transcript(session: Session, record: EvaluationDrawRecord) -> dict[str, JsonValue]:
    """The public record of a draw; the result once it is drawn."""
    entry = session.exec(select(LogRecord).where(LogRecord.index == record.log_index)).one()
    freeze = Freeze(entry.index, entry.fact, entry.salt)
    seed = None
    if record.root is not None:
        proof = inclusion_proof(freeze.index, freeze.seed_size, audit_log.node_reader(session))
        seed = SeedRoot(record.root, tuple(proof))
    return write_transcript(read_request(record.request), freeze, seed)


def way_to_head(session: Session, record: EvaluationDrawRecord, size: int) -> list[bytes]:
    """The proof that the tree which made the seed is the beginning of the log's tree of this size."""
    return list(consistency_proof(record.log_index + 2, size, audit_log.node_reader(session)))
