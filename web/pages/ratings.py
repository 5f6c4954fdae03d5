"""Rating a finished case: by the link on the slip, or at the terminal by number and code; never by who works here."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from approval.queries.calendar import calendar
from kernel.errors import BadInput, NotFound, TenderingError
from supervision.actions import ratings as actions
from supervision.ratings import LEVELS, ON_THE_SPOT, ONLINE
from web.guards import adapters_of, find_caller
from web.pages.forms import text, whole
from web.pages.render import refuse, render, see
from web.routes import get, post


@get("/rate")
def show_terminal(request: Request[Any, Any, Any]) -> Response[str]:
    """The terminal: number and code of a finished case."""
    return render(request, "rate-terminal.html", form={})


@post("/rate")
def find(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Lead to the rating of the case."""
    adapters, found = adapters_of(request), find_caller(request)
    number = text(data, "number")
    try:
        actions.check_is_customer(found.actor if found else None)
        with adapters.database.transaction() as session:
            token = actions.offer_by_code(
                session,
                keys=adapters.keys,
                number=number,
                code=text(data, "code"),
                now=adapters.clock.now(),
            )
    except NotFound:
        error = BadInput(where="number", why="number and code do not belong together")
        return refuse(request, "rate-terminal.html", error, form={"number": number})
    except TenderingError as error:
        return refuse(request, "rate-terminal.html", error, form={"number": number})
    return see(f"/rate/{token}?at=terminal")


def values(request: Request[Any, Any, Any], token: str) -> dict[str, Any]:
    """The form for the case of a token; raises NotFound for a used one."""
    at_terminal = request.query_params.get("at") == "terminal"
    with adapters_of(request).database.reading() as session:
        case = actions.case_to_rate(session, token=token)
    dimensions = ON_THE_SPOT if at_terminal else ON_THE_SPOT + ONLINE
    return {"case": case, "levels": tuple(reversed(LEVELS)), "dimensions": dimensions, "form": {}}


@get("/rate/{token:str}")
def show(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The form."""
    try:
        found = values(request, token)
    except NotFound:
        return render(request, "rate-done.html", status=404, level=None)
    return render(request, "rate-form.html", **found)


@post("/rate/{token:str}")
def rate(
    request: Request[Any, Any, Any], token: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take the rating."""
    adapters, found = adapters_of(request), find_caller(request)
    channel = "terminal" if request.query_params.get("at") == "terminal" else "online"
    try:
        marks = {name: whole(data, name) for name in ON_THE_SPOT + ONLINE if text(data, name)}
        if not text(data, "level"):
            raise BadInput(where="level", why="choose one of the five levels")
        command = actions.Rate(whole(data, "level"), marks, channel, text(data, "remark"))
        with adapters.database.transaction() as session:
            actions.rate(
                session,
                rater=found.actor if found else None,
                token=token,
                command=command,
                calendar=calendar(session),
                now=adapters.clock.now(),
            )
    except NotFound:
        return render(request, "rate-done.html", status=404, level=None)
    except TenderingError as error:
        try:
            shown = values(request, token)
        except NotFound:
            return render(request, "rate-done.html", status=404, level=None)
        return refuse(request, "rate-form.html", error, **{**shown, "form": data})
    return render(request, "rate-done.html", level=command.level)


ROUTES = [show_terminal, find, show, rate]
