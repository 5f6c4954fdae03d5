"""The office freezes what is to be drawn for a lot, then draws it with the root that the log had after the next entry.

Coefficients and samples are drawn between the opening and the ranking; equal bids at the places of candidates after a
ranking, which is then made again.
"""

from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from evaluation.actions.ranking import rank_again, rank_when_complete
from evaluation.drawing import (
    FORMULA,
    FROZEN,
    TIES,
    DrawItem,
    DrawRequest,
    draw_items,
    read_request,
    request_hash,
    ties_that_matter,
    write_request,
)
from evaluation.queries import draws as queries
from evaluation.queries import judging
from evaluation.records.draws import EvaluationDrawRecord
from evaluation.result import ranking_digest
from evaluation.rulebook import rulebook_digest
from kernel.errors import NotFound, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.draft import own_tender
from tender.lifecycle import Stage
from tender.queries import stages


def freeze_draw(session: Session, *, actor: Actor, tender_id: str, lot_id: str, now: datetime) -> str:
    """Freeze what a lot has to draw now, once; returns the draw's id.

    Raises:
        Refused: there is nothing to draw, or it was frozen before.
    """
    _check_office(session, actor, tender_id)
    if stages.prices_are_sealed(session, tender_id):
        raise Refused(rule="prices-first", why="the prices stay sealed until the panel's scores are locked")
    stage, rests_on, items = _wanted(session, tender_id, lot_id)
    if not items:
        raise Refused(rule="evaluation draw", why="there is nothing to draw in this lot now")
    if queries.find_draw(session, lot_id, stage, rests_on) is not None:
        raise Refused(rule="evaluation draw", why="this draw is frozen already")
    request = DrawRequest(new_id(), tender_id, lot_id, stage, rests_on, items)
    data: dict[str, JsonValue] = {
        "request": request_hash(request).hex(),
        "lot": lot_id,
        "stage": stage,
        "rests_on": rests_on,
    }
    entry = audit_log.append(session, Fact(FROZEN, request.draw_id, tender_id, data), now)
    session.add(
        EvaluationDrawRecord(
            id=request.draw_id,
            tender_id=tender_id,
            lot_id=lot_id,
            stage=stage,
            rests_on=rests_on,
            request=write_request(request),
            log_index=entry.index,
            frozen_by=actor.person_id,
            frozen_at=now,
        )
    )
    session.flush()
    return request.draw_id


def make_draw(session: Session, *, actor: Actor, draw_id: str, now: datetime) -> list[list[str]]:
    """Draw what was frozen; the last draw that was missing lets the ranking, or the report, go on.

    Where nothing followed the freeze yet, this act is the next entry itself: waiting changes nothing.
    """
    _check_office(session, actor, queries.draw(session, draw_id).tender_id)
    record = queries.draw(session, draw_id, lock=True)
    if record.root is not None:
        raise Refused(rule="evaluation draw", why="this draw was made already")
    if record.stage == TIES and _wanted(session, record.tender_id, record.lot_id)[1] != record.rests_on:
        raise Refused(rule="evaluation draw", why="the ranking that left these bids equal counts no more")
    if audit_log.frontier(session).size < record.log_index + 2:
        audit_log.append(session, Fact("evaluation-draw.asked", draw_id, record.tender_id), now)
    record.root = audit_log.root_at(session, record.log_index + 2)
    drawn = [list(one) for one in draw_items(read_request(record.request), record.root)]
    record.result, record.drawn_at = drawn, now
    session.add(record)
    session.flush()
    digest = sha256(canonical(queries.transcript(session, record))).hexdigest()
    audit_log.append(
        session, Fact("evaluation-draw.drawn", draw_id, record.tender_id, {"record": digest}), now
    )
    if record.stage == FORMULA:
        rank_when_complete(session, record.tender_id, now)
    else:
        rank_again(session, record.tender_id, record.lot_id, now)
    return drawn


def _check_office(session: Session, actor: Actor, tender_id: str) -> None:
    """The tender's own office, with the tender locked."""
    actor.require(Duty.TENDER_OFFICE)
    own_tender(session, actor, tender_id)
    tenders.tender(session, tender_id, lock=True)


def _wanted(session: Session, tender_id: str, lot_id: str) -> tuple[str, str, tuple[DrawItem, ...]]:
    """What a lot has to draw at its tender's stage, and what that rests on."""
    if lot_id not in {lot.id for lot in tenders.lots(session, tender_id)}:
        raise NotFound(what="lot", id=lot_id)
    stage = tenders.tender(session, tender_id).stage
    if stage == Stage.OPENED:
        case = judging.evaluation_case(session, tender_id, lot_id)
        return FORMULA, rulebook_digest(case.rulebook), queries.wanted_by_formula(case)
    ranking = judging.found_ranking(session, lot_id) if stage == Stage.EVALUATED else None
    if ranking is None:
        return TIES, "", ()
    return TIES, ranking_digest(ranking), ties_that_matter(ranking)
