"""A member who cannot go on: the office records it, the supervisor confirms, the next reserve takes over.

What a replaced member concluded is void and is done anew by the replacement (条例 48).
"""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from evaluation.actions.chair import void_election
from evaluation.actions.earlier import REPLACED, keep_blind_sheet, keep_sheet, keep_votes
from evaluation.actions.reopen import written
from evaluation.actions.seat import check_not_locked, check_open
from evaluation.queries import blind, judging
from evaluation.queries import panel as queries
from evaluation.records.panel import AbsenceRecord
from evaluation.signed_work import words_digest
from expert_pool.actions.calls import call_replacement
from expert_pool.actions.draws import passed_over, seat_reserve
from expert_pool.queries.panels import vacant_seats
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.draft import own_tender

CAUSES: Final = ("absent", "ill", "avoids", "other")
OPEN, CONFIRMED, REFUSED = "open", "confirmed", "refused"


def record_absence(
    session: Session, *, actor: Actor, tender_id: str, seat: str, cause: str, reason: str, now: datetime
) -> str:
    """Write down that a member cannot go on; nothing changes until the supervisor confirms it.

    Raises:
        BadInput: an unknown cause, or no reason.
        Refused: an absence of this seat waits for the supervisor already, or the seat is vacant.
    """
    own_tender(session, actor, tender_id)
    check_open(session, tender_id)
    check_not_locked(session, tender_id)
    if cause not in CAUSES:
        raise BadInput(where="cause", why=f"it must be one of {', '.join(CAUSES)}")
    if seat not in judging.seats(session, tender_id):
        raise NotFound(what="seat", id=seat)
    if seat in vacant_seats(session, tender_id):
        raise Refused(rule="vacant", why="this seat is vacant; a further round of the draw fills it")
    if any(one.seat == seat and one.state == OPEN for one in queries.absences(session, tender_id)):
        raise Refused(rule="one-absence", why="an absence of this seat waits for the supervisor already")
    record = AbsenceRecord(
        id=new_id(),
        tender_id=tender_id,
        seat=seat,
        cause=cause,
        reason=written("reason", reason),
        recorded_by=actor.person_id,
        recorded_at=now,
        state=OPEN,
    )
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "cause": cause, "reason": words_digest(record.reason)}
    audit_log.append(session, Fact("absence.recorded", record.id, tender_id, data), now)
    return record.id


def confirm_absence(session: Session, *, actor: Actor, absence_id: str, now: datetime) -> str | None:
    """Replace a member by the next reserve of the same group of seats; returns the new seat.

    Where no reserve is left the seat stays vacant (None), and a further round of the draw has to fill it.

    Raises:
        Refused: it was settled before.
    """
    record = _take(session, actor, absence_id)
    tender_id, seat = record.tender_id, record.seat
    check_not_locked(session, tender_id)
    made = seat_reserve(session, tender_id=tender_id, seat=seat, now=now)
    for lot in tenders.lots(session, tender_id):
        ballot = judging.ballot(session, lot.id, seat, lock=True)
        if ballot is not None:
            keep_votes(session, tender_id, ballot, REPLACED, record.id, now)
            session.delete(ballot)
        for sheet in judging.sheets(session, lot.id):
            if sheet.seat == seat:
                keep_sheet(session, tender_id, sheet, REPLACED, record.id, now)
                session.delete(sheet)
    if blind.is_hidden(session, tender_id):
        for lot in tenders.lots(session, tender_id):
            for blind_sheet in blind.sheets(session, lot.id, seat):
                keep_blind_sheet(session, tender_id, blind_sheet, record.id, now)
                session.delete(blind_sheet)
    void_election(session, tender_id, seat, now)
    record.state, record.replacement = CONFIRMED, made.seat if made else None
    record.settled_by, record.settled_at = actor.person_id, now
    session.add(record)
    session.flush()
    if made is None:
        return None
    data: dict[str, JsonValue] = {
        "seat": seat,
        "replacement": made.seat,
        "group": made.seat_group,
        "leaf": made.leaf,
        "absence": record.id,
        "passed_over": passed_over(session, tender_id),
    }
    call_replacement(session, tender_id=tender_id, seat=made.seat, now=now)
    audit_log.append(session, Fact("seat.replaced", tender_id, tender_id, data), now)
    return made.seat


def refuse_absence(session: Session, *, actor: Actor, absence_id: str, reason: str, now: datetime) -> None:
    """Keep a member in the seat, with a written reason."""
    record = _take(session, actor, absence_id)
    record.state, record.refusal = REFUSED, written("reason", reason)
    record.settled_by, record.settled_at = actor.person_id, now
    session.add(record)
    data: dict[str, JsonValue] = {"seat": record.seat, "reason": words_digest(record.refusal)}
    audit_log.append(session, Fact("absence.refused", record.id, record.tender_id, data), now)


def _take(session: Session, actor: Actor, absence_id: str) -> AbsenceRecord:
    actor.require(Duty.SUPERVISOR)
    tender_id = queries.absence(session, absence_id).tender_id
    check_open(session, tender_id)
    record = queries.absence(session, absence_id, lock=True)
    if record.state != OPEN:
        raise Refused(rule="settled", why="the supervisor has settled this absence already")
    return record
