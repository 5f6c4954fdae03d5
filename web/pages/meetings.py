"""Joint reviews, hearings and meetings on one case: call them, speak for one's department, close the minutes."""

from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Stream

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.actions import meetings
from approval.actions.letters import paper
from approval.queries import cases, organisation, views, work_lists
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from storage.database import Session
from web.cases import send_object
from web.guards import adapters_of
from web.pages.forms import many, text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

WHO = (
    Duty.WINDOW_STAFF,
    Duty.CASE_OFFICER,
    Duty.LEADER,
    Duty.CENTRE_OFFICE,
    Duty.SUPERVISOR,
    Duty.AUDITOR,
)
CALLERS = (Duty.WINDOW_STAFF, Duty.CENTRE_OFFICE, Duty.LEADER)
WATCHERS = (Duty.CENTRE_OFFICE, Duty.SUPERVISOR, Duty.AUDITOR)


@get("/meetings")
def list_meetings(request: Request[Any, Any, Any]) -> Response[str]:
    """The meetings that one chairs or is called to, the open ones first."""
    adapters, actor = adapters_of(request), actor_of(request, *WHO)
    with adapters.database.reading() as session:
        rows = work_lists.meetings(session, actor, actor.holds(*WATCHERS))
    return render(request, "meeting-list.html", rows=rows, may_call=actor.holds(*CALLERS))


@get("/meetings/new")
def show_new(
    request: Request[Any, Any, Any], project: FromQuery[str] = "", number: FromQuery[str] = ""
) -> Response[str]:
    """The form that calls a meeting, with the cases of a project where one is named."""
    values = new_values(request)
    form: dict[str, Any] = {"project": project, "numbers": number}
    if project:
        actor = actor_of(request, *CALLERS)
        with adapters_of(request).database.reading() as session:
            rows = [r for r in work_lists.children(session, project) if views.may_see(session, actor, r)]
        form["numbers"] = "\n".join(row.number for row in rows)
        form["departments"] = sorted({row.department_id for row in rows})
    return render(request, "meeting-new.html", form=form, **values)


def new_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The departments that may be called."""
    adapters, _ = adapters_of(request), actor_of(request, *CALLERS)
    with adapters.database.reading() as session:
        names = accounts.organisation_names(session, {d.id for d in organisation.departments(session)})
    return {
        "kinds": [(kind, kind) for kind in meetings.KINDS],
        "departments": sorted(names.items(), key=lambda pair: pair[1]),
        "today": business_day(adapters.clock.now()),
    }


@post("/meetings/new")
def call(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Call a meeting on the cases with these numbers."""
    adapters, actor = adapters_of(request), actor_of(request, *CALLERS)
    try:
        with adapters.database.transaction() as session:
            meeting = meetings.call_meeting(
                session,
                actor=actor,
                kind=text(data, "kind"),
                case_ids=read_numbers(session, actor, text(data, "numbers")),
                departments=[d for d in many(data, "departments") if d],
                held_on=read_day(text(data, "held_on")),
                project_id=text(data, "project") or None,
                now=adapters.clock.now(),
            )
            meeting_id = meeting.id
    except TenderingError as error:
        where = {"cases": "numbers", "on": "held_on"}.get(str(error.facts.get("where", "")), "")
        return refuse(request, "meeting-new.html", error, field=where, form=data, **new_values(request))
    return see(f"/meetings/{meeting_id}")


def read_numbers(session: Session, actor: Actor, given: str) -> list[str]:
    """The cases with these numbers, one a line; raises BadInput naming the line."""
    found = []
    for number in given.replace(",", "\n").replace("，", "\n").split():
        case = cases.case_by_number(session, number.upper())
        if case is None or not views.may_see(session, actor, case):
            raise BadInput(where="numbers", why=f"there is no case {number[:40]}")
        found.append(case.id)
    return list(dict.fromkeys(found))


def read_day(given: str) -> date:
    """The day of a meeting; raises BadInput."""
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadInput(where="held_on", why="give a date such as 2026-12-01") from None


@get("/meetings/{meeting_id:str}")
def show_meeting(request: Request[Any, Any, Any], meeting_id: FromPath[str]) -> Response[str]:
    """One meeting: its cases, what each department said, its minutes."""
    return render(request, "meeting-show.html", typed={}, **meeting_values(request, meeting_id))


def meeting_values(request: Request[Any, Any, Any], meeting_id: str) -> dict[str, Any]:
    """A meeting for its chair, the departments called and those who watch."""
    actor = actor_of(request, *WHO)
    with adapters_of(request).database.reading() as session:
        meeting = meetings.find_meeting(session, meeting_id)
        meetings.check_may_read(actor, meeting)
        rows = [cases.case(session, case_id) for case_id in meeting.case_ids]
        return {
            "meeting": meeting,
            "rows": rows,
            "titles": {row.id: cases.version(session, row.version_id).title for row in rows},
            "names": accounts.organisation_names(session, set(meeting.called)),
            "chair": accounts.person_names(session, {meeting.chair_id}).get(meeting.chair_id, ""),
            "is_chair": meeting.chair_id == actor.person_id,
            "own": actor.organisation_id if actor.organisation_id in meeting.called else "",
            "has_paper": paper(session, meeting_id, "meeting") is not None,
        }


@post("/meetings/{meeting_id:str}/opinion")
def speak(
    request: Request[Any, Any, Any], meeting_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Speak for one's department on one case."""
    adapters, actor = adapters_of(request), actor_of(request, *WHO)
    values, case_id = meeting_values(request, meeting_id), text(data, "case")
    try:
        with adapters.database.transaction() as session:
            meetings.give_opinion(
                session,
                actor=actor,
                meeting_id=meeting_id,
                case_id=case_id,
                opinion=text(data, "opinion"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        typed = {case_id: text(data, "opinion")}
        return refuse(request, "meeting-show.html", error, field=f"opinion-{case_id}", typed=typed, **values)
    return see(f"/meetings/{meeting_id}")


@post("/meetings/{meeting_id:str}/minutes")
def close(
    request: Request[Any, Any, Any], meeting_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Close the minutes; who was called and did not speak is recorded as absent."""
    adapters, actor = adapters_of(request), actor_of(request, *WHO)
    values = meeting_values(request, meeting_id)
    try:
        with adapters.database.transaction() as session:
            meetings.close_meeting(
                session,
                actor=actor,
                meeting_id=meeting_id,
                minutes=text(data, "minutes"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        typed = {"minutes": text(data, "minutes")}
        return refuse(request, "meeting-show.html", error, field="minutes", typed=typed, **values)
    return see(f"/meetings/{meeting_id}")


@get("/meetings/{meeting_id:str}/minutes.pdf")
def download_minutes(request: Request[Any, Any, Any], meeting_id: FromPath[str]) -> Stream:
    """The minutes as PDF."""
    adapters, actor = adapters_of(request), actor_of(request, *WHO)
    with adapters.database.reading() as session:
        meetings.check_may_read(actor, meetings.find_meeting(session, meeting_id))
        found = paper(session, meeting_id, "meeting")
    if found is None:
        raise NotFound(what="paper", id=meeting_id)
    return send_object(adapters, found.digest, found.size, "minutes.pdf")


ROUTES = [list_meetings, show_new, call, show_meeting, speak, close, download_minutes]
