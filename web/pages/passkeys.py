"""A person's own passkeys: what they are for, adding, confirming, removing, a token for the command line."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts import queries
from accounts.actions import passkeys as actions
from accounts.passkeys import is_present, site_of
from kernel.errors import NotFound, Refused, TenderingError
from web.guards import adapters_of
from web.pages.render import actor_of, refuse, render, see
from web.passkeys import browser
from web.routes import get, post


@get("/passkeys")
def show(request: Request[Any, Any, Any]) -> Response[str]:
    """The own passkeys."""
    return render(request, "passkeys.html", **values_of(request))


def values_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The passkeys with what may be done now."""
    adapters, actor = adapters_of(request), actor_of(request)
    try:
        site_of(adapters.settings.public_url)
    except Refused:
        is_possible = False
    else:
        is_possible = True
    with adapters.database.reading() as session:
        return {
            "passkeys": queries.passkeys(session, actor.person_id),
            "is_present": is_present(actor.presence.at, adapters.clock.now()),
            "is_possible": is_possible,
            "is_demanded": not actor.duties.isdisjoint(actor.presence.demanded),
        }


@post("/passkeys/{passkey_id:str}/remove")
def remove(request: Request[Any, Any, Any], passkey_id: FromPath[str]) -> Response[Any]:
    """Remove one of the own passkeys."""
    adapters, (actor, _) = adapters_of(request), browser(request)
    try:
        with adapters.database.transaction() as session:
            actions.remove(session, actor=actor, passkey_id=passkey_id, now=adapters.clock.now())
    except NotFound:
        raise
    except TenderingError as error:
        return refuse(request, "passkeys.html", error, **values_of(request))
    return see("/passkeys")


ROUTES = [show, remove]
"""Pages of a person's passkeys."""
