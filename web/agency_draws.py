"""The draw of an agency over JSON: freeze the list, draw, read the record that recomputes."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import JsonValue
from expert_pool import actions, queries
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class AgencyDrawRequest(Shape):
    """What an agency is needed for: `subject` is `case:ID` or `tender:ID`."""

    subject: str
    service: str


@post("/api/agency-draws")
def freeze(request: Request[Any, Any, Any], data: JSONBody[AgencyDrawRequest]) -> Response[bytes]:
    """Freeze the list of agencies under one hash."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    actor.require(Duty.CENTRE_OFFICE)
    return create_once(
        request,
        adapters,
        actor,
        data,
        lambda session: {
            "id": actions.freeze_agencies(
                session, actor=actor, subject=data.subject, service=data.service, now=adapters.clock.now()
            )
        },
    )


@post("/api/agency-draws/{draw_id:str}/draw", status_code=200)
def draw(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> dict[str, str]:
    """Draw with the root that the log had after the next entry."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    actor.require(Duty.CENTRE_OFFICE)
    with adapters.database.transaction() as session:
        code = actions.draw_frozen_agency(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    return {"agency": code}


@get("/api/agency-draws/{draw_id:str}")
def show_record(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> dict[str, JsonValue]:
    """The record of a draw, for everybody (docs/formats/agency-draw.md)."""
    with adapters_of(request).database.reading() as session:
        return queries.agency_transcript(session, queries.agency_draw(session, draw_id))


ROUTES = [freeze, draw, show_record]
