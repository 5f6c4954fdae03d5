"""Signing in and out, the choice of language and of text size."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import URLEncodedBody

from accounts.actions import begin_session, end_session
from kernel.errors import TenderingError
from storage.adapters import Adapters
from web.guards import SESSION_COOKIE, adapters_of, check_same_origin, find_caller
from web.language import COOKIE, DEFAULT, LANGUAGES
from web.local_paths import local_path
from web.pages.render import HOMES, LARGE_TEXT, refuse, render, see
from web.routes import get, post
from web.sign_in import person_behind


@get("/sign-in")
def show_sign_in(request: Request[Any, Any, Any], next: str = "") -> Response[str]:
    """The form for name and password."""
    return render(request, "sign-in.html", next=local_path(next) if next else "", sign_in="", error=None)


@post("/sign-in")
def sign_in(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, str]]) -> Response[Any]:
    """Start a browser session."""
    check_same_origin(request)
    adapters = adapters_of(request)
    name = data.get("sign_in", "").strip()
    try:
        person_id = person_behind(adapters, name, data.get("password", ""))
    except TenderingError as error:
        return refuse(request, "sign-in.html", error, next=data.get("next", ""), sign_in=name)
    return start_session(adapters, person_id, local_path(data.get("next") or "/home"))


def start_session(adapters: Adapters, person_id: str, path: str) -> Response[Any]:
    """Sign a person in at this browser and go on to a page."""
    with adapters.database.transaction() as session:
        secret = begin_session(
            session, person_id=person_id, hours=adapters.settings.session_hours, now=adapters.clock.now()
        )
    answer = see(path)
    answer.set_cookie(
        Cookie(
            SESSION_COOKIE,
            value=secret,
            httponly=True,
            samesite="lax",
            secure=adapters.settings.secure_cookies,
            max_age=adapters.settings.session_hours * 3600,
        )
    )
    return answer


@post("/sign-out")
def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the browser session."""
    check_same_origin(request)
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        end_session(session, secret=request.cookies.get(SESSION_COOKIE, ""))
    answer = see("/")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@get("/home")
def home(request: Request[Any, Any, Any]) -> Response[Any]:
    """Where the signed-in person's work begins."""
    found = find_caller(request)
    duties = sorted(found.actor.duties) if found else []
    return see(next((HOMES[duty] for duty in duties if duty in HOMES), "/"))


@get("/language/{code:str}")
def choose_language(code: str, back: str = "/") -> Response[Any]:
    """Keep the reader's language and go back."""
    answer = see(local_path(back))
    answer.set_cookie(
        Cookie(COOKIE, value=code if code in LANGUAGES else DEFAULT, samesite="lax", max_age=365 * 86400)
    )
    return answer


@get("/text-size/{size:str}")
def choose_text_size(size: str, back: str = "/") -> Response[Any]:
    """Keep whether the reader wants large text."""
    answer = see(local_path(back))
    value = "1" if size == "large" else "0"
    answer.set_cookie(Cookie(LARGE_TEXT, value=value, samesite="lax", max_age=365 * 86400))
    return answer


ROUTES = [show_sign_in, sign_in, sign_out, home, choose_language, choose_text_size]
