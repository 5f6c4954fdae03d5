"""Draws for their parties: the tender office, the witness and the supervisor commit to secrets and reveal them."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from crypto.canonical import unb64
from expert_pool import actions, queries
from expert_pool.records import DrawRecord
from kernel.errors import BadInput, NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
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
    return render(request, "draws-list.html", draws=found)


def own_party(session: Session, actor: Actor, draw: DrawRecord) -> str:
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
    all_committed = all(one.commitment for one in parties)
    turn = next((one.party for one in parties if not one.secret), "") if all_committed else ""
    own = next(one for one in parties if one.party == party)
    return {"draw": draw, "tender": record, "parties": parties, "own": own, "turn": turn}


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


def read_hex(typed: str) -> bytes:
    """A commitment as people paste it."""
    try:
        return bytes.fromhex(typed)
    except ValueError:
        raise BadInput(where="commitment", why="64 hex digits are needed") from None


@post("/draws/{draw_id:str}/reveal")
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


ROUTES = [list_draws, show, commit, reveal]
