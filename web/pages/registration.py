"""Registering oneself to apply for permits: name, sign-in name, password; no e-mail is asked for."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery, URLEncodedBody

from accounts.actions import NewApplicant
from kernel.errors import NameTaken, TenderingError
from web.applicants import new_applicant
from web.guards import adapters_of, check_same_origin
from web.local_paths import local_path
from web.pages.forms import text
from web.pages.render import refuse, render
from web.pages.site import start_session
from web.routes import get, post


@get("/register")
def show_registration(request: Request[Any, Any, Any], next: FromQuery[str] = "") -> Response[str]:
    """The form."""
    return render(
        request, "applicant-register.html", form={"next": local_path(next) if next else ""}, error=None
    )


@post("/register")
def register(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Make the account and sign its person in."""
    check_same_origin(request)
    adapters = adapters_of(request)
    command = NewApplicant(text(data, "name"), text(data, "sign_in"), str(data.get("password", "")))
    try:
        person_id = new_applicant(adapters, command)
    except TenderingError as error:
        field = "sign_in" if isinstance(error, NameTaken) else ""
        return refuse(request, "applicant-register.html", error, field=field, form=data)
    return start_session(adapters, person_id, local_path(text(data, "next") or "/applications"))


ROUTES = [show_registration, register]
