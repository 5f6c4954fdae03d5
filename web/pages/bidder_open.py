"""The bidder's side of an opening: handing in the own part of the key, or a seed as the remedy, in the browser."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts.duties import Duty
from kernel.errors import NotYetClosed, TooFewBids
from tender.actions import own_secrets
from tender.failures import PART, SEED
from web.guards import adapters_of
from web.pages.bidder import task_values
from web.pages.render import actor_of, render
from web.routes import get


@get("/bidder/tenders/{tender_id:str}/open")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The bidder's envelopes that open now, and what is wanted of each."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    values = task_values(request, actor, tender_id)
    now = adapters.clock.now()
    own: list[own_secrets.OwnEnvelope] = []
    if not values["takes_bids"]:
        try:
            with adapters.database.transaction() as session:
                own = own_secrets.own_envelopes(
                    session, keys=adapters.keys, actor=actor, tender_id=tender_id, now=now
                )
        except (NotYetClosed, TooFewBids):  # nothing of this opens, and the page says so
            own = []
    return render(
        request,
        "bidder-open.html",
        own=own,
        wants_parts=any(one.is_wanted(PART, now) for one in own),
        wants_seeds=any(one.is_wanted(SEED, now) for one in own),
        **values,
    )


ROUTES: list[Any] = [show]
