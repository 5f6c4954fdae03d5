"""Clarifications over JSON: the chair asks and rules, the bidder answers, the panel, office and supervisor read."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from evaluation.actions import clarify
from evaluation.queries import clarifications as queries
from evaluation.records.clarifications import ClarificationRecord
from kernel.clock import write_time
from kernel.money import read_units, write_units
from storage.database import Session
from tender import queries as tenders
from web.evaluations import check_reader
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class Question(Shape):
    """What a bidder is asked; a price correction names the corrected price as decimal text."""

    kind: str
    text: str
    corrected_price: str | None = None
    limit_minutes: int = clarify.LEAST_MINUTES


class Answer(Shape):
    """What a bidder answers; `confirms` only for a corrected price."""

    text: str
    confirms: bool | None = None


class Ruling(Shape):
    """How the panel takes an answer."""

    ruling: str
    reason: str


@get("/api/tenders/{tender_id:str}/clarifications")
def list_all(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[Any]:
    """Everything that the panel asked, for the panel, the office and the supervisor."""
    with adapters_of(request).database.reading() as session:
        check_reader(request, session, tender_id)
        return [describe(session, row) for row in queries.of_tender(session, tender_id)]


@get("/api/tenders/{tender_id:str}/my-clarifications")
def list_own(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[Any]:
    """What the panel asked about the bidder's own bids, and nothing else."""
    actor = caller(request).may(Scope.BID)
    with adapters_of(request).database.reading() as session:
        return [describe(session, row) for row in of_bidder(session, actor, tender_id)]


def of_bidder(session: Session, actor: Actor, tender_id: str) -> list[ClarificationRecord]:
    """The questions to the actor's own bids."""
    actor.require(Duty.BIDDER)
    bids = tenders.bids_of_bidder(session, tender_id, actor.organisation_id)
    return queries.of_bids(session, {bid.id for bid in bids})


@post("/api/tenders/{tender_id:str}/bids/{bid_id:str}/clarifications")
def ask(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: JSONBody[Question],
) -> Any:
    """Ask a bidder in writing, as the chair."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)

    def act(session: Session) -> dict[str, Any]:
        id = clarify.ask(
            session,
            actor=actor,
            tender_id=tender_id,
            bid_id=bid_id,
            kind=data.kind,
            text=data.text,
            corrected_price_units=price_units(session, tender_id, data.corrected_price),
            limit_minutes=data.limit_minutes,
            now=adapters.clock.now(),
        )
        return {"id": id}

    return create_once(request, adapters, actor, data, act)


@post("/api/clarifications/{clarification_id:str}/answer")
def answer(
    request: Request[Any, Any, Any], clarification_id: FromPath[str], data: JSONBody[Answer]
) -> dict[str, Any]:
    """Answer a question to one's own bid, once, before its limit."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        clarify.answer(
            session,
            actor=actor,
            clarification_id=clarification_id,
            text=data.text,
            confirms=data.confirms,
            now=now,
        )
        return {"answered_at": write_time(now)}


@post("/api/clarifications/{clarification_id:str}/ruling")
def rule(
    request: Request[Any, Any, Any], clarification_id: FromPath[str], data: JSONBody[Ruling]
) -> dict[str, Any]:
    """Say how the panel takes an answer, as the chair."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        clarify.rule(
            session,
            actor=actor,
            clarification_id=clarification_id,
            ruling=data.ruling,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return {"ruling": data.ruling}


def price_units(session: Session, tender_id: str, text: str | None) -> int | None:
    """A price as decimal text in the tender's units."""
    if not text:
        return None
    return read_units(text, tenders.tender(session, tender_id).price_places, "corrected_price")


def describe(session: Session, row: ClarificationRecord) -> dict[str, Any]:
    """One question with its answer and ruling."""
    places = tenders.tender(session, row.tender_id).price_places
    price = None if row.corrected_price is None else write_units(row.corrected_price, places)
    return {
        "id": row.id,
        "tender": row.tender_id,
        "lot": row.lot_id,
        "bid": row.bid_id,
        "kind": row.kind,
        "text": row.text,
        "corrected_price": price,
        "asked_at": write_time(row.asked_at),
        "answer_until": write_time(row.answer_until),
        "answer": row.answer,
        "confirms": row.confirms,
        "answered_at": write_time(row.answered_at) if row.answered_at else None,
        "ruling": row.ruling,
        "ruling_reason": row.ruling_reason,
        "ruled_at": write_time(row.ruled_at) if row.ruled_at else None,
    }


ROUTES: list[Any] = [list_all, list_own, ask, answer, rule]
