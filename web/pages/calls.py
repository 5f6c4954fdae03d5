"""Pages of calling a panel out: the board by seats, without names, and the page on which an expert answers."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from expert_pool.actions import calls as actions
from expert_pool.call_rules import DEFAULT_MINUTES, REASONS
from expert_pool.queries.panels import vacant_seats
from kernel.errors import TenderingError
from tender import queries as tenders
from web.calls import BOARD_READERS, board, check_pin, describe_call
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of
from web.pages.forms import local_moment, text, whole
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


def board_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """A panel's calls as the board shows them."""
    adapters, actor = adapters_of(request), actor_of(request, *BOARD_READERS)
    with adapters.database.reading() as session:
        found = board(session, actor, tender_id, adapters.clock.now())
        return {
            "tender": tenders.tender(session, tender_id),
            "minutes": DEFAULT_MINUTES,
            "vacant": vacant_seats(session, tender_id),
            **found,
        }


@get("/calls/{tender_id:str}")
def show_board(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """How the calls of a panel stand."""
    return render(request, "calls-board.html", **board_values(request, tender_id))


@post("/calls/{tender_id:str}", opt=DRAW_ROOM)
def start(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Call every member of the drawn panel by machine."""
    adapters, actor = adapters_of(request), actor_of(request, *BOARD_READERS)
    try:
        minutes = whole(data, "minutes")
        arrive_by = local_moment(data, "arrive_by") if text(data, "arrive_by") else None
        with adapters.database.transaction() as session:
            actions.start_calls(
                session,
                actor=actor,
                tender_id=tender_id,
                minutes=minutes,
                arrive_by=arrive_by,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        given = {"minutes": text(data, "minutes"), "arrive_by": text(data, "arrive_by")}
        field = str(error.facts.get("where", "minutes"))
        return refuse(
            request, "calls-board.html", error, field=field, **board_values(request, tender_id) | given
        )
    return see(f"/calls/{tender_id}")


def call_values(request: Request[Any, Any, Any], token: str) -> dict[str, Any]:
    """One call for whoever holds its link."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        return {"token": token, "reasons": REASONS, **describe_call(session, token, adapters)}


@get("/call/{token:str}")
def show_call(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The page on which an expert answers, and later checks in."""
    return render(request, "calls-answer.html", chosen="", **call_values(request, token))


@post("/call/{token:str}", opt=DRAW_ROOM)
def answer(
    request: Request[Any, Any, Any], token: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take an answer or a check-in with the PIN."""
    adapters, pin, chosen = adapters_of(request), text(data, "pin"), text(data, "answer")
    now = adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if chosen == "arrive":
                is_right = actions.check_in(session, token=token, pin=pin, now=now)
            else:
                is_right = actions.answer_call(
                    session, token=token, pin=pin, accepts=chosen == "accept", reason=chosen, now=now
                )
        check_pin(is_right)
    except TenderingError as error:
        values = call_values(request, token)
        return refuse(request, "calls-answer.html", error, chosen=chosen, **values)
    return see(f"/call/{token}")


ROUTES = [show_board, start, show_call, answer]
