"""The inspector's board: cards as they are issued, the life of each, scores; and a department's own cards."""

from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Actor
from approval.queries import settings
from approval.queries.calendar import calendar
from kernel.errors import BadInput, TenderingError
from kernel.working_days import business_day
from supervision.actions.cards import Accountability
from supervision.actions.cards import move_card as do_move
from supervision.card_life import ACCOUNTABILITY, CardMove, CardState, moves_of
from supervision.queries import cards, scores
from supervision.queries.figures import month_before
from supervision.records import CardRecord
from supervision.rules import RULES
from supervision.score import WEIGHTS
from supervision.words import GRADES, REGIMES, SEVERITIES, clause
from supervision.words import RULES as RULE_WORDS
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post
from web.shapes import write_cursor
from web.supervision import (
    OWNERS,
    READERS,
    breaches_by_window,
    card_filter,
    place,
    read_move,
    read_place,
    sees_card,
)

PER_PAGE = 50
FILTERS = {
    "severity": ("red", "yellow", "hint"),
    "rule_class": ("compliance", "timeliness"),
    "family": ("procedure", "fee", "time"),
    "state": tuple(CardState),
}


def board(request: Request[Any, Any, Any], actor: Actor) -> dict[str, Any]:
    """One page of the cards that somebody sees."""
    cursor = request.query_params.get("cursor", "")
    with adapters_of(request).database.reading() as session:
        wanted = card_filter(request, session, actor)
        rows = cards.page(session, limit=PER_PAGE + 1, after=read_place(cursor), **wanted)
        names = accounts.organisation_names(session, {row.department_id for row in rows})
    shown = rows[:PER_PAGE]
    following = write_cursor(place(shown[-1].issued_at, shown[-1].id)) if len(rows) > PER_PAGE else ""
    today = business_day(adapters_of(request).clock.now())
    chosen = {name: request.query_params.get(name, "") for name in FILTERS}
    words = {"rules": RULE_WORDS, "severities": SEVERITIES, "filters": FILTERS, "chosen": chosen}
    return {"cards": shown, "names": names, "following": following, "today": today, "late": is_late, **words}


def is_late(card: CardRecord, today: date) -> bool:
    """Whether the department owes an answer."""
    waits = card.state in (CardState.ISSUED, CardState.ORDERED)
    return waits and card.reply_due is not None and today > card.reply_due


@get("/supervision")
def show_board(request: Request[Any, Any, Any]) -> Response[str]:
    """The live board."""
    actor = actor_of(request, *READERS)
    return render(request, "supervision-board.html", home="/supervision", **board(request, actor))


@get("/supervision/rows")
def show_rows(request: Request[Any, Any, Any]) -> Response[str]:
    """The rows of the board alone, for the script that keeps it fresh."""
    actor = actor_of(request, *READERS)
    return render(request, "supervision-rows.html", home="/supervision", **board(request, actor))


@get("/cards")
def show_own(request: Request[Any, Any, Any]) -> Response[str]:
    """The cards of the reader's own department."""
    actor = actor_of(request, *OWNERS)
    return render(request, "supervision-board.html", home="/cards", **board(request, actor))


def card_values(request: Request[Any, Any, Any], actor: Actor, card_id: str, home: str) -> dict[str, Any]:
    """One card with its life and what may be done."""
    with adapters_of(request).database.reading() as session:
        card = sees_card(session, actor, card_id)
        events = cards.card_events(session, card_id)
        held = cards.accountability_of(session, card_id=card_id)
        ids = {e.actor_id for e in events} | {h.person_id for h in held} | {card.person_id or ""}
        people = accounts.person_names(session, ids)
        names = accounts.organisation_names(session, {card.department_id})
    return {
        "card": card,
        "events": events,
        "held": held,
        "people": people,
        "names": names,
        "moves": moves_of(CardState(card.state), actor.duties),
        "kinds": ACCOUNTABILITY,
        "home": home,
        "rule": RULE_WORDS[card.rule],
        "severities": SEVERITIES,
        "clause": clause(RULES[card.rule].clause),
        "today": business_day(adapters_of(request).clock.now()),
        "late": is_late,
        "form": {},
    }


@get("/supervision/cards/{card_id:str}")
def show_card(request: Request[Any, Any, Any], card_id: FromPath[str]) -> Response[str]:
    """One card for an inspector or auditor."""
    actor = actor_of(request, *READERS)
    return render(request, "supervision-card.html", **card_values(request, actor, card_id, "/supervision"))


@get("/cards/{card_id:str}")
def show_own_card(request: Request[Any, Any, Any], card_id: FromPath[str]) -> Response[str]:
    """One card for its department."""
    actor = actor_of(request, *OWNERS)
    return render(request, "supervision-card.html", **card_values(request, actor, card_id, "/cards"))


@post("/supervision/cards/{card_id:str}")
def move(
    request: Request[Any, Any, Any], card_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Order, cancel or handle."""
    return _move(request, actor_of(request, *READERS), card_id, data, "/supervision")


@post("/cards/{card_id:str}")
def reply(
    request: Request[Any, Any, Any], card_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Defend or rectify."""
    return _move(request, actor_of(request, *OWNERS), card_id, data, "/cards")


def _move(
    request: Request[Any, Any, Any], actor: Actor, card_id: str, data: dict[str, Any], home: str
) -> Response[Any]:
    adapters = adapters_of(request)
    back = f"{home}/cards/{card_id}" if home == "/supervision" else f"{home}/{card_id}"
    try:
        with adapters.database.transaction() as session:
            sees_card(session, actor, card_id)
            do_move(
                session,
                actor=actor,
                card_id=card_id,
                move=read_move(CardMove, text(data, "move")),
                text=text(data, "text"),
                accountability=held_of(session, data),
                calendar=calendar(session),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = card_values(request, actor, card_id, home) | {"form": data}
        return refuse(request, "supervision-card.html", error, **values)
    return see(back)


def held_of(session: Any, data: dict[str, Any]) -> Accountability | None:
    """Who is held to account by a form: their sign-in name, the kind, the day."""
    name, kind, day = text(data, "person"), text(data, "kind"), text(data, "decided_on")
    if not (name or day):
        return None
    person = accounts.person_by_sign_in(session, name)
    if person is None:
        raise BadInput(where="person", why="there is no person with this sign-in name")
    try:
        return Accountability(person.id, kind, date.fromisoformat(day), text(data, "note"))
    except ValueError:
        raise BadInput(where="decided_on", why="give a day, such as 2026-12-01") from None


@get("/supervision/scores")
def show_scores(request: Request[Any, Any, Any], period: FromQuery[str] = "") -> Response[str]:
    """The scores of a period by department, window and person, and breaches of the four regimes by window."""
    actor_of(request, *READERS)
    adapters = adapters_of(request)
    first, _last = month_before(business_day(adapters.clock.now()))
    named = period or f"{first:%Y-%m}"
    with adapters.database.reading() as session:
        tables = {kind: scores.scores(session, named, kind, 100) for kind in scores.SUBJECTS}
        breaches = breaches_by_window(session, first, business_day(adapters.clock.now()))
        windows = cards.window_names(session)
        organisations = accounts.organisation_names(session, {r.subject_id for r in tables["department"]})
        people = accounts.person_names(session, {r.subject_id for r in tables["person"]})
        weights = settings.value(session, WEIGHTS)
    return render(
        request,
        "supervision-scores.html",
        period=named,
        tables=tables,
        subjects={**windows, **organisations, **people},
        weights=weights,
        breaches=breaches,
        windows=windows,
        regimes=REGIMES,
        grades=GRADES,
        since=first,
    )


ROUTES = [show_board, show_rows, show_own, show_card, show_own_card, move, reply, show_scores]
