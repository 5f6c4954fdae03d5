"""The page of the price checks (清标): what was found in each bid; the chair asks to have a correction confirmed."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import price_checks as actions
from evaluation.queries import clarifications, panel
from evaluation.queries import price_checks as queries
from kernel.errors import TenderingError
from tender import queries as tenders
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.price_checks import describe
from web.routes import get, post

HOMES = {
    Duty.EXPERT: "/expert/tenders/{}",
    Duty.TENDER_OFFICE: "/office/tenders/{}",
    Duty.SUPERVISOR: "/supervision",
}
"""Where each reader came from."""


@get("/price-checks/tenders/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """What was found in every bid of a tender."""
    return render(request, "price-checks.html", form={}, **values_of(request, tender_id))


def values_of(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The page as its reader may see it."""
    actor = actor_of(request, *HOMES)
    with adapters_of(request).database.reading() as session:
        seat = queries.check_reader(session, actor, tender_id)
        bids = describe(session, tender_id)
        asked = {
            row.bid_id: row
            for row in clarifications.of_tender(session, tender_id)
            if row.kind == clarifications.PRICE_CORRECTION
        }
        return {
            "tender": tenders.tender(session, tender_id),
            "lots": tenders.lots(session, tender_id),
            "bids": bids,
            "asked": asked,
            "may_ask": bool(seat) and seat == panel.find_chair(session, tender_id),
            "home": next(home for duty, home in HOMES.items() if actor.holds(duty)).format(tender_id),
        }


@post("/price-checks/tenders/{tender_id:str}/bids/{bid_id:str}")
def ask(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Ask the bidder, as the chair, to confirm the corrected price."""
    adapters, actor = adapters_of(request), actor_of(request, *HOMES)
    try:
        with adapters.database.transaction() as session:
            queries.check_reader(session, actor, tender_id)
            actions.ask_correction(
                session,
                actor=actor,
                tender_id=tender_id,
                bid_id=bid_id,
                text=text(data, "text"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = values_of(request, tender_id)
        field = f"text-{bid_id}"
        return refuse(
            request, "price-checks.html", error, field=field, form={bid_id: text(data, "text")}, **values
        )
    return see(f"/price-checks/tenders/{tender_id}")


ROUTES = [show, ask]
"""Pages of the price checks."""
