"""Working days for everybody, with a due date and its reasons; and the centre office's import of notices."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery, URLEncodedBody

from accounts.duties import Duty
from approval.actions.calendar import import_calendar
from approval.calendar import read_rows
from approval.queries import calendar as queries
from kernel.errors import BadInput, TenderingError
from kernel.working_days import Calendar, DayKind, DueDate, ExplainedDay, Stop, business_day
from kernel.written_days import read_day
from web.calendar import WORKING, days_of_year
from web.guards import adapters_of
from web.pages.forms import text, whole
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

STOPS = ("1", "2", "3")  # stops that the form can take
FIELDS = ("start", "days", "extension", *(f"{end}_{n}" for n in STOPS for end in ("from", "to")))


@dataclass(frozen=True)
class DayCell:
    """One day of the month view."""

    day: date
    kind: DayKind
    notice: str


@get("/calendar")
def show_calendar(request: Request[Any, Any, Any], year: FromQuery[str] = "") -> Response[str]:
    """A year with its holidays and make-up days, and the end of a limit."""
    adapters, typed = adapters_of(request), {name: request.query_params.get(name, "") for name in FIELDS}
    with adapters.database.reading() as session:
        calendar = queries.calendar(session)
    shown = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    values = year_values(calendar, shown or business_day(adapters.clock.now()).year)
    values |= {"form": typed, "stops": STOPS, "due": None, "explanation": ()}
    if not any(typed.values()):
        return render(request, "calendar.html", **values)
    try:
        values["due"], values["explanation"] = count(calendar, typed)
    except BadInput as error:
        return refuse(request, "calendar.html", error, field=field_of(error), **values)
    return render(request, "calendar.html", **values)


def year_values(calendar: Calendar, year: int) -> dict[str, Any]:
    """The months of a year: each a list of weeks, Monday first, None before and after the month."""
    cells = [DayCell(day, calendar.kind(day), calendar.notice(day)) for day in days_of_year(calendar, year)]
    months = []
    for number, grouped in groupby(cells, key=lambda cell: cell.day.month):
        days: list[DayCell | None] = list(grouped)
        padded = [None] * date(year, number, 1).weekday() + days
        padded += [None] * (-len(padded) % 7)
        months.append([padded[first : first + 7] for first in range(0, len(padded), 7)])
    return {
        "year": year,
        "months": months,
        "published_to": calendar.published_to,
        "is_provisional": calendar.is_provisional(date(year, 12, 31)),
        "working_days": sum(cell.kind in WORKING for cell in cells),
        "notices": sorted({cell.notice for cell in cells if cell.notice}),
    }


def count(calendar: Calendar, typed: dict[str, str]) -> tuple[DueDate, tuple[ExplainedDay, ...]]:
    """The end of the limit that the form describes, and its reasons."""
    start, days = read_day(typed["start"].strip(), "start"), whole(typed, "days")
    extension = whole(typed, "extension") if typed["extension"].strip() else 0
    stops = []
    for n in STOPS:
        begin, end = typed[f"from_{n}"].strip(), typed[f"to_{n}"].strip()
        if begin or end:
            stops.append(Stop(read_day(begin, f"from_{n}"), read_day(end, f"to_{n}") if end else None))
    return calendar.due(start, days, stops, extension), calendar.explain(start, days, stops, extension)


def field_of(error: BadInput) -> str:
    """The input of the form that a complaint belongs to."""
    return "from_1" if error.facts["where"] == "stop" else str(error.facts["where"])


@get("/centre/calendar")
def show_notices(request: Request[Any, Any, Any], changed: FromQuery[int] = -1) -> Response[str]:
    """The notices brought in so far, and the form for the next."""
    return render(request, "centre-calendar.html", form={}, changed=changed, **notice_values(request))


def notice_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What the import page shows."""
    actor_of(request, Duty.CENTRE_OFFICE)
    with adapters_of(request).database.reading() as session:
        return {
            "imports": queries.calendar_imports(session),
            "days": queries.imported_days(session),
            "published_to": queries.calendar(session).published_to,
        }


@post("/centre/calendar")
def import_notice(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Take over a pasted notice; a wrong line refuses all of it and is named."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CENTRE_OFFICE)
    try:
        rows = read_rows(str(data.get("days", "")))
        with adapters.database.transaction() as session:
            changed = import_calendar(
                session, actor=actor, rows=rows, notice_no=text(data, "notice_no"), now=adapters.clock.now()
            )
    except TenderingError as error:
        values = notice_values(request)
        return refuse(request, "centre-calendar.html", error, form=data, changed=-1, **values)
    return see(f"/centre/calendar?changed={len(changed)}")


ROUTES = [show_calendar, show_notices, import_notice]
