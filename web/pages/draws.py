"""Draws for their parties: the tender office, the witness and the supervisor commit to secrets and reveal them."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from crypto.canonical import unb64
from expert_pool import actions, queries
from expert_pool.ceremony import due
from expert_pool.records.draws import DrawRecord, VoidedDrawRecord
from kernel.errors import BadInput, NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
from web.ceremony import filled_seats
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

SECRET_BYTES = 32


@get("/draws")
def list_draws(request: Request[Any, Any, Any]) -> Response[str]:
    """The draws in which the person may act."""
    actor = actor_of(request, *actions.PARTY_DUTIES.values())
    with adapters_of(request).database.reading() as session:
        found = [
            (draw, tenders.tender(session, draw.tender_id), queries.parties(session, draw.id))
            for draw in queries.draws(session)
            if own_party(session, actor, draw)
        ]
        voided = [
            (draw, tenders.tender(session, draw.tender_id))
            for draw in queries.voided_draws(session)
            if own_party(session, actor, draw)
        ]
    return render(request, "draws-list.html", draws=found, voided=voided)


def own_party(session: Session, actor: Actor, draw: DrawRecord | VoidedDrawRecord) -> str:
    """The party for which the person acts in a draw; empty for none."""
    for party, duty in actions.PARTY_DUTIES.items():
        if actor.holds(duty) and (
            duty is not Duty.TENDER_OFFICE
            or tenders.tender(session, draw.tender_id).tenderer_id == actor.organisation_id
        ):
            return party
    return ""


def draw_values(request: Request[Any, Any, Any], draw_id: str) -> dict[str, Any]:
    """One draw as its parties see it."""
    actor = actor_of(request, *actions.PARTY_DUTIES.values())
    with adapters_of(request).database.reading() as session:
        draw = queries.draw(session, draw_id)
        party = own_party(session, actor, draw)
        if not party:
            raise NotFound(what="draw", id=draw_id)
        parties = queries.parties(session, draw_id)
        record = tenders.tender(session, draw.tender_id)
        now = adapters_of(request).clock.now()
        found = due(queries.ceremony_state(session, draw), now)
        has_key = queries.draw_key(session, actor.person_id) is not None
        voided, rounds = (
            queries.voided_draws(session, draw.tender_id),
            queries.rounds(session, draw.tender_id),
        )
    own = next(one for one in parties if one.party == party)
    return {
        "draw": draw,
        "tender": record,
        "parties": parties,
        "own": own,
        "due": found,
        "has_key": has_key,
        "voided": voided,
        "rounds": rounds,
        "fills": filled_seats(draw),
    }


@get("/draws/{draw_id:str}")
def show(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> Response[str]:
    """Where the draw stands, and what the person can do now."""
    return render(request, "draws-show.html", typed="", **draw_values(request, draw_id))


@post("/draws/{draw_id:str}/commit")
def commit(
    request: Request[Any, Any, Any], draw_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take a commitment; the secret stays with the person."""
    adapters, actor = adapters_of(request), actor_of(request, *actions.PARTY_DUTIES.values())
    typed = text(data, "commitment")
    try:
        commitment = read_hex(typed)
        with adapters.database.transaction() as session:
            actions.commit(
                session,
                actor=actor,
                draw_id=draw_id,
                party=text(data, "party"),
                commitment=commitment,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = draw_values(request, draw_id)
        return refuse(request, "draws-show.html", error, field="commitment", typed=typed, **values)
    return see(f"/draws/{draw_id}")


@post("/draws/{draw_id:str}/countersign")
def countersign(
    request: Request[Any, Any, Any], draw_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """The supervisor agrees to the request whose hash the page showed."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.SUPERVISOR)
    try:
        hash = read_hex(text(data, "request_hash"))
        with adapters.database.transaction() as session:
            actions.countersign(
                session, actor=actor, draw_id=draw_id, request_hash=hash, now=adapters.clock.now()
            )
    except TenderingError as error:
        return refuse(request, "draws-show.html", error, typed="", **draw_values(request, draw_id))
    return see(f"/draws/{draw_id}")


@post("/draws/{draw_id:str}/void")
def void(
    request: Request[Any, Any, Any], draw_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """The office asks to void a draw that cannot go on; the supervisor agrees."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
    reason, now = text(data, "reason"), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if actor.holds(Duty.SUPERVISOR):
                actions.confirm_void(session, actor=actor, draw_id=draw_id, now=now)
            else:
                actions.ask_void(session, actor=actor, draw_id=draw_id, reason=reason, now=now)
    except TenderingError as error:
        values = draw_values(request, draw_id)
        return refuse(request, "draws-show.html", error, field="reason", typed=reason, **values)
    return see("/draws" if actor.holds(Duty.SUPERVISOR) else f"/draws/{draw_id}")


def read_hex(typed: str) -> bytes:
    """A commitment as people paste it."""
    try:
        return bytes.fromhex(typed)
    except ValueError:
        raise BadInput(where="commitment", why="64 hex digits are needed") from None


@post("/draws/{draw_id:str}/reveal", opt=DRAW_ROOM)
def reveal(
    request: Request[Any, Any, Any], draw_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take a secret in its turn; the last one draws the panel."""
    adapters, actor = adapters_of(request), actor_of(request, *actions.PARTY_DUTIES.values())
    typed = text(data, "secret")
    try:
        secret = unb64(typed, length=SECRET_BYTES)
        with adapters.database.transaction() as session:
            actions.reveal(
                session,
                actor=actor,
                draw_id=draw_id,
                party=text(data, "party"),
                secret=secret,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = draw_values(request, draw_id)
        return refuse(request, "draws-show.html", error, field="secret", typed=typed, **values)
    return see(f"/draws/{draw_id}")


ROUTES = [list_draws, show, countersign, commit, reveal, void]
