"""How the reader wants to be reached: a page of their own, seen and changed by nobody else."""

from typing import Any

from litestar import Request, Response
from litestar.params import URLEncodedBody

from accounts import actions, queries
from accounts.contacts import read_contact
from accounts.duties import Duty
from kernel.errors import TenderingError
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@get("/bidder/contact")
def show(request: Request[Any, Any, Any], done: str = "") -> Response[str]:
    """The form with what is kept."""
    actor = actor_of(request, Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        kept = queries.contact(session, actor.person_id)
    return render(request, "bidder-contact.html", telephone=kept.telephone, email=kept.email, done=done)


@post("/bidder/contact")
def keep(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Keep it."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    telephone, email = text(data, "telephone"), text(data, "email")
    try:
        contact = read_contact(telephone, email)
        with adapters.database.transaction() as session:
            actions.set_contact(session, actor=actor, contact=contact, now=adapters.clock.now())
    except TenderingError as error:
        return refuse(request, "bidder-contact.html", error, telephone=telephone, email=email, done="")
    return see("/bidder/contact?done=1")


ROUTES: list[Any] = [show, keep]
