"""The review panel of an approval case over JSON: ask, draw, look at the names, replace, read the record."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from approval.queries.views import case_for
from crypto.canonical import JsonValue
from expert_pool.actions import reviews as actions
from expert_pool.queries import reviews
from expert_pool.records.reviews import ReviewDrawRecord
from kernel.clock import write_time
from kernel.errors import BadInput, NotFound
from storage.database import Session
from web.draw_room import DRAW_ROOM
from web.experts import SeatGroupShape, read_group
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class ReviewRequest(Shape):
    """The seats that the review needs; `per_employer` 0 is no limit."""

    groups: list[SeatGroupShape]
    per_employer: int = 0


class ReviewDraw(Shape):
    """For how many working days the clock is announced to stop."""

    planned_days: int


class Replacement(Shape):
    """Who cannot come, by seat, and why."""

    seat: str
    reason: str


@post("/api/cases/{case_id:str}/review-panel", opt=DRAW_ROOM)
def ask(request: Request[Any, Any, Any], case_id: FromPath[str], data: JSONBody[ReviewRequest]) -> Any:
    """Freeze who can be drawn to review the case, as its department's officer."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASE_OFFICER)
    groups = [read_group(group, f"groups[{number}]") for number, group in enumerate(data.groups)]
    if len({group.id for group in groups}) != len(groups):
        raise BadInput(where="groups", why="each group needs an id of its own")

    def act(session: Session) -> dict[str, Any]:
        actions.ask_review_panel(
            session,
            actor=actor,
            case_id=case_id,
            groups=groups,
            employer_cap=data.per_employer,
            now=adapters.clock.now(),
        )
        return describe_review(panel_of(session, case_id))

    return create_once(request, adapters, actor, data, act)


@get("/api/cases/{case_id:str}/review-panel")
def show(request: Request[Any, Any, Any], case_id: FromPath[str]) -> dict[str, Any]:
    """How the review panel of a case stands: seats and groups, no name."""
    actor = caller(request).may(Scope.READ)
    with adapters_of(request).database.reading() as session:
        case_for(session, actor, case_id)
        return describe_review(panel_of(session, case_id))


@post("/api/cases/{case_id:str}/review-panel/draw", status_code=200, opt=DRAW_ROOM)
def draw(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: JSONBody[ReviewDraw]
) -> dict[str, Any]:
    """Draw the panel with a root of the log, and stop the clock for the review."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASE_OFFICER)
    with adapters.database.transaction() as session:
        draw_id = panel_of(session, case_id).id
        actions.draw_review_panel(
            session, actor=actor, draw_id=draw_id, planned_days=data.planned_days, now=adapters.clock.now()
        )
        return describe_review(panel_of(session, case_id))


@post("/api/cases/{case_id:str}/review-panel/members", status_code=200, opt=DRAW_ROOM)
def look(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """Whom the officer has to call; nothing of this answer is kept, the look is logged."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASE_OFFICER)
    with adapters.database.transaction() as session:
        draw_id = panel_of(session, case_id).id
        found = actions.look_at_reviewers(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    members = [
        {"seat": seat, "group": group, "name": name, "telephone": telephone}
        for seat, group, name, telephone in found
    ]
    return Response({"members": members}, headers={"Cache-Control": "no-store"})


@post("/api/cases/{case_id:str}/review-panel/replacements", status_code=200, opt=DRAW_ROOM)
def replace(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: JSONBody[Replacement]
) -> dict[str, Any]:
    """Give the seat of somebody who cannot come to the next reserve."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASE_OFFICER)
    with adapters.database.transaction() as session:
        draw_id = panel_of(session, case_id).id
        actions.replace_reviewer(
            session,
            actor=actor,
            draw_id=draw_id,
            seat=data.seat,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return describe_review(panel_of(session, case_id))


@get("/api/cases/{case_id:str}/review-panel/record", opt=DRAW_ROOM)
def show_record(request: Request[Any, Any, Any], case_id: FromPath[str]) -> dict[str, JsonValue]:
    """The whole record of the draw, once the case is decided (docs/formats/review-panel.md)."""
    actor = caller(request).may(Scope.READ)
    with adapters_of(request).database.reading() as session:
        case_for(session, actor, case_id)
        return reviews.review_transcript(session, panel_of(session, case_id))


def panel_of(session: Session, case_id: str) -> ReviewDrawRecord:
    """The review panel of a case; raises NotFound where none was asked for."""
    found = reviews.find_review(session, case_id)
    if found is None:
        raise NotFound(what="review panel of case", id=case_id)
    return found


def describe_review(record: ReviewDrawRecord) -> dict[str, Any]:
    """What everybody who sees the case may know of its panel; no leaf, no name."""
    return {
        "number": record.number,
        "groups": record.groups,
        "request_hash": record.request_hash.hex(),
        "asked_at": write_time(record.opened_at),
        "drawn_at": write_time(record.drawn_at) if record.drawn_at else None,
        "seats": [
            {"seat": one["seat"], "group": one["group"], "replaced_by": one["replaced_by"] or None}
            for one in record.seats
        ],
    }


ROUTES = [ask, show, draw, look, replace, show_record]
