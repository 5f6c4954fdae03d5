"""Sheets of the centre office that nobody fills in: 三集中三到位 by department, attendance by month."""

from calendar import monthrange
from collections import Counter
from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery

from accounts import queries as accounts
from approval.attendance import Presence
from approval.csv_lines import write_csv
from approval.judgements import appraise
from approval.queries import catalogue, organisation, registers
from approval.queries.catalogue import Wanted
from kernel.errors import BadInput
from kernel.working_days import business_day
from web.guards import adapters_of
from web.pages.centre_items import office
from web.pages.render import render
from web.routes import get

CHECKS = ("office", "window", "online", "inside", "mandate", "supervised")


@get("/centre/checklist")
def show_checklist(request: Request[Any, Any, Any]) -> Response[str]:
    """三集中三到位: by department, each tick derived from the data of the day."""
    office(request)
    adapters = adapters_of(request)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        departments = organisation.departments(session)
        names = accounts.organisation_names(session, {one.id for one in departments})
        items = catalogue.items(session, Wanted())
        read = catalogue.versions_in_force(session, [row.id for row in items], today)
        mandated = organisation.departments_with_power(session, "decide", today)
        inside = {one for window in organisation.windows(session) for one in window.department_ids}
    rows = []
    for one in departments:
        own = [row for row in items if row.department_id == one.id]
        versions = [read[row.id] for row in own if row.id in read]
        ticks = {
            "office": bool(one.office_kind),
            "window": all(row.window_ids for row in own),
            "online": all(version.online for version in versions),
            "inside": one.id in inside and all(row.in_centre for row in own),
            "mandate": one.id in mandated,
            # The rules look at every case of the platform; a case counts with its limits and steps.
            "supervised": one.system_kind != "no_business" and all(v.statutory_days > 0 for v in versions),
        }
        rows.append((names[one.id], len(own), ticks))
    return render(request, "centre-checklist.html", rows=rows, checks=CHECKS)


@get("/centre/attendance")
def show_attendance(request: Request[Any, Any, Any], month: FromQuery[str] = "") -> Response[str]:
    """Everybody's month: days present, late, early, absent, and the appraisal mark."""
    values = attendance_values(request, month)
    return render(request, "centre-attendance.html", **values)


@get("/centre/attendance.csv")
def export_attendance(request: Request[Any, Any, Any], month: FromQuery[str] = "") -> Response[str]:
    """The same as CSV, by department."""
    values = attendance_values(request, month)
    columns = ["department", "person", *map(str, Presence), "grade"]
    rows = [
        {"department": department, "person": name, "grade": grade, **{str(k): v for k, v in days.items()}}
        for department, name, days, grade in values["rows"]
    ]
    headers = {"Content-Disposition": 'attachment; filename="attendance.csv"', "Cache-Control": "no-store"}
    return Response(write_csv(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)


def attendance_values(request: Request[Any, Any, Any], month: str) -> dict[str, Any]:
    """The sheets of a month, by department and name."""
    office(request)
    adapters = adapters_of(request)
    first = read_month(month) if month else business_day(adapters.clock.now()).replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    with adapters.database.reading() as session:
        days = organisation.attendance(session, first, last)
        people = {row.person_id: accounts.actor(session, row.person_id) for row in days}
        names = accounts.organisation_names(session, {one.organisation_id for one in people.values()})
        sheets = registers.bodies(session, "appraisals")
        sign_ins = {person_id: accounts.sign_in_name(session, person_id) for person_id in people}
    grades = {
        sheet["person"]: appraise(sheet).grade for sheet in sheets if sheet["period"] == f"{first:%Y-%m}"
    }
    counted: dict[str, Counter[str]] = {}
    for row in days:
        counted.setdefault(row.person_id, Counter())[row.presence] += 1
    rows = [
        (names[person.organisation_id], person.name, counted[one], grades.get(sign_ins[one], ""))
        for one, person in people.items()
    ]
    return {
        "month": f"{first:%Y-%m}",
        "rows": sorted(rows, key=lambda row: row[:2]),
        "kinds": tuple(Presence),
    }


def read_month(text: str) -> date:
    """The first day of a month such as 2026-11."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadInput(where="month", why="give a month such as 2026-11") from None


ROUTES = [show_checklist, show_attendance, export_attendance]
