"""Clarification (澄清): the chair asks a bidder in writing, for the panel; the bidder answers so, and the panel rules.

A bidder cannot write unless asked, and an answer never changes the substance of a bid (条例 52). Nothing that was
written is changed afterwards.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from evaluation.actions.ranking import rank_when_complete
from evaluation.actions.reopen import written
from evaluation.actions.seat import check_open, take_chair
from evaluation.compliance import SEALED
from evaluation.queries import clarifications as queries
from evaluation.queries import judging
from evaluation.queries.clarifications import ACCEPTED, PRICE_CORRECTION
from evaluation.records.clarifications import ClarificationRecord
from evaluation.signed_work import words_digest
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import BidId, new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders

GENERAL, ABNORMALLY_LOW = "general", "abnormally_low"
KINDS: Final = (GENERAL, PRICE_CORRECTION, ABNORMALLY_LOW)
LEAST_MINUTES = 30  # for an answer
MOST_MINUTES = 7 * 24 * 60
DISREGARDED, UNANSWERED = "disregarded", "unanswered"
RULINGS: Final = (ACCEPTED, DISREGARDED, UNANSWERED)


def ask(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    bid_id: str,
    kind: str,
    text: str,
    corrected_price_units: int | None = None,
    limit_minutes: int = LEAST_MINUTES,
    now: datetime,
) -> str:
    """Ask a bidder in writing, as the chair, for the panel; returns the question's id.

    Raises:
        BadInput: an unknown kind, no text, a limit too short, or a corrected price where none belongs.
        Refused: the actor is a member but not the chair.
    """
    seat = take_chair(session, actor, tender_id)
    bid = tenders.bid(session, bid_id)
    prices = {one.bid_id: one.price for one in judging.opened_bids(session, tender_id, bid.lot_id)}
    if bid.tender_id != tender_id or bid_id not in prices:
        raise NotFound(what="bid", id=bid_id)
    _check_question(kind, corrected_price_units, limit_minutes)
    if kind == PRICE_CORRECTION and prices[BidId(bid_id)] == SEALED:
        raise Refused(rule="prices-first", why="the prices stay sealed until the panel's scores are locked")
    record = ClarificationRecord(
        id=new_id(),
        tender_id=tender_id,
        lot_id=bid.lot_id,
        bid_id=bid_id,
        kind=kind,
        text=written("text", text),
        corrected_price=corrected_price_units,
        asked_by=seat,
        asked_at=now,
        answer_until=now + timedelta(minutes=limit_minutes),
    )
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {
        "bid": bid_id,
        "kind": kind,
        "question": words_digest(record.text),
        "corrected_price": None if corrected_price_units is None else str(corrected_price_units),
        "minutes": limit_minutes,
    }
    audit_log.append(session, Fact("clarification.asked", record.id, tender_id, data), now)
    return record.id


def answer(
    session: Session,
    *,
    actor: Actor,
    clarification_id: str,
    text: str,
    confirms: bool | None = None,
    now: datetime,
) -> None:
    """Answer a question to one's own bid, once and in time; `confirms` says yes or no to a corrected price.

    Raises:
        Refused: it was answered before, or the limit has passed.
        BadInput: no words, or no yes or no where a price is to be confirmed.
    """
    actor.require(Duty.BIDDER)
    asked = queries.clarification(session, clarification_id)
    if tenders.bid(session, asked.bid_id).bidder_id != actor.organisation_id:
        raise NotFound(what="clarification", id=clarification_id)
    check_open(session, asked.tender_id)
    record = queries.clarification(session, clarification_id, lock=True)
    if record.answer is not None:
        raise Refused(rule="one-answer", why="this question was answered; an answer is never changed")
    if now > record.answer_until or record.ruling is not None:
        raise Refused(rule="answer-limit", why="the time for the answer is over")
    if (confirms is None) == (record.kind == PRICE_CORRECTION):
        raise BadInput(where="confirms", why="say whether you confirm, only for a corrected price")
    record.answer, record.confirms = written("text", text), confirms
    record.answered_by, record.answered_at = actor.person_id, now
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {
        "bid": record.bid_id,
        "answer": words_digest(record.answer),
        "confirms": confirms,
    }
    audit_log.append(session, Fact("clarification.answered", record.id, record.tender_id, data), now)


def rule(
    session: Session, *, actor: Actor, clarification_id: str, ruling: str, reason: str, now: datetime
) -> None:
    """Say, as the chair, how the panel takes an answer: accepted, disregarded as a change of substance, or none came.

    Raises:
        Refused: it was settled before, the answer is still awaited, or there is an answer after all.
    """
    asked = queries.clarification(session, clarification_id)
    seat = take_chair(session, actor, asked.tender_id)
    record = queries.clarification(session, clarification_id, lock=True)
    if ruling not in RULINGS:
        raise BadInput(where="ruling", why=f"it must be one of {', '.join(RULINGS)}")
    if record.ruling is not None:
        raise Refused(rule="one-ruling", why="the panel has settled this question already")
    if record.answer is None and now <= record.answer_until:
        raise Refused(rule="answer-limit", why="the bidder still has time to answer")
    if (record.answer is None) != (ruling == UNANSWERED):
        raise BadInput(where="ruling", why="accept or disregard an answer; unanswered is for none")
    record.ruling, record.ruling_reason = ruling, written("reason", reason)
    record.ruled_by, record.ruled_at = seat, now
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {"ruling": ruling, "reason": words_digest(record.ruling_reason)}
    audit_log.append(session, Fact("clarification.ruled", record.id, record.tender_id, data), now)
    rank_when_complete(session, record.tender_id, now)


def _check_question(kind: str, corrected_price_units: int | None, limit_minutes: int) -> None:
    if kind not in KINDS:
        raise BadInput(where="kind", why=f"it must be one of {', '.join(KINDS)}")
    if not LEAST_MINUTES <= limit_minutes <= MOST_MINUTES:
        raise BadInput(where="limit_minutes", why=f"give from {LEAST_MINUTES} to {MOST_MINUTES} minutes")
    if (corrected_price_units is None) == (kind == PRICE_CORRECTION):
        raise BadInput(where="corrected_price", why="a corrected price goes with a price correction only")
    if corrected_price_units is not None and not 0 < corrected_price_units < 1 << 62:
        raise BadInput(where="corrected_price", why="a price must be above zero")
