"""The review panel of an approval case in the browser: the officer asks, draws, looks at the names, replaces."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from approval.queries import cases
from approval.queries.views import case_for
from expert_pool.actions import reviews as actions
from expert_pool.queries import reviews
from kernel.errors import TenderingError
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of
from web.pages.case_view import STAFF
from web.pages.forms import text, whole
from web.pages.office_running import GROUP_ROWS, read_groups
from web.pages.render import actor_of, refuse, render, see
from web.review_panels import panel_of
from web.routes import get, post

PAGE = "review-panel.html"


def panel_values(request: Request[Any, Any, Any], case_id: str) -> dict[str, Any]:
    """A case and its review panel, without names."""
    adapters, actor = adapters_of(request), actor_of(request, *STAFF)
    with adapters.database.reading() as session:
        case = case_for(session, actor, case_id)
        panel = reviews.find_review(session, case_id)
        is_own = actor.holds(Duty.CASE_OFFICER) and actor.organisation_id == case.department_id
        names = {group["id"]: group["name"] for group in panel.groups} if panel else {}
        return {
            "case": case,
            "version": cases.version(session, case.version_id),
            "panel": panel,
            "names": names,
            "is_own": is_own,
            "may_ask": actions.may_ask(session, actor, case, adapters.clock.now()),
            "rows": GROUP_ROWS,
            "members": {},
        }


@get("/cases/{case_id:str}/review-panel")
def show(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[str]:
    """How the panel stands, and what the officer can do now."""
    return render(request, PAGE, form={}, **panel_values(request, case_id))


@post("/cases/{case_id:str}/review-panel", opt=DRAW_ROOM)
def ask(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Freeze who can be drawn."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASE_OFFICER)
    try:
        groups, cap = read_groups(data), whole(data, "per_employer")
        with adapters.database.transaction() as session:
            actions.ask_review_panel(
                session,
                actor=actor,
                case_id=case_id,
                groups=groups,
                employer_cap=cap,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, PAGE, error, form=data, **panel_values(request, case_id))
    return see(f"/cases/{case_id}/review-panel")


@post("/cases/{case_id:str}/review-panel/draw", opt=DRAW_ROOM)
def draw(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Draw, and stop the clock of the case."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASE_OFFICER)
    try:
        days = whole(data, "planned_days")
        with adapters.database.transaction() as session:
            actions.draw_review_panel(
                session,
                actor=actor,
                draw_id=panel_of(session, case_id).id,
                planned_days=days,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = panel_values(request, case_id)
        return refuse(request, PAGE, error, field="planned_days", form=data, **values)
    return see(f"/cases/{case_id}/review-panel")


@post("/cases/{case_id:str}/review-panel/members", opt=DRAW_ROOM)
def look(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[str]:
    """The names for the officer who calls the experts; the look is logged, and nothing of the page is kept."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASE_OFFICER)
    with adapters.database.transaction() as session:
        draw_id = panel_of(session, case_id).id
        found = actions.look_at_reviewers(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    members = {seat: (name, telephone) for seat, _, name, telephone in found}
    shown = render(request, PAGE, form={}, **{**panel_values(request, case_id), "members": members})
    shown.headers["Cache-Control"] = "no-store"
    return shown


@post("/cases/{case_id:str}/review-panel/replace", opt=DRAW_ROOM)
def replace(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Give a seat to the next reserve."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASE_OFFICER)
    try:
        with adapters.database.transaction() as session:
            actions.replace_reviewer(
                session,
                actor=actor,
                draw_id=panel_of(session, case_id).id,
                seat=text(data, "seat"),
                reason=text(data, "reason"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = panel_values(request, case_id)
        return refuse(request, PAGE, error, field="reason", form=data, **values)
    return see(f"/cases/{case_id}/review-panel")


ROUTES = [show, ask, draw, look, replace]
