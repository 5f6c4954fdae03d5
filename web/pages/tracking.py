"""Following a case by number and code, the published decisions: pages for everybody."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery, URLEncodedBody

from kernel.errors import TenderingError
from web.cases import public_decisions
from web.guards import adapters_of, check_same_origin
from web.pages.forms import text
from web.pages.render import refuse, render
from web.routes import get, post
from web.shapes import write_cursor
from web.tracking import confirm, letter_of, track_case

PER_PAGE = 20


@get("/track")
def show_track(request: Request[Any, Any, Any], number: FromQuery[str] = "") -> Response[str]:
    """The form; a slip's square code fills in the number and never the code."""
    return render(request, "track.html", form={"number": number[:40]}, error=None)


@post("/track", status_code=200)
def track(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[str]:
    """Where the case or project stands."""
    form = slip(data)
    try:
        found = track_case(adapters_of(request), form["number"], form["code"])
    except TenderingError as error:
        return refuse(request, "track.html", error, field="number", form={"number": form["number"]})
    return render(request, "track-found.html", seen=found, form=form, said="")


def slip(data: dict[str, Any]) -> dict[str, str]:
    """Number and code as typed; the code goes back into hidden fields of the answer, never into an address."""
    return {"number": text(data, "number"), "code": text(data, "code")}


@post("/track/letter", status_code=200)
def track_letter(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Any:
    """A letter as PDF."""
    form = slip(data)
    try:
        return letter_of(adapters_of(request), form["number"], form["code"], text(data, "letter"))
    except TenderingError as error:
        return refuse(request, "track.html", error, field="number", form={"number": form["number"]})


@post("/track/confirm", status_code=200)
def track_confirm(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[str]:
    """Confirm what staff filled in."""
    check_same_origin(request)
    form = slip(data)
    try:
        confirm(adapters_of(request), form["number"], form["code"])
        found = track_case(adapters_of(request), form["number"], form["code"])
    except TenderingError as error:
        return refuse(request, "track.html", error, field="number", form={"number": form["number"]})
    return render(request, "track-found.html", seen=found, form=form, said="confirmed")


@get("/decisions")
def show_decisions(request: Request[Any, Any, Any], cursor: FromQuery[str] = "") -> Response[str]:
    """行政许可公示: what was decided, for whom with a masked name."""
    items, key = public_decisions(adapters_of(request), PER_PAGE, cursor)
    following = write_cursor(key) if key else ""
    return render(request, "track-decisions.html", items=items, following=following, is_first=not cursor)


ROUTES = [show_track, track, track_letter, track_confirm, show_decisions]
