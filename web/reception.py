"""The window around cases over JSON: first contacts, the queue, tasks, meetings, the end of the day."""

from datetime import datetime
from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from approval.actions import meetings, reception
from kernel.clock import read_time, write_time
from kernel.errors import BadInput
from storage.database import Session
from web.cases import read_day
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class ContactRequest(Shape):
    """Somebody came."""

    subject: str
    service_mode: str = "ordinary"
    window: str | None = None
    case: str | None = None


class EndContact(Shape):
    """How a contact ended."""

    ending: str
    explanation: str = ""
    to_window: str | None = None


class TicketRequest(Shape):
    """A number for now, or a booking for a slot."""

    hall: str
    item: str = ""
    slot: str | None = None


class EndTicket(Shape):
    """Served, missed, or on to the next window."""

    served: bool = True
    to_window: str = ""


class TaskResult(Shape):
    """What was done."""

    result: str


class SignOffRequest(Shape):
    """The end of a day."""

    overtime_minutes: int = 0
    reason: str = ""


class MeetingRequest(Shape):
    """Who is called to what, when."""

    kind: str
    cases: tuple[str, ...]
    departments: tuple[str, ...]
    held_on: str
    project: str | None = None


class OpinionRequest(Shape):
    """What a department says on one case."""

    case: str
    opinion: str


class MinutesRequest(Shape):
    """The minutes."""

    minutes: str


@post("/api/contacts")
def open_contact(request: Request[Any, Any, Any], data: JSONBody[ContactRequest]) -> Any:
    """Note a first contact."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)

    def act(session: Session) -> dict[str, Any]:
        contact = reception.open_contact(
            session,
            actor=actor,
            subject=data.subject,
            service_mode=data.service_mode,
            window_id=data.window,
            case_id=data.case,
            now=adapters.clock.now(),
        )
        return {"id": contact.id}

    return create_once(request, adapters, actor, data, act)


@post("/api/contacts/{contact_id:str}/ending", status_code=200)
def end_contact(
    request: Request[Any, Any, Any], contact_id: FromPath[str], data: JSONBody[EndContact]
) -> dict[str, Any]:
    """End a contact: done, explained in writing, or handed over."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        contact = reception.close_contact(
            session,
            actor=actor,
            contact_id=contact_id,
            ending=data.ending,
            explanation=data.explanation,
            to_window_id=data.to_window,
            now=adapters.clock.now(),
        )
        return {"ending": contact.ending, "closed": contact.closed_at is not None}


@post("/api/contacts/{contact_id:str}/confirmation", status_code=200)
def confirm_contact(request: Request[Any, Any, Any], contact_id: FromPath[str]) -> dict[str, bool]:
    """Confirm that a visitor who was handed over has arrived."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        reception.confirm_contact(session, actor=actor, contact_id=contact_id, now=adapters.clock.now())
    return {"closed": True}


@post("/api/tickets", status_code=201)
def take_ticket(request: Request[Any, Any, Any], data: JSONBody[TicketRequest]) -> dict[str, Any]:
    """Take a number, or book a half hour."""
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        ticket = reception.take_ticket(
            session,
            hall_code=data.hall,
            item_code=data.item,
            slot=read_slot(data.slot),
            now=adapters.clock.now(),
        )
        return {"id": ticket.id, "number": ticket.number, "day": str(ticket.day)}


def read_slot(text: str | None) -> datetime | None:
    """The moment of a booking; raises BadInput."""
    try:
        return read_time(text) if text else None
    except ValueError:
        raise BadInput(where="slot", why="give a time with its zone") from None


@post("/api/windows/{window_id:str}/next", status_code=200)
def call_next(request: Request[Any, Any, Any], window_id: FromPath[str]) -> dict[str, Any]:
    """Call whoever is next."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        ticket = reception.call_next(session, actor=actor, window_id=window_id, now=adapters.clock.now())
        return {"id": ticket.id, "number": ticket.number} if ticket else {"id": None, "number": None}


@post("/api/tickets/{ticket_id:str}/ending", status_code=200)
def end_ticket(
    request: Request[Any, Any, Any], ticket_id: FromPath[str], data: JSONBody[EndTicket]
) -> dict[str, str]:
    """End a ticket, or send it on under the same number."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        ticket = reception.end_ticket(
            session,
            actor=actor,
            ticket_id=ticket_id,
            was_served=data.served,
            to_window_id=data.to_window,
            now=adapters.clock.now(),
        )
        return {"state": ticket.state, "number": ticket.number}


@post("/api/tasks/{task_id:str}/taken", status_code=200)
def take_task(request: Request[Any, Any, Any], task_id: FromPath[str]) -> dict[str, Any]:
    """Take a task over."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        task = reception.take_task(session, actor=actor, task_id=task_id, now=adapters.clock.now())
        return {"taken_at": write_time(task.taken_at) if task.taken_at else None}


@post("/api/tasks/{task_id:str}/done", status_code=200)
def finish_task(
    request: Request[Any, Any, Any], task_id: FromPath[str], data: JSONBody[TaskResult]
) -> dict[str, bool]:
    """Finish a task with its result."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        reception.finish_task(
            session, actor=actor, task_id=task_id, result=data.result, now=adapters.clock.now()
        )
    return {"done": True}


@post("/api/sign-offs", status_code=200)
def sign_off(request: Request[Any, Any, Any], data: JSONBody[SignOffRequest]) -> dict[str, Any]:
    """End the day at one's window."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        record = reception.sign_off(
            session,
            actor=actor,
            overtime_minutes=data.overtime_minutes,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return {"day": str(record.day), "open_cases": record.open_cases}


@post("/api/meetings")
def call_meeting(request: Request[Any, Any, Any], data: JSONBody[MeetingRequest]) -> Any:
    """Call a joint review, a hearing or a meeting on one case."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    held_on = read_day(data.held_on)
    if held_on is None:
        raise BadInput(where="held_on", why="give a date such as 2026-12-01")

    def act(session: Session) -> dict[str, Any]:
        meeting = meetings.call_meeting(
            session,
            actor=actor,
            kind=data.kind,
            case_ids=data.cases,
            departments=data.departments,
            held_on=held_on,
            project_id=data.project,
            now=adapters.clock.now(),
        )
        return {"id": meeting.id}

    return create_once(request, adapters, actor, data, act)


@post("/api/meetings/{meeting_id:str}/opinions", status_code=200)
def give_opinion(
    request: Request[Any, Any, Any], meeting_id: FromPath[str], data: JSONBody[OpinionRequest]
) -> dict[str, int]:
    """Speak for one's department on one case."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        meeting = meetings.give_opinion(
            session,
            actor=actor,
            meeting_id=meeting_id,
            case_id=data.case,
            opinion=data.opinion,
            now=adapters.clock.now(),
        )
        return {"departments": len(meeting.opinions)}


@post("/api/meetings/{meeting_id:str}/minutes", status_code=200)
def close_meeting(
    request: Request[Any, Any, Any], meeting_id: FromPath[str], data: JSONBody[MinutesRequest]
) -> dict[str, Any]:
    """Close the minutes; who was called and did not speak is recorded as absent."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        meeting = meetings.close_meeting(
            session, actor=actor, meeting_id=meeting_id, minutes=data.minutes, now=adapters.clock.now()
        )
        return {"opinions": meeting.opinions}


@get("/api/meetings/{meeting_id:str}")
def show_meeting(request: Request[Any, Any, Any], meeting_id: FromPath[str]) -> dict[str, Any]:
    """One meeting, for its chair, the departments called and those who watch."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.reading() as session:
        meeting = meetings.find_meeting(session, meeting_id)
        meetings.check_may_read(actor, meeting)
        return {
            "kind": meeting.kind,
            "held_on": str(meeting.held_on),
            "cases": meeting.case_ids,
            "called": meeting.called,
            "opinions": meeting.opinions,
            "minutes": meeting.minutes,
        }


ROUTES = [
    open_contact,
    end_contact,
    confirm_contact,
    take_ticket,
    call_next,
    end_ticket,
    take_task,
    finish_task,
    sign_off,
    call_meeting,
    give_opinion,
    close_meeting,
    show_meeting,
]
