"""Calling a panel out over JSON: the board without names, the expert's own answer, a voice gateway's signed report."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from crypto.canonical import read_json, unb64
from expert_pool import queries as experts
from expert_pool.actions import calls as actions
from expert_pool.call_rules import DEFAULT_MINUTES, MOST_WRONG_PINS, state_now
from expert_pool.queries import calls as queries
from kernel.clock import write_time
from kernel.errors import BadInput, NotAllowed, NotFound
from kernel.fields import Fields
from kernel.settings import read_secret
from storage.adapters import Adapters
from storage.database import Session
from tender.actions.draft import own_tender
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of, caller
from web.routes import get, post, put
from web.shapes import Shape

BOARD_READERS = (Duty.POOL_MANAGER, Duty.SUPERVISOR, Duty.TENDER_OFFICE)
ACCEPT, DECLINE = "1", "2"  # keys on the telephone


class CallsShape(Shape):
    """How long each expert has to answer."""

    minutes: int = DEFAULT_MINUTES
    arrive_by: datetime | None = None


class AnswerShape(Shape):
    """An expert's answer; a refusal names its reason."""

    pin: str
    accepts: bool
    reason: str = ""


class ArrivalShape(Shape):
    """The PIN of the call, typed at the place of the evaluation."""

    pin: str


class ReportShape(Shape):
    """What a voice gateway heard, as the bytes it signed: `token`, `pin`, and `key` 1 to accept or 2 to decline."""

    body: str
    signature: str


@post("/api/tenders/{tender_id:str}/calls", status_code=200, opt=DRAW_ROOM)
def start(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[CallsShape]
) -> dict[str, Any]:
    """Call every member of the drawn panel by machine."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.start_calls(
            session,
            actor=actor,
            tender_id=tender_id,
            minutes=data.minutes,
            arrive_by=data.arrive_by,
            now=now,
        )
        return board(session, actor, tender_id, now)


@get("/api/tenders/{tender_id:str}/calls")
def show_board(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """How the calls of a panel stand, by seat; no name, no number."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.reading() as session:
        return board(session, actor, tender_id, adapters.clock.now())


@get("/api/calls/{token:str}")
def show_call(request: Request[Any, Any, Any], token: FromPath[str]) -> dict[str, Any]:
    """How one call stands, for whoever holds its link; nothing says whom or what it is for."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        return describe_call(session, token, adapters)


@put("/api/calls/{token:str}/answer", opt=DRAW_ROOM)
def answer(
    request: Request[Any, Any, Any], token: FromPath[str], data: JSONBody[AnswerShape]
) -> dict[str, Any]:
    """Accept or decline, with the PIN of the call."""
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        is_right = actions.answer_call(
            session,
            token=token,
            pin=data.pin,
            accepts=data.accepts,
            reason=data.reason,
            now=adapters.clock.now(),
        )
    check_pin(is_right)
    with adapters.database.reading() as session:
        return describe_call(session, token, adapters)


@put("/api/calls/{token:str}/check-in", opt=DRAW_ROOM)
def check_in(
    request: Request[Any, Any, Any], token: FromPath[str], data: JSONBody[ArrivalShape]
) -> dict[str, Any]:
    """Check in at the place of the evaluation, with the PIN of the call."""
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        is_right = actions.check_in(session, token=token, pin=data.pin, now=adapters.clock.now())
    check_pin(is_right)
    with adapters.database.reading() as session:
        return describe_call(session, token, adapters)


@post("/api/call-reports", status_code=200, opt=DRAW_ROOM)
def take_report(request: Request[Any, Any, Any], data: JSONBody[ReportShape]) -> dict[str, str]:
    """Take a voice gateway's report of a keypress, signed with the key that both know (HMAC-SHA256, hex)."""
    adapters, body = adapters_of(request), unb64(data.body)
    key_file = adapters.settings.voice_gateway_key_file
    if not key_file:
        raise NotFound(what="voice gateway", id="")
    expected = hmac.new(read_secret(key_file).encode(), body, sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), data.signature.encode()):
        raise NotAllowed(duty="voice gateway")
    report = Fields(read_json(body))
    token, pin, key = (
        report.text("token", 80),
        report.text("pin", 20),
        report.choice("key", (ACCEPT, DECLINE)),
    )
    report.done()
    with adapters.database.transaction() as session:
        is_right = actions.answer_call(
            session,
            token=token,
            pin=pin,
            accepts=key == ACCEPT,
            reason="other",
            channel="keypress",
            now=adapters.clock.now(),
        )
    check_pin(is_right)
    return {"taken": key}


def check_pin(is_right: bool) -> None:
    """Raise BadInput for a wrong PIN, once its count is kept."""
    if not is_right:
        why = f"this is not the PIN of the call; after {MOST_WRONG_PINS} wrong ones it is locked"
        raise BadInput(where="pin", why=why)


def describe_call(session: Session, token: str, adapters: Adapters) -> dict[str, Any]:
    """A call without whom it is for."""
    call = queries.call_by_token(session, token)
    return {
        "state": state_now(queries.state_of(call), adapters.clock.now()),
        "answer_until": write_time(call.answer_until) if call.answer_until else None,
        "has_checked_in": call.checked_in_at is not None,
        "arrive_by": write_time(call.arrive_by) if call.arrive_by else None,
    }


def board(session: Session, actor: Actor, tender_id: str, now: datetime) -> dict[str, Any]:
    """The board of a panel's calls; the office sees those of its own tenders."""
    actor.require(*BOARD_READERS)
    if not actor.holds(Duty.POOL_MANAGER, Duty.SUPERVISOR):
        own_tender(session, actor, tender_id)
    found = queries.calls(session, tender_id)
    sitting = {seat.seat for seat, _ in experts.panel(session, tender_id)}
    return {
        "calls": [
            {
                "seat": one.seat,
                "group": one.seat_group,
                "state": state_now(queries.state_of(one), now),
                "placed_at": write_time(one.placed_at) if one.placed_at else None,
                "answer_until": write_time(one.answer_until) if one.answer_until else None,
                "answered_at": write_time(one.answered_at) if one.answered_at else None,
                "reason": one.reason or None,
                "checked_in_at": write_time(one.checked_in_at) if one.checked_in_at else None,
                "is_open": one.seat in sitting,
            }
            for one in found
        ],
        "is_complete": queries.all_checked_in(session, tender_id),
    }


ROUTES = [start, show_board, show_call, answer, check_in, take_report]
