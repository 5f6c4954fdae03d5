"""Around cases at a window: the queue, first contacts, tasks, the end of the day."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Stream

from accounts.duties import Actor, Duty
from approval.actions import reception
from approval.actions.letters import paper
from approval.queries import cases
from kernel.errors import NotFound, TenderingError
from storage.database import Session
from web.cases import send_object
from web.guards import adapters_of
from web.pages.forms import text, whole
from web.pages.render import actor_of, refuse, render, see
from web.pages.window import window_values
from web.routes import get, post

AT_WORK = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CENTRE_OFFICE)


def done_at_window(
    request: Request[Any, Any, Any],
    act: Callable[[Session, Actor], Any],
    *,
    field: str,
    typed: dict[str, Any],
    anchor: str,
) -> Response[Any]:
    """One act around cases; the page of the window comes back with what was typed when it is refused."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    try:
        with adapters.database.transaction() as session:
            act(session, actor)
    except NotFound:
        raise
    except TenderingError as error:
        return refuse(
            request,
            "window-home.html",
            error,
            field=field,
            done="",
            typed=typed,
            **window_values(request),
        )
    return see(f"/window?done={anchor}#{anchor}")


@post("/window/next")
def call_next(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Call whoever is next."""
    now = adapters_of(request).clock.now()
    return done_at_window(
        request,
        lambda session, actor: reception.call_next(
            session, actor=actor, window_id=text(data, "window"), now=now
        ),
        field="",
        typed={},
        anchor="queue",
    )


@post("/window/tickets/{ticket_id:str}")
def end_ticket(
    request: Request[Any, Any, Any], ticket_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Served, missed, or on to another window with the same number."""
    now, how = adapters_of(request).clock.now(), text(data, "how")
    onward = text(data, "to_window") if how == "onward" else ""
    return done_at_window(
        request,
        lambda session, actor: reception.end_ticket(
            session,
            actor=actor,
            ticket_id=ticket_id,
            was_served=how == "served",
            to_window_id=onward,
            now=now,
        ),
        field="",
        typed={},
        anchor="queue",
    )


@post("/window/contacts")
def open_contact(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Note that somebody came, and what about."""
    now = adapters_of(request).clock.now()
    return done_at_window(
        request,
        lambda session, actor: reception.open_contact(
            session,
            actor=actor,
            subject=text(data, "subject"),
            service_mode=text(data, "service_mode") or "ordinary",
            window_id=text(data, "window") or None,
            now=now,
        ),
        field="subject",
        typed={"contact": data},
        anchor="contacts",
    )


@post("/window/contacts/{contact_id:str}")
def end_contact(
    request: Request[Any, Any, Any], contact_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """End a contact: done, explained in writing, or handed over."""
    now = adapters_of(request).clock.now()
    return done_at_window(
        request,
        lambda session, actor: reception.close_contact(
            session,
            actor=actor,
            contact_id=contact_id,
            ending=text(data, "ending"),
            explanation=text(data, "explanation"),
            to_window_id=text(data, "to_window") or None,
            now=now,
        ),
        field=f"explanation-{contact_id}",
        typed={contact_id: data},
        anchor="contacts",
    )


@post("/window/contacts/{contact_id:str}/arrived")
def confirm_contact(request: Request[Any, Any, Any], contact_id: FromPath[str]) -> Response[Any]:
    """Confirm that a visitor who was handed over has arrived."""
    now = adapters_of(request).clock.now()
    return done_at_window(
        request,
        lambda session, actor: reception.confirm_contact(
            session, actor=actor, contact_id=contact_id, now=now
        ),
        field="",
        typed={},
        anchor="contacts",
    )


@get("/window/contacts/{contact_id:str}/explanation")
def download_explanation(request: Request[Any, Any, Any], contact_id: FromPath[str]) -> Stream:
    """The written explanation of a contact as PDF."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    with adapters.database.reading() as session:
        contact = reception.find_contact(session, contact_id)
        found = paper(session, contact_id, "contact")
    if found is None or contact.owner_id != actor.person_id:
        raise NotFound(what="paper", id=contact_id)
    return send_object(adapters, found.digest, found.size, "explanation.pdf")


@post("/window/sign-off")
def sign_off(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """End the day: nothing instant is left open, or the reason stands here with the minutes of overtime."""
    now = adapters_of(request).clock.now()
    return done_at_window(
        request,
        lambda session, actor: reception.sign_off(
            session,
            actor=actor,
            overtime_minutes=whole(data, "overtime_minutes") if text(data, "overtime_minutes") else 0,
            reason=text(data, "reason"),
            now=now,
        ),
        field="reason",
        typed={"sign_off": data},
        anchor="sign-off",
    )


@get("/tasks/{task_id:str}")
def show_task(request: Request[Any, Any, Any], task_id: FromPath[str]) -> Response[str]:
    """One task, to take over or to finish."""
    return render(request, "task.html", form={}, **task_values(request, task_id))


def task_values(request: Request[Any, Any, Any], task_id: str) -> dict[str, Any]:
    """A task of one's department; raises NotFound for others."""
    adapters, actor = adapters_of(request), actor_of(request, *AT_WORK)
    with adapters.database.reading() as session:
        task = reception.find_task(session, task_id)
        if task.department_id != actor.organisation_id and not actor.holds(Duty.CENTRE_OFFICE):
            raise NotFound(what="task", id=task_id)
        case = cases.case(session, task.case_id) if task.case_id else None
    return {"task": task, "case": case, "now": adapters.clock.now()}


@post("/tasks/{task_id:str}")
def act_on_task(
    request: Request[Any, Any, Any], task_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take a task over, or finish it with its result."""
    adapters, actor = adapters_of(request), actor_of(request, *AT_WORK)
    values, now = task_values(request, task_id), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if text(data, "how") == "take":
                reception.take_task(session, actor=actor, task_id=task_id, now=now)
            else:
                reception.finish_task(
                    session, actor=actor, task_id=task_id, result=text(data, "result"), now=now
                )
    except TenderingError as error:
        return refuse(request, "task.html", error, form=data, **values)
    return see(f"/tasks/{task_id}")


ROUTES = [
    call_next,
    end_ticket,
    open_contact,
    end_contact,
    confirm_contact,
    download_explanation,
    sign_off,
    show_task,
    act_on_task,
]
