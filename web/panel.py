"""The panel over JSON: its chair, steps opened again, members who leave, dissent."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from evaluation.actions import absence, chair, dissent, reopen, stages
from evaluation.queries import judging
from evaluation.queries import panel as queries
from evaluation.records.panel import AbsenceRecord, EarlierWorkRecord, ElectionRoundRecord, ReopeningRecord
from expert_pool import queries as experts
from kernel.clock import write_time
from kernel.errors import BadInput
from storage.database import Session
from tender import queries as tenders
from tender.queries import stages as stage_queries
from web.draw_room import DRAW_ROOM
from web.evaluations import check_reader
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class ChairVote(Shape):
    """The choice of a member in a round of the election."""

    round: int
    choice: str


class Reopening(Shape):
    """A step to open again: the verdicts of a lot, or the sheet of one seat for one bid."""

    step: str
    reason: str
    lot: str = ""
    bid: str = ""
    seat: str = ""


class Absence(Shape):
    """A member who cannot go on, and why."""

    seat: str
    cause: str
    reason: str


class Words(Shape):
    """A written reason."""

    reason: str


class Dissent(Shape):
    """A member's dissent."""

    text: str


@get("/api/tenders/{tender_id:str}/panel-work")
def show_panel(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The panel as its members, the office and the supervisor see it; nobody's verdicts or points."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        check_reader(request, session, tender_id)
        return describe_panel(session, tender_id, actor)


@post("/api/tenders/{tender_id:str}/chair-votes")
def vote_for_chair(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[ChairVote]
) -> dict[str, Any]:
    """Vote for the panel's chair; the last vote of a round counts it."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        chair.vote_for_chair(
            session,
            actor=actor,
            tender_id=tender_id,
            number=data.round,
            choice=data.choice,
            now=adapters.clock.now(),
        )
        return {"chair": queries.find_chair(session, tender_id)}


@post("/api/tenders/{tender_id:str}/reopenings")
def reopen_step(request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[Reopening]) -> Any:
    """Open a step again, as the chair or by the supervisor's order; after the ranking it puts the ranking aside."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)

    def act(session: Session) -> dict[str, Any]:
        return {"id": reopen_as_asked(session, actor, tender_id, data, adapters.clock.now())}

    return create_once(request, adapters, actor, data, act)


def reopen_as_asked(session: Session, actor: Actor, tender_id: str, asked: Reopening, now: Any) -> str:
    """Open the step that was asked for."""
    actor.require(Duty.EXPERT, Duty.SUPERVISOR)
    common = {"actor": actor, "tender_id": tender_id, "reason": asked.reason, "now": now}
    if asked.step == reopen.COMPLIANCE:
        return reopen.reopen_review(session, lot_id=asked.lot, **common)
    if asked.step == reopen.SHEET:
        return reopen.reopen_sheet(session, bid_id=asked.bid, seat=asked.seat, **common)
    raise BadInput(where="step", why=f"it must be one of {reopen.COMPLIANCE}, {reopen.SHEET}")


@get("/api/tenders/{tender_id:str}/earlier-work")
def show_earlier(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[Any]:
    """What stood before steps were opened again or members replaced, whole, for the supervisor."""
    caller(request).may(Scope.EVALUATE).require(Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        return [describe_earlier(row) for row in queries.earlier_work(session, tender_id)]


@post("/api/tenders/{tender_id:str}/absences")
def record_absence(request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[Absence]) -> Any:
    """Record that a member cannot go on; the supervisor confirms or refuses."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)

    def act(session: Session) -> dict[str, Any]:
        id = absence.record_absence(
            session,
            actor=actor,
            tender_id=tender_id,
            seat=data.seat,
            cause=data.cause,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return {"id": id}

    return create_once(request, adapters, actor, data, act)


@post("/api/absences/{absence_id:str}/confirmation", opt=DRAW_ROOM)
def confirm_absence(request: Request[Any, Any, Any], absence_id: FromPath[str]) -> dict[str, Any]:
    """Replace the member by the next reserve of the draw."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        return {"seat": absence.confirm_absence(session, actor=actor, absence_id=absence_id, now=now)}


@post("/api/absences/{absence_id:str}/refusal")
def refuse_absence(
    request: Request[Any, Any, Any], absence_id: FromPath[str], data: JSONBody[Words]
) -> dict[str, Any]:
    """Keep the member in the seat."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        absence.refuse_absence(session, actor=actor, absence_id=absence_id, reason=data.reason, now=now)
        return {"state": absence.REFUSED}


@post("/api/tenders/{tender_id:str}/price-review")
def finish_price_review(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The chair has nothing left to ask about prices that opened after the scores; repeating it changes nothing."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        made = stages.finish_price_review(session, actor=actor, tender_id=tender_id, now=adapters.clock.now())
        return {"seat": made.seat, "at": write_time(made.at)}


def describe_prices(session: Session, tender_id: str) -> dict[str, Any] | None:
    """How far the prices of a tender in stages are; None where all envelopes open after the closing."""
    if not stage_queries.stays_sealed(session, tender_id):
        return None
    lock = stage_queries.score_lock(session, tender_id)
    return {
        "locked_at": write_time(lock.locked_at) if lock else None,
        "opened_at": write_time(lock.recorded_at) if lock and lock.recorded_at else None,
        "reviewed": queries.prices_were_reviewed(session, tender_id),
    }


@post("/api/tenders/{tender_id:str}/dissent")
def write_dissent(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[Dissent]
) -> dict[str, Any]:
    """Dissent from the result, in writing, once."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        return {
            "id": dissent.write_dissent(session, actor=actor, tender_id=tender_id, text=data.text, now=now)
        }


def describe_panel(session: Session, tender_id: str, actor: Actor) -> dict[str, Any]:
    """Seats, chair, election, re-opened steps, absences; of dissent, each member's own, and all for the supervisor."""
    own = experts.seat_of(session, tender_id, actor.person_id) if actor.holds(Duty.EXPERT) else None
    rounds = queries.rounds(session, tender_id)
    replaced = queries.replacements(session, tender_id)
    return {
        "tender": tender_id,
        "stage": tenders.tender(session, tender_id).stage,
        "seat": own,
        "seats": list(judging.seats(session, tender_id)),
        "chair": queries.find_chair(session, tender_id),
        "replaced": replaced,
        "prices": describe_prices(session, tender_id),
        "rounds": [describe_round(session, round, own) for round in rounds],
        "next_round": describe_next(session, tender_id, rounds),
        "reopenings": [describe_reopening(row) for row in queries.reopenings(session, tender_id)],
        "absences": [
            describe_absence(row, with_reasons=own is None) for row in queries.absences(session, tender_id)
        ],
        "dissents": [
            {"seat": row.seat, "text": row.text, "written_at": write_time(row.written_at)}
            for row in queries.dissents(session, tender_id)
            if row.seat == own or actor.holds(Duty.SUPERVISOR)
        ],
    }


def describe_next(
    session: Session, tender_id: str, rounds: list[ElectionRoundRecord]
) -> dict[str, Any] | None:
    """The round in which members vote now; None once there is a chair."""
    if queries.find_chair(session, tender_id) is not None:
        return None
    if rounds and rounds[-1].state == queries.OPEN:
        return {"number": rounds[-1].number, "candidates": rounds[-1].candidates}
    return {"number": len(rounds) + 1, "candidates": list(judging.seats(session, tender_id))}


def describe_round(session: Session, round: ElectionRoundRecord, own: str | None) -> dict[str, Any]:
    """One round: its votes by candidate once it was counted; until then only who has voted, and one's own choice."""
    votes = queries.chair_votes(session, round.tender_id, round.number)
    counted = round.state in (queries.NEXT, queries.ELECTED)
    tally = {one: list(votes.values()).count(one) for one in round.candidates} if counted else None
    return {
        "number": round.number,
        "candidates": round.candidates,
        "state": round.state,
        "elected": round.elected,
        "voted": sorted(votes),
        "own": votes.get(own or ""),
        "votes": tally,
        "ended_at": write_time(round.ended_at) if round.ended_at else None,
    }


def describe_reopening(row: ReopeningRecord) -> dict[str, Any]:
    """One step that was opened again, with its reason."""
    return {
        "id": row.id,
        "lot": row.lot_id,
        "step": row.step,
        "bid": row.bid_id,
        "seat": row.seat,
        "by": row.ordered_by,
        "reason": row.reason,
        "at": write_time(row.at),
    }


def describe_absence(row: AbsenceRecord, *, with_reasons: bool) -> dict[str, Any]:
    """One absence and how it was settled; why somebody is away is no business of the other members."""
    return {
        "id": row.id,
        "seat": row.seat,
        "cause": row.cause if with_reasons else None,
        "reason": row.reason if with_reasons else None,
        "recorded_at": write_time(row.recorded_at),
        "state": row.state,
        "settled_at": write_time(row.settled_at) if row.settled_at else None,
        "refusal": row.refusal if with_reasons else None,
        "replacement": row.replacement,
    }


def describe_earlier(row: EarlierWorkRecord) -> dict[str, Any]:
    """One piece of earlier work, whole."""
    return {
        "kind": row.kind,
        "lot": row.lot_id,
        "bid": row.bid_id,
        "seat": row.seat,
        "body": row.body,
        "digest": row.digest,
        "final_at": write_time(row.final_at) if row.final_at else None,
        "cause": row.cause,
        "cause_id": row.cause_id,
        "ended_at": write_time(row.ended_at),
    }


ROUTES: list[Any] = [
    show_panel,
    vote_for_chair,
    reopen_step,
    show_earlier,
    record_absence,
    confirm_absence,
    refuse_absence,
    write_dissent,
    finish_price_review,
]
