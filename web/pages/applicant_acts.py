"""What an applicant does with a case by a button: hand in, complete, withdraw, ask for a pre-check, confirm, rate."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from approval.actions import own_cases
from approval.lifecycle import Act
from kernel.errors import NotAllowed, NotFound, TenderingError
from storage.adapters import Adapters
from supervision.actions.ratings import offer_rating
from web.cases import carry_out
from web.guards import adapters_of
from web.pages.applicant import case_values, own_case
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


def done(
    request: Request[Any, Any, Any], case_id: str, said: str, work: Callable[[Adapters, Actor], object]
) -> Response[Any]:
    """Do something to one's own case and show it again; a refusal stands on top of the page."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
    with adapters.database.reading() as session:
        own_case(session, actor, case_id)
    try:
        work(adapters, actor)
    except (NotFound, NotAllowed):
        raise
    except TenderingError as error:
        return refuse(request, "applicant-case.html", error, said="", **case_values(request, case_id))
    return see(f"/applications/{case_id}?said={said}")


@post("/applications/{case_id:str}/hand-in")
def hand_in(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """Hand the application in."""
    return done(
        request, case_id, "handed_in", lambda door, actor: carry_out(door, actor, case_id, Act.APPLY, {})
    )


@post("/applications/{case_id:str}/supplement")
def supplement(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """Say that everything the one-time notice names has come."""
    return done(
        request,
        case_id,
        "supplemented",
        lambda door, actor: carry_out(door, actor, case_id, Act.SUPPLEMENT, {}),
    )


@get("/applications/{case_id:str}/withdraw")
def show_withdraw(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[str]:
    """Ask once more before a case is withdrawn."""
    return render(request, "applicant-withdraw.html", **case_values(request, case_id))


@post("/applications/{case_id:str}/withdraw")
def withdraw(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take the application back."""
    reason = {"reason": text(data, "reason")}
    return done(
        request,
        case_id,
        "withdrawn",
        lambda door, actor: carry_out(door, actor, case_id, Act.WITHDRAW, reason),
    )


@post("/applications/{case_id:str}/pre-check")
def ask_pre_check(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """Ask the window to look at the draft."""

    def work(adapters: Adapters, actor: Actor) -> None:
        with adapters.database.transaction() as session:
            own_cases.ask_pre_check(session, actor=actor, case_id=case_id, now=adapters.clock.now())

    return done(request, case_id, "asked", work)


@post("/applications/{case_id:str}/confirm")
def confirm(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """Confirm what staff filled in."""

    def work(adapters: Adapters, actor: Actor) -> None:
        with adapters.database.transaction() as session:
            own_cases.confirm_filled(session, case_id=case_id, now=adapters.clock.now())

    return done(request, case_id, "confirmed", work)


@post("/applications/{case_id:str}/rating")
def begin_rating(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """Go on to rate a finished case, once."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
    try:
        with adapters.database.transaction() as session:
            own_case(session, actor, case_id)
            token = offer_rating(session, case_id=case_id, now=adapters.clock.now())
    except NotFound:
        raise
    except TenderingError as error:
        return refuse(request, "applicant-case.html", error, said="", **case_values(request, case_id))
    return see(f"/rate/{token}")


ROUTES = [hand_in, supplement, show_withdraw, withdraw, ask_pre_check, confirm, begin_rating]
