"""Complaints: anybody's form and its answer, the inspector's list and what they do, opinions and their answers."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.queries.calendar import calendar
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from supervision.actions import complaints as actions
from supervision.card_life import ACCOUNTABILITY
from supervision.complaint_life import SUBJECTS, ComplaintMove, ComplaintState, moves_from
from supervision.queries import cards, complaints
from web.guards import adapters_of
from web.pages.forms import local_moment, text
from web.pages.inspector import held_of
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post
from web.shapes import write_cursor
from web.supervision import READERS, place, read_move, read_place

PER_PAGE = 50
FIELDS = ("subject_kind", "subject", "text", "name", "telephone", "happened_at")


@get("/complaints/new")
def show_form(request: Request[Any, Any, Any]) -> Response[str]:
    """The form; a link may name what the complaint is about."""
    form = {name: request.query_params.get(name, "") for name in ("subject_kind", "subject")}
    if number := request.query_params.get("number", ""):
        form = {"subject_kind": "case", "subject": number}
    return render(request, "complaints-new.html", form=form, subjects=SUBJECTS)


@post("/complaints/new")
def complain(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Take a complaint and tell its number and code once."""
    adapters = adapters_of(request)
    form = {name: text(data, name) for name in FIELDS}
    try:
        happened = local_moment(data, "happened_at") if form["happened_at"] else None
        command = actions.Complain(
            form["subject_kind"], form["subject"], form["text"], form["name"], form["telephone"], happened
        )
        with adapters.database.transaction() as session:
            record, code = actions.complain(
                session,
                keys=adapters.keys,
                command=command,
                calendar=calendar(session),
                now=adapters.clock.now(),
            )
    except NotFound:
        error = BadInput(where="subject", why="nothing here has this number")
        return refuse(request, "complaints-new.html", error, form=form, subjects=SUBJECTS)
    except TenderingError as error:
        return refuse(request, "complaints-new.html", error, form=form, subjects=SUBJECTS)
    return render(request, "complaints-made.html", complaint=record, code=code)


@get("/complaints/follow")
def show_follow(request: Request[Any, Any, Any]) -> Response[str]:
    """The form for number and code."""
    return render(request, "complaints-follow.html", form={}, complaint=None)


@post("/complaints/follow")
def follow(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """How a complaint stands."""
    adapters = adapters_of(request)
    try:
        with adapters.database.reading() as session:
            record = actions.follow(
                session, keys=adapters.keys, number=text(data, "number"), code=text(data, "code")
            )
    except NotFound:
        error = BadInput(where="number", why="number and code do not belong together")
        form = {"number": text(data, "number")}
        return refuse(request, "complaints-follow.html", error, form=form, complaint=None)
    return render(request, "complaints-follow.html", form={}, complaint=record)


@get("/supervision/complaints")
def show_list(
    request: Request[Any, Any, Any], kind: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[str]:
    """Complaints about cases and tenders in one list."""
    actor = actor_of(request, *READERS)
    state = request.query_params.get("state", "")
    with adapters_of(request).database.reading() as session:
        sites = None if actor.holds(Duty.AUDITOR) else cards.visible_sites(session, actor)
        rows = complaints.page(
            session,
            limit=PER_PAGE + 1,
            after=read_place(cursor),
            sites=sites,
            state=state,
            subject_kind=kind,
        )
    shown = rows[:PER_PAGE]
    following = write_cursor(place(shown[-1].made_at, shown[-1].id)) if len(rows) > PER_PAGE else ""
    return render(
        request,
        "complaints-list.html",
        complaints=shown,
        following=following,
        chosen={"state": state, "kind": kind},
        states=tuple(ComplaintState),
        subjects=SUBJECTS,
        today=business_day(adapters_of(request).clock.now()),
    )


def complaint_values(request: Request[Any, Any, Any], actor: Actor, complaint_id: str) -> dict[str, Any]:
    """One complaint with its life, what was said, and the clips of that window and moment."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = complaints.complaint(session, complaint_id)
        if not actor.holds(Duty.AUDITOR):
            actions.check_sees(session, actor, record)
        events = complaints.complaint_events(session, complaint_id)
        people = accounts.person_names(session, {event.actor_id for event in events})
        held = cards.accountability_of(session, complaint_id=complaint_id)
        people |= accounts.person_names(session, {row.person_id for row in held})
        clips = (
            cards.clips_at(session, record.window_id, record.happened_at)
            if record.window_id and record.happened_at
            else []
        )
    state = ComplaintState(record.state)
    may_act = actor.holds(Duty.SUPERVISOR)
    return {
        "complaint": record,
        "said_text": actions.said(adapters.keys, record) if may_act else "",
        "events": events,
        "people": people,
        "held": held,
        "clips": clips,
        "moves": moves_from(state, is_real_name=record.is_real_name) if may_act else (),
        "kinds": ACCOUNTABILITY,
        "form": {},
        "contact": None,
    }


@get("/supervision/complaints/{complaint_id:str}")
def show_complaint(request: Request[Any, Any, Any], complaint_id: FromPath[str]) -> Response[str]:
    """One complaint."""
    actor = actor_of(request, *READERS)
    return render(request, "complaints-show.html", **complaint_values(request, actor, complaint_id))


@post("/supervision/complaints/{complaint_id:str}")
def move(
    request: Request[Any, Any, Any], complaint_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Do a move, or show the contact for a call back."""
    adapters, actor = adapters_of(request), actor_of(request, *READERS)
    try:
        with adapters.database.transaction() as session:
            if text(data, "move") == "contact":
                given = actions.contact(
                    session,
                    keys=adapters.keys,
                    actor=actor,
                    complaint_id=complaint_id,
                    now=adapters.clock.now(),
                )
            else:
                given = None
                upheld = {"yes": True, "no": False}.get(text(data, "is_upheld"))
                actions.move_complaint(
                    session,
                    actor=actor,
                    complaint_id=complaint_id,
                    move=read_move(ComplaintMove, text(data, "move")),
                    text=text(data, "text"),
                    is_upheld=upheld,
                    accountability=held_of(session, data),
                    calendar=calendar(session),
                    now=adapters.clock.now(),
                )
    except NotFound:
        raise
    except TenderingError as error:
        values = complaint_values(request, actor, complaint_id) | {"form": data}
        return refuse(request, "complaints-show.html", error, **values)
    if given is not None:
        values = complaint_values(request, actor, complaint_id) | {"contact": given}
        return render(request, "complaints-show.html", **values)
    return see(f"/supervision/complaints/{complaint_id}")


@get("/supervision/opinions")
def show_opinions(request: Request[Any, Any, Any]) -> Response[str]:
    """What monitors wrote."""
    return render(request, "opinions.html", **opinion_values(request))


def opinion_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Opinions with who gave them."""
    actor = actor_of(request, *READERS)
    with adapters_of(request).database.reading() as session:
        rows = complaints.opinions(session)
        people = accounts.person_names(session, {row.person_id for row in rows})
    return {"opinions": rows, "people": people, "may_answer": actor.holds(Duty.SUPERVISOR)}


@post("/supervision/opinions/{opinion_id:str}")
def answer(
    request: Request[Any, Any, Any], opinion_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Answer an opinion."""
    adapters, actor = adapters_of(request), actor_of(request, *READERS)
    try:
        with adapters.database.transaction() as session:
            actions.answer_opinion(
                session,
                actor=actor,
                opinion_id=opinion_id,
                text=text(data, f"text-{opinion_id}"),
                now=adapters.clock.now(),
            )
    except BadInput as error:
        field = f"text-{opinion_id}"
        return refuse(request, "opinions.html", error, field=field, **opinion_values(request))
    return see("/supervision/opinions")


ROUTES = [
    show_form,
    complain,
    show_follow,
    follow,
    show_list,
    show_complaint,
    move,
    show_opinions,
    answer,
]
