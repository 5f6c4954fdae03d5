"""Complaints, ratings and opinions over JSON: everybody's, and what inspectors do with them."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from approval.queries.calendar import calendar
from kernel.clock import write_time
from kernel.errors import BadInput
from supervision.actions import complaints as complaint_actions
from supervision.actions import ratings as rating_actions
from supervision.complaint_life import ComplaintMove
from supervision.periods import read_period
from supervision.queries import cards, complaints, ratings
from supervision.ratings import FORMULA, Standing, stars
from supervision.records import ComplaintRecord
from web.guards import adapters_of, caller, find_caller
from web.routes import get, post
from web.shapes import Shape, create_once, page_limit, paged
from web.supervision import READERS, STAFF, MoveRequest, accountability, moment, place, read_move, read_place


class ComplaintRequest(Shape):
    """A complaint; name and telephone make it one under a real name."""

    subject_kind: str
    subject: str
    text: str
    name: str = ""
    telephone: str = ""
    happened_at: str = ""


class CodeRequest(Shape):
    """A number with the code on its slip."""

    number: str
    code: str


class RatingRequest(Shape):
    """One rating by its token."""

    token: str
    level: int
    marks: dict[str, int] = msgspec.field(default_factory=dict)
    remark: str = ""
    channel: str = "online"


class OpinionRequest(Shape):
    """An opinion, or its answer."""

    text: str


def complaint_shape(record: ComplaintRecord) -> dict[str, Any]:
    """A complaint as its reader sees it; never who made it."""
    return {
        "id": record.id,
        "number": record.number,
        "subject": {"kind": record.subject_kind, "id": record.subject_id, "name": record.subject_name},
        "named": record.is_real_name,
        "state": record.state,
        "made_at": write_time(record.made_at),
        "answer_due": record.answer_due.isoformat(),
        "finding_due": record.finding_due.isoformat() if record.finding_due else None,
        "upheld": record.is_upheld,
        "reply": record.reply,
    }


@post("/api/complaints")
def complain(request: Request[Any, Any, Any], data: JSONBody[ComplaintRequest]) -> Response[Any]:
    """Complain about a case, a tender, a window, a department or a site; everybody may, with or without a name."""
    adapters = adapters_of(request)
    happened = moment(data.happened_at, "happened_at") if data.happened_at else None
    command = complaint_actions.Complain(
        data.subject_kind, data.subject, data.text, data.name, data.telephone, happened
    )
    with adapters.database.transaction() as session:
        record, code = complaint_actions.complain(
            session,
            keys=adapters.keys,
            command=command,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
    return Response(
        {"number": record.number, "code": code, "answer_due": str(record.answer_due)}, status_code=201
    )


@post("/api/complaints/follow", status_code=200)
def follow_complaint(request: Request[Any, Any, Any], data: JSONBody[CodeRequest]) -> dict[str, Any]:
    """How a complaint stands, for who holds its number and code."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = complaint_actions.follow(session, keys=adapters.keys, number=data.number, code=data.code)
    return complaint_shape(record)


@get("/api/complaints")
def list_complaints(
    request: Request[Any, Any, Any],
    kind: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> Response[Any]:
    """Complaints about cases and tenders in one list, newest first."""
    actor, size = caller(request).may(Scope.SUPERVISE), page_limit(limit)
    actor.require(*READERS)
    state = request.query_params.get("state", "")  # a name that the framework keeps for itself as a parameter
    with adapters_of(request).database.reading() as session:
        sites = None if actor.holds(Duty.AUDITOR) else cards.visible_sites(session, actor)
        rows = complaints.page(
            session, limit=size + 1, after=read_place(cursor), sites=sites, state=state, subject_kind=kind
        )
    key = place(rows[size - 1].made_at, rows[size - 1].id) if len(rows) > size else ""
    return paged(request, [complaint_shape(row) for row in rows[:size]], size, key)


@post("/api/complaints/{complaint_id:str}/moves")
def move_complaint(
    request: Request[Any, Any, Any], complaint_id: FromPath[str], data: JSONBody[MoveRequest]
) -> Any:
    """Accept, refuse, find, reply, call back or close."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)
    move = read_move(ComplaintMove, data.move)

    def act(session: Any) -> dict[str, Any]:
        record = complaint_actions.move_complaint(
            session,
            actor=actor,
            complaint_id=complaint_id,
            move=move,
            text=data.text,
            is_upheld=data.upheld,
            accountability=accountability(data),
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
        return complaint_shape(record)

    return create_once(request, adapters, actor, data, act)


@post("/api/ratings/offers")
def offer_rating(request: Request[Any, Any, Any], data: JSONBody[CodeRequest]) -> dict[str, str]:
    """The token to rate a finished case with, for who holds its number and code."""
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        token = rating_actions.offer_by_code(
            session, keys=adapters.keys, number=data.number, code=data.code, now=adapters.clock.now()
        )
    return {"token": token}


@post("/api/ratings")
def rate(request: Request[Any, Any, Any], data: JSONBody[RatingRequest]) -> dict[str, int]:
    """Rate a case once; refused while somebody who works here is signed in."""
    adapters, found = adapters_of(request), find_caller(request)
    if data.channel not in ("online", "terminal"):
        raise BadInput(where="channel", why="it must be one of online, terminal")
    command = rating_actions.Rate(data.level, data.marks, data.channel, data.remark)
    with adapters.database.transaction() as session:
        rating_actions.rate(
            session,
            rater=found.actor if found else None,
            token=data.token,
            command=command,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
    return {"level": data.level}


@get("/api/ratings")
def rating_aggregates(
    request: Request[Any, Any, Any], period: FromQuery[str], subject: FromQuery[str] = "department_id"
) -> dict[str, Any]:
    """Aggregates of at least five ratings, and the stars; nobody reads a single rating."""
    actor = caller(request).may(Scope.READ)
    actor.require(*READERS, *STAFF, Duty.MONITOR)
    if subject not in ratings.SUBJECTS:
        raise BadInput(where="subject", why=f"it must be one of {', '.join(ratings.SUBJECTS)}")
    found = read_period(period)
    with adapters_of(request).database.reading() as session:
        rows = ratings.standings(session, subject, found.first, found.last)
    shown = [standing_shape(row) for row in rows if row.is_shown]
    return {"formula": FORMULA, "items": shown, "stars": [standing_shape(s) for s in stars(rows, 10)]}


def standing_shape(row: Standing) -> dict[str, Any]:
    """The ratings of one subject."""
    return {"id": row.subject_id, "ratings": row.ratings, "satisfied": row.satisfied}


@post("/api/opinions")
def give_opinion(request: Request[Any, Any, Any], data: JSONBody[OpinionRequest]) -> Any:
    """A monitor's opinion."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)

    def act(session: Any) -> dict[str, Any]:
        now = adapters.clock.now()
        return {"id": complaint_actions.give_opinion(session, actor=actor, text=data.text, now=now)}

    return create_once(request, adapters, actor, data, act)


ROUTES = [
    complain,
    follow_complaint,
    list_complaints,
    move_complaint,
    offer_rating,
    rate,
    rating_aggregates,
    give_opinion,
]
