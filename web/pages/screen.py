"""The hall for everybody: the wall screen, booking a half hour, taking a number."""

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from approval.actions.reception import SLOT_PLACES, take_ticket
from approval.queries import catalogue, organisation, tracking
from approval.queries.calendar import calendar
from approval.queries.catalogue import Wanted
from approval.records.cases import TicketRecord
from kernel.clock import BEIJING
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from storage.database import Session
from web.guards import adapters_of, check_same_origin
from web.pages.forms import text
from web.pages.render import refuse, render, see
from web.reception import read_slot
from web.routes import get, post
from web.tracking import screen_data

DAYS_AHEAD = 10  # working days that a booking can choose from
TYPED = ("hall", "day", "item", "slot", "telephone")


@get("/screen")
def show_screen(request: Request[Any, Any, Any], hall: FromQuery[str] = "") -> Response[str]:
    """What hangs on the wall; a script keeps it up to date, and it is complete without it."""
    return render(request, "screen-wall.html", hall=hall, **screen_data(adapters_of(request), hall))


@get("/booking")
def show_booking(request: Request[Any, Any, Any]) -> Response[str]:
    """Hall and day first, then the half hours that are free."""
    form = {name: request.query_params.get(name, "") for name in TYPED}
    return render(request, "screen-booking.html", form=form, **booking_values(request, form))


def booking_values(request: Request[Any, Any, Any], form: dict[str, str]) -> dict[str, Any]:
    """Halls, the next working days, items, and the half hours of the chosen day."""
    adapters = adapters_of(request)
    now = adapters.clock.now()
    with adapters.database.reading() as session:
        days = next_days(session, now)
        halls = organisation.halls(session)
        chosen = [day for day in days if day.isoformat() == form["day"]]
        is_hall = form["hall"] in {hall.code for hall in halls}
        free = (
            tracking.slots(session, form["hall"], chosen[0], SLOT_PLACES, now) if chosen and is_hall else []
        )
        items = catalogue.items(session, Wanted())
    return {"days": days, "halls": halls, "free": free, "items": items, "is_chosen": bool(chosen and is_hall)}


def next_days(session: Session, now: datetime) -> list[date]:
    """The working days that can be booked."""
    held, day, found = calendar(session), business_day(now), list[date]()
    for _ in range(29):
        if held.is_working(day):
            found.append(day)
        day += timedelta(days=1)
    return found[:DAYS_AHEAD]


@post("/booking")
def book(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Book one half hour; a telephone is optional and kept sealed."""
    check_same_origin(request)
    adapters, form = adapters_of(request), {name: text(data, name) for name in TYPED}
    try:
        slot = read_slot(form["slot"])
        if slot is None:
            raise BadInput(where="slot", why="choose a half hour")
        with adapters.database.transaction() as session:
            if slot.astimezone(BEIJING).date() not in next_days(session, adapters.clock.now()):
                raise BadInput(where="slot", why="choose one of the working days that are offered")
            ticket = take_ticket(
                session,
                hall_code=form["hall"],
                item_code=form["item"][:40],
                slot=slot,
                telephone=form["telephone"],
                keys=adapters.keys,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        field = "" if error.facts.get("where") == "telephone" else "slot"
        values = booking_values(request, form)
        return refuse(request, "screen-booking.html", error, field=field, form=form, **values)
    return see(f"/tickets/{ticket.id}")


@get("/tickets")
def show_halls(request: Request[Any, Any, Any]) -> Response[str]:
    """One large button per hall, for the machine at the entrance."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        halls = organisation.halls(session)
        today = business_day(adapters.clock.now())
        waiting = {
            hall.code: tracking.called_today(session, hall.code, today, 0)["waiting"] for hall in halls
        }
    return render(request, "screen-tickets.html", halls=halls, waiting=waiting)


@post("/tickets")
def take(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Take a number for now."""
    check_same_origin(request)
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        ticket = take_ticket(session, hall_code=text(data, "hall"), now=adapters.clock.now())
    return see(f"/tickets/{ticket.id}")


@get("/tickets/{ticket_id:str}")
def show_ticket(request: Request[Any, Any, Any], ticket_id: FromPath[str]) -> Response[str]:
    """One number: how many wait before it, and at which window it is called."""
    with adapters_of(request).database.reading() as session:
        ticket = session.get(TicketRecord, ticket_id)
        if ticket is None:
            raise NotFound(what="ticket", id=ticket_id[:40])
        window = organisation.window(session, ticket.window_id).number if ticket.window_id else ""
        hall = next(one for one in organisation.halls(session) if one.code == ticket.hall_code)
        ahead = tracking.ahead_of(session, ticket)
    return render(request, "screen-ticket.html", ticket=ticket, window=window, hall=hall, ahead=ahead)


ROUTES = [show_screen, show_booking, book, show_halls, take, show_ticket]
