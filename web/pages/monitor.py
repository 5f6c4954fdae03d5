"""The monitor (监督员): published figures and bulletins to read, and a box for opinions; nothing else."""

from typing import Any

from litestar import Request, Response
from litestar.params import URLEncodedBody

from accounts.duties import Duty
from kernel.errors import BadInput
from supervision.actions.complaints import give_opinion
from supervision.queries import complaints
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@get("/monitor")
def show_box(request: Request[Any, Any, Any]) -> Response[str]:
    """The box with the monitor's own opinions and their answers."""
    return render(request, "monitor.html", form={}, **values(request))


def values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The monitor's own opinions."""
    actor = actor_of(request, Duty.MONITOR)
    with adapters_of(request).database.reading() as session:
        return {"opinions": complaints.opinions(session, actor.person_id)}


@post("/monitor")
def put_in(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Put an opinion into the box."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.MONITOR)
    try:
        with adapters.database.transaction() as session:
            give_opinion(session, actor=actor, text=text(data, "text"), now=adapters.clock.now())
    except BadInput as error:
        return refuse(request, "monitor.html", error, form=data, **values(request))
    return see("/monitor")


ROUTES = [show_box, put_in]
