"""Draws of an evaluation over JSON: the office freezes and draws, everybody reads the records that recompute."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts.credentials import Scope
from accounts.duties import Duty
from evaluation.actions import draws as actions
from evaluation.queries import draws as queries
from web.guards import adapters_of, caller
from web.pages.public import published
from web.routes import get, post
from web.shapes import create_once


@post("/api/tenders/{tender_id:str}/lots/{lot_id:str}/evaluation-draws")
def freeze(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> Response[bytes]:
    """Freeze what the lot has to draw now: coefficients and samples after the opening, ties after the ranking."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.TENDER_OFFICE)
    return create_once(
        request,
        adapters,
        actor,
        None,
        lambda session: {
            "id": actions.freeze_draw(
                session, actor=actor, tender_id=tender_id, lot_id=lot_id, now=adapters.clock.now()
            )
        },
    )


@post("/api/evaluation-draws/{draw_id:str}/draw", status_code=200)
def draw(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> dict[str, Any]:
    """Draw what was frozen, with the root that the log had after the next entry."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.TENDER_OFFICE)
    with adapters.database.transaction() as session:
        return {"result": actions.make_draw(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())}


@get("/api/tenders/{tender_id:str}/evaluation-draws")
def show_records(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[Any]:
    """The records of a tender's draws, for everybody (docs/formats/evaluation-draw.md)."""
    with adapters_of(request).database.reading() as session:
        published(session, tender_id)
        return [queries.transcript(session, record) for record in queries.draws(session, tender_id)]


ROUTES = [freeze, draw, show_records]
