"""Supervision over JSON: cards, scores, clips, bulletins, and what targets and weights are set to."""

from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from approval.actions.settings import put_setting
from approval.queries import settings
from approval.queries.calendar import calendar
from approval.settings import Setting
from kernel.clock import read_time, write_time
from kernel.errors import BadInput, NotFound
from storage.database import Session
from supervision.actions import cards as card_actions
from supervision.card_life import CardMove, CardState, moves_of
from supervision.figures import TARGETS
from supervision.periods import read_period
from supervision.queries import bulletins, cards, scores
from supervision.ratings import BAD_RATING_DAYS
from supervision.records import CardRecord
from supervision.rules import RULES
from supervision.score import WEIGHTS
from web.guards import adapters_of, caller
from web.routes import get, post, put
from web.shapes import Shape, create_once, page_limit, paged, read_cursor

SETTINGS: dict[str, Setting] = {s.key: s for s in (TARGETS, WEIGHTS, BAD_RATING_DAYS)}
STAFF = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CENTRE_OFFICE)
READERS = (Duty.SUPERVISOR, Duty.AUDITOR)
OWNERS = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.TENDER_OFFICE)


class MoveRequest(Shape):
    """One move of a card or a complaint; the last four belong to accountability."""

    move: str
    text: str = ""
    upheld: bool | None = None
    person: str = ""
    kind: str = ""
    decided_on: date | None = None
    note: str = ""


class ClipRequest(Shape):
    """Where a camera's recording of a window lies."""

    window: str
    starts_at: str
    ends_at: str
    reference: str
    digest: str = ""


class SettingRequest(Shape):
    """A new value of a setting."""

    value: Any


def moment(text: str, where: str) -> Any:
    """A moment that somebody sent; raises BadInput."""
    try:
        return read_time(text)
    except ValueError:
        raise BadInput(where=where, why="give an ISO 8601 time with its zone") from None


def accountability(data: MoveRequest) -> card_actions.Accountability | None:
    """Who is held to account, if the request says so."""
    if not (data.person or data.kind or data.decided_on):
        return None
    return card_actions.Accountability(data.person, data.kind, data.decided_on, data.note)


def read_move(moves: Any, text: str) -> Any:
    """A move by its word; raises BadInput."""
    try:
        return moves(text)
    except ValueError:
        raise BadInput(where="move", why=f"it must be one of {', '.join(moves)}") from None


def card_filter(request: Request[Any, Any, Any], session: Any, actor: Actor) -> dict[str, Any]:
    """What a reader may see of the cards, narrowed by what they ask for."""
    asked = {
        name: request.query_params.get(name, "")
        for name in ("severity", "state", "rule_class", "family", "rule")
    }
    if actor.holds(Duty.AUDITOR):
        return asked
    if actor.holds(Duty.SUPERVISOR):
        return {**asked, "site_code": cards.visible_sites(session, actor)}
    return {**asked, "department_id": actor.organisation_id}


def card_shape(card: CardRecord, duties: frozenset[Duty] = frozenset()) -> dict[str, Any]:
    """A card as programs read it."""
    return {
        "id": card.id,
        "rule": card.rule,
        "severity": card.severity,
        "class": card.rule_class,
        "family": card.family,
        "subject": {"kind": card.subject_kind, "id": card.subject_id, "name": card.subject_name},
        "department": card.department_id,
        "window": card.window_id,
        "person": card.person_id,
        "site": card.site_code,
        "facts": card.facts,
        "state": card.state,
        "issued_at": write_time(card.issued_at),
        "reply_due": card.reply_due.isoformat() if card.reply_due else None,
        "moves": moves_of(CardState(card.state), duties),
    }


@get("/api/cards")
def list_cards(
    request: Request[Any, Any, Any], cursor: FromQuery[str] = "", limit: FromQuery[int] = 50
) -> Response[Any]:
    """Cards, newest first: an inspector's by site, an auditor's all, everybody else's own department's."""
    actor, size = caller(request).may(Scope.SUPERVISE), page_limit(limit)
    actor.require(*READERS, *OWNERS)
    with adapters_of(request).database.reading() as session:
        wanted = card_filter(request, session, actor)
        rows = cards.page(session, limit=size + 1, after=read_place(cursor), **wanted)
    key = place(rows[size - 1].issued_at, rows[size - 1].id) if len(rows) > size else ""
    return paged(request, [card_shape(row, actor.duties) for row in rows[:size]], size, key)


def place(at: Any, row_id: str) -> str:
    """The key of a row in a list by time."""
    return f"{write_time(at)} {row_id}"


def read_place(cursor: str) -> tuple[Any, str] | None:
    """The time and id inside a cursor; None without one."""
    if not cursor:
        return None
    at, _, row_id = read_cursor(cursor).partition(" ")
    return moment(at, "cursor"), row_id


def sees_card(session: Any, actor: Actor, card_id: str) -> CardRecord:
    """One card for somebody who may see it; raises NotFound for others."""
    card = cards.card(session, card_id)
    if actor.holds(Duty.SUPERVISOR):
        sites = cards.visible_sites(session, actor)
        if sites is None or card.site_code in sites:
            return card
    elif actor.holds(Duty.AUDITOR) or card.department_id == actor.organisation_id:
        return card
    raise NotFound(what="card", id=card_id)


@get("/api/cards/{card_id:str}")
def show_card(request: Request[Any, Any, Any], card_id: FromPath[str]) -> dict[str, Any]:
    """One card with its life and who was held to account."""
    actor = caller(request).may(Scope.SUPERVISE)
    actor.require(*READERS, *OWNERS)
    with adapters_of(request).database.reading() as session:
        card = sees_card(session, actor, card_id)
        events = cards.card_events(session, card_id)
        held = cards.accountability_of(session, card_id=card_id)
    life = [{"move": e.move, "by": e.actor_id, "text": e.text, "at": write_time(e.at)} for e in events]
    named = [{"person": h.person_id, "kind": h.kind, "decided_on": h.decided_on.isoformat()} for h in held]
    return {**card_shape(card, actor.duties), "life": life, "accountability": named}


@post("/api/cards/{card_id:str}/moves")
def move_card(request: Request[Any, Any, Any], card_id: FromPath[str], data: JSONBody[MoveRequest]) -> Any:
    """Defend, rectify, order, cancel or handle."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)
    move = read_move(CardMove, data.move)

    def act(session: Any) -> dict[str, Any]:
        card = card_actions.move_card(
            session,
            actor=actor,
            card_id=card_id,
            move=move,
            text=data.text,
            accountability=accountability(data),
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
        return card_shape(card, actor.duties)

    return create_once(request, adapters, actor, data, act)


@post("/api/clips")
def add_clip(request: Request[Any, Any, Any], data: JSONBody[ClipRequest]) -> Any:
    """Note a recording."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)
    starts, ends = moment(data.starts_at, "starts_at"), moment(data.ends_at, "ends_at")

    def act(session: Any) -> dict[str, Any]:
        clip = card_actions.add_clip(
            session,
            actor=actor,
            window_id=data.window,
            starts_at=starts,
            ends_at=ends,
            reference=data.reference,
            digest=data.digest,
            now=adapters.clock.now(),
        )
        return {"id": clip}

    return create_once(request, adapters, actor, data, act)


@get("/api/scores")
def list_scores(
    request: Request[Any, Any, Any],
    period: FromQuery[str],
    kind: FromQuery[str] = "department",
    top: FromQuery[int] = 100,
) -> dict[str, Any]:
    """The scores of a period, best first, with the counts that give them; `top` makes the award sheet."""
    actor = caller(request).may(Scope.READ)
    actor.require(*READERS, *STAFF)
    if kind not in scores.SUBJECTS:
        raise BadInput(where="kind", why=f"it must be one of {', '.join(scores.SUBJECTS)}")
    with adapters_of(request).database.reading() as session:
        rows = scores.scores(session, read_period(period).name, kind, page_limit(top))
    items = [
        {
            "id": r.subject_id,
            "score": r.score,
            "grade": r.grade,
            "counts": r.counts,
            "weights": r.weights_version,
        }
        for r in rows
    ]
    return {"items": items}


@get("/api/breaches")
def list_breaches(request: Request[Any, Any, Any], period: FromQuery[str]) -> dict[str, Any]:
    """How often each window broke the four regimes in a period; the empty window stands for none."""
    actor, found = caller(request).may(Scope.SUPERVISE), read_period(period)
    actor.require(*READERS)
    with adapters_of(request).database.reading() as session:
        return {"windows": breaches_by_window(session, found.first, found.last)}


def breaches_by_window(session: Session, first: date, last: date) -> dict[str, dict[str, int]]:
    """Breaches of the four regimes, by window and regime."""
    found: dict[str, dict[str, int]] = {}
    for (window, rule), number in cards.breaches(session, first, last).items():
        regime = RULES[rule].regime
        if regime is not None:
            row = found.setdefault(window, {})
            row[regime] = row.get(regime, 0) + number
    return found


@get("/api/bulletins")
def list_bulletins(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The latest bulletins: the centre's and those of the reader's department; inspectors and auditors see all."""
    actor = caller(request).may(Scope.READ)
    actor.require(*READERS, *STAFF, Duty.MONITOR)
    with adapters_of(request).database.reading() as session:
        rows = bulletins.newest(session)
    mine = [r for r in rows if actor.holds(*READERS) or r.department_id in ("", actor.organisation_id)]
    return {
        "items": [
            {
                "id": r.id,
                "period": r.period,
                "department": r.department_id,
                "pdf": r.pdf.hex(),
                "body": r.body,
            }
            for r in mine
        ]
    }


@get("/api/supervision/settings/{key:str}")
def show_setting(request: Request[Any, Any, Any], key: FromPath[str]) -> dict[str, Any]:
    """Targets, weights or limits as they hold, with their version."""
    setting = find_setting(key)
    with adapters_of(request).database.reading() as session:
        latest = settings.latest(session, key)
        return {"value": settings.value(session, setting), "version": latest.version if latest else 0}


@put("/api/supervision/settings/{key:str}")
def change_setting(
    request: Request[Any, Any, Any], key: FromPath[str], data: JSONBody[SettingRequest]
) -> dict[str, Any]:
    """Let new targets, weights or limits hold from now on."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    setting = find_setting(key)
    with adapters.database.transaction() as session:
        version = put_setting(
            session, actor=actor, setting=setting, value=data.value, now=adapters.clock.now()
        )
    return {"version": version}


def find_setting(key: str) -> Setting:
    """A setting of supervision; raises NotFound."""
    if key not in SETTINGS:
        raise NotFound(what="setting", id=key)
    return SETTINGS[key]


ROUTES = [
    list_cards,
    show_card,
    move_card,
    add_clip,
    list_scores,
    list_breaches,
    list_bulletins,
    show_setting,
    change_setting,
]
