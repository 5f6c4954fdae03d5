"""The supervisor's decoys: invented entries of the pool, and who touched one."""

from typing import Any

from litestar import Request, Response
from litestar.params import URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Duty
from expert_pool.actions.decoys import plant
from expert_pool.experts import TITLES
from expert_pool.pool_file import HEADINGS
from expert_pool.queries.decoys import decoys, touches
from kernel.errors import TenderingError
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.pool_entries import one_entry
from web.routes import get, post


@get("/decoys")
def show_decoys(request: Request[Any, Any, Any]) -> Response[str]:
    """What is planted, who touched it, and the form to plant more."""
    return render(request, "decoys.html", form={}, **decoy_values(request))


def decoy_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Planted entries by number, and touches with the name of who did it."""
    actor_of(request, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        planted, found = decoys(session), touches(session)
        names = accounts.person_names(session, {one.person_id for one in found})
    numbers = {row.id: row.number for row in planted}
    rows = [(one, numbers.get(one.expert_id, ""), names.get(one.person_id, "")) for one in found]
    return {"planted": planted, "touches": rows, "titles": TITLES}


@post("/decoys")
def plant_one(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Plant an invented entry; what is wrong is said by field."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.SUPERVISOR)
    try:
        read = one_entry({key: text(data, key) for key in HEADINGS if key not in ("sign_in", "standing")})
        with adapters.database.transaction() as session:
            now = adapters.clock.now()
            plant(session, actor=actor, expert=read.expert, identity=read.identity, now=now)
    except TenderingError as error:
        return refuse(request, "decoys.html", error, form=data, **decoy_values(request))
    return see("/decoys")


ROUTES = [show_decoys, plant_one]
