"""Working days over JSON: a year, a due date with its reasons, and the import of a notice."""

from datetime import date, timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from accounts.credentials import Scope
from approval.actions.calendar import import_calendar
from approval.calendar import DayRow
from approval.queries import calendar as queries
from kernel.errors import NotFound
from kernel.working_days import TABLE_ENDS, Calendar, DayKind
from kernel.written_days import read_day, read_stop, write_due
from storage.database import Session
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once

WORKING = (DayKind.WORKING, DayKind.MAKE_UP)


class DayShape(Shape):
    """One day of a notice."""

    date: date
    working: bool


class NoticeRequest(Shape):
    """A notice about working days."""

    notice_no: str
    days: list[DayShape]


@get("/api/calendar/{year:int}")
def show_year(request: Request[Any, Any, Any], year: FromPath[int]) -> dict[str, Any]:
    """Every day of a year: whether people work on it, and which notice says so."""
    with adapters_of(request).database.reading() as session:
        calendar = queries.calendar(session)
    days = days_of_year(calendar, year)
    kinds = {day: calendar.kind(day) for day in days}
    return {
        "year": year,
        "published_to": calendar.published_to.isoformat(),
        "provisional": calendar.is_provisional(days[-1]),
        "working_days": sum(kind in WORKING for kind in kinds.values()),
        "days": [
            {
                "date": day.isoformat(),
                "working": kind in WORKING,
                "kind": kind.value,
                "notice": calendar.notice(day),
            }
            for day, kind in kinds.items()
        ],
    }


def days_of_year(calendar: Calendar, year: int) -> list[date]:
    """The days of a year that the table holds as a whole; raises NotFound for others."""
    if not calendar.first_day.year < year <= TABLE_ENDS.year:
        raise NotFound(what="calendar of the year", id=year)
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


@get("/api/due")
def show_due(
    request: Request[Any, Any, Any],
    start: FromQuery[str],
    days: FromQuery[int],
    extension: FromQuery[int] = 0,
) -> dict[str, Any]:
    """When a limit ends, and why; `stop` may be repeated, `FROM:TO` or `FROM:` while it is open."""
    stops = [read_stop(text) for text in request.query_params.getall("stop", [])]
    begun = read_day(start, "start")
    with adapters_of(request).database.reading() as session:
        calendar = queries.calendar(session)
    found = calendar.due(begun, days, stops, extension)
    return write_due(found, calendar.explain(begun, days, stops, extension))


@post("/api/calendar")
def import_notice(request: Request[Any, Any, Any], data: JSONBody[NoticeRequest]) -> Response[bytes]:
    """Take over a notice, all of its days or none."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    rows = [DayRow(each.date, each.working, line) for line, each in enumerate(data.days, start=1)]

    def act(session: Session) -> dict[str, Any]:
        now = adapters.clock.now()
        changed = import_calendar(session, actor=actor, rows=rows, notice_no=data.notice_no, now=now)
        return {
            "changed": [{"date": row.day.isoformat(), "working": row.is_working} for row in changed],
            "published_to": queries.calendar(session).published_to.isoformat(),
        }

    return create_once(request, adapters, actor, data, act)


ROUTES = [show_year, show_due, import_notice]
