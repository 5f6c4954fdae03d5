"""Appraisals of experts: given by office, supervisor and system, objected to by the expert, answered by the manager."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool.actions.standing import own_entry
from expert_pool.appraisal import OFFICE, SUPERVISOR, SYSTEM, capped, points_of
from expert_pool.queries import appraisals as queries
from expert_pool.queries import panels
from expert_pool.queries.sealed import expert_id_of
from expert_pool.records.appraisals import AppraisalRecord
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.draft import own_tender
from tender.lifecycle import Stage

SAID = 2000  # characters


def appraise(
    session: Session, *, actor: Actor, tender_id: str, seat: str, counts: Mapping[str, int], now: datetime
) -> str:
    """Office or supervisor appraises one seat of a panel whose evaluation is over; once for each side.

    Raises:
        Refused: the evaluation is not over, or this side has appraised the seat.
        BadInput: an unknown item or count.
    """
    side = SUPERVISOR if actor.holds(Duty.SUPERVISOR) else OFFICE
    if side == OFFICE:
        own_tender(session, actor, tender_id)
    if tenders.tender(session, tender_id).stage != Stage.EVALUATED:
        raise Refused(rule="appraisal", why="experts are appraised when the evaluation is over")
    if queries.find_appraisal(session, tender_id, seat, side) is not None:
        raise Refused(rule="appraisal", why="this seat was appraised already")
    return _keep(session, tender_id, seat, side, dict(counts), actor.person_id, now)


def appraise_by_system(
    session: Session, *, tender_id: str, counts: Mapping[str, Mapping[str, int]], now: datetime
) -> int:
    """The system's side, from what it counted by seat (declined, absent, deviation, unexplained, unsigned).

    Repeatable: a seat that has the system's appraisal keeps it. Returns how many were added.
    """
    added = 0
    for seat, found in sorted(counts.items()):
        if queries.find_appraisal(session, tender_id, seat, SYSTEM) is None:
            _keep(session, tender_id, seat, SYSTEM, capped(SYSTEM, found), None, now)
            added += 1
    return added


def object_to(session: Session, *, actor: Actor, appraisal_id: str, text: str, now: datetime) -> None:
    """The expert objects to an appraisal of their own, once."""
    actor.require(Duty.EXPERT)
    record = queries.appraisal(session, appraisal_id, lock=True)
    if record.expert_id != own_entry(session, actor).id:
        raise NotFound(what="appraisal", id=appraisal_id)
    if record.objected_at is not None:
        raise Refused(rule="appraisal", why="you have objected to this appraisal already")
    record.objection, record.objected_at = _said("objection", text), now
    session.add(record)
    audit_log.append(session, Fact("appraisal.objected", record.id, record.tender_id, {}), now)


def answer_objection(
    session: Session, *, actor: Actor, appraisal_id: str, upheld: bool, text: str, now: datetime
) -> None:
    """The pool manager answers; an objection that is upheld takes the appraisal out of the score."""
    actor.require(Duty.POOL_MANAGER)
    record = queries.appraisal(session, appraisal_id, lock=True)
    if record.objected_at is None or record.answered_at is not None:
        raise Refused(rule="appraisal", why="no objection waits for an answer")
    record.answer, record.is_upheld = _said("answer", text), upheld
    record.answered_by, record.answered_at = actor.person_id, now
    session.add(record)
    data: dict[str, JsonValue] = {"upheld": upheld, "by": actor.person_id}
    audit_log.append(session, Fact("appraisal.answered", record.id, record.tender_id, data), now)


def _keep(
    session: Session,
    tender_id: str,
    seat: str,
    side: str,
    counts: dict[str, int],
    given_by: str | None,
    now: datetime,
) -> str:
    seats = {row.seat: row for row, _ in panels.all_seats(session, tender_id)}
    if seat not in seats:
        raise NotFound(what="seat", id=seat)
    kept = {id: count for id, count in counts.items() if count}
    record = AppraisalRecord(
        id=new_id(),
        tender_id=tender_id,
        seat=seat,
        expert_id=expert_id_of(session, seats[seat]),
        side=side,
        items=kept,
        points=points_of(side, counts),
        given_by=given_by,
        given_at=now,
    )
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "side": side, "points": record.points}
    audit_log.append(session, Fact("appraisal.given", record.id, tender_id, data), now)
    return record.id


def _said(where: str, text: str) -> str:
    if not 1 <= len(text.strip()) <= SAID:
        raise BadInput(where=where, why=f"write 1 to {SAID} characters")
    return text.strip()
