"""The draw of an agency in the browser: ask for it beside the list, draw, and see how it came about."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from approval.queries import cases
from approval.register_list import register_named
from expert_pool import actions, queries
from expert_pool.agency_draw import agency_leaf
from expert_pool.draw import request_hash
from expert_pool.records import AgencyDrawRecord
from kernel.errors import BadInput, TenderingError
from storage.database import Session
from web.guards import adapters_of, find_caller
from web.pages.comparisons import agency_values
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@post("/intermediaries/draws")
def freeze(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Freeze the list of a service for a case or a tender."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CENTRE_OFFICE, Duty.APPLICANT)
    service = text(data, "service")
    try:
        with adapters.database.transaction() as session:
            draw_id = actions.freeze_agencies(
                session,
                actor=actor,
                subject=_subject(session, text(data, "subject")),
                service=service,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(
            request, "public-agencies.html", error, field="subject", **agency_values(request, service)
        )
    return see(f"/agency-draws/{draw_id}")


def _subject(session: Session, given: str) -> str:
    """A case by its number, or a tender by its id."""
    if not given:
        raise BadInput(where="subject", why="name a case or a tender")
    case = cases.case_by_number(session, given)
    return f"case:{case.id}" if case else f"tender:{given}"


@get("/agency-draws/{draw_id:str}")
def show_draw(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> Response[str]:
    """The frozen list, the root that makes the seed, and who was drawn."""
    found = find_caller(request)
    return render(
        request, "public-agency-draw.html", **_values(request, draw_id, found.actor if found else None)
    )


def _values(request: Request[Any, Any, Any], draw_id: str, actor: Actor | None) -> dict[str, Any]:
    with adapters_of(request).database.reading() as session:
        draw = queries.agency_draw(session, draw_id)
        record = queries.agency_transcript(session, draw)
        value = queries.request_value(session, draw)
    may = actor is not None and (actor.person_id == draw.opened_by or actor.holds(Duty.CENTRE_OFFICE))
    return {
        "draw": draw,
        "record": record,
        "request_hash": request_hash(value).hex(),
        "seed_size": draw.log_index + 2,
        "services": register_named("intermediaries").column("service").choices,
        "reserves": _reserves(draw, record),
        "may_draw": may and draw.root is None,
    }


def _reserves(draw: AgencyDrawRecord, record: dict[str, Any]) -> list[str]:
    names = {agency_leaf(one): str(one["name"]) for one in draw.agencies}
    result = record.get("result")
    return [names[leaf] for leaf in result["reserves"][draw.service]] if result else []


@post("/agency-draws/{draw_id:str}/draw")
def draw(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> Response[Any]:
    """Draw from the frozen list."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CENTRE_OFFICE, Duty.APPLICANT)
    with adapters.database.transaction() as session:
        actions.draw_frozen_agency(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    return see(f"/agency-draws/{draw_id}")


ROUTES = [freeze, show_draw, draw]
