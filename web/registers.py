"""Registers, sites and attendance over JSON."""

from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from accounts import queries as accounts
from accounts.credentials import Scope
from accounts.duties import Duty
from approval.actions import organisation as desks
from approval.actions import registers as acts
from approval.attendance import day_sheets, read_mark
from approval.queries import calendar as calendars
from approval.queries import registers, settings
from approval.register_list import REGISTERS, register_named
from approval.registers import figures, shown
from approval.settings import OFFICE_HOURS, read_hours
from approval.sites import read_sites
from kernel.errors import BadInput, NotFound
from web.guards import adapters_of, caller, find_caller
from web.routes import get, put
from web.shapes import Shape, page_limit, paged, read_cursor

IMPORT_LIMIT = 16 << 20  # bytes of one import
MOST_DAYS = 62  # days of one attendance import


class RowsRequest(Shape):
    """Rows of a register, or sites."""

    rows: list[dict[str, Any]]


class MarkShape(Shape):
    """One mark of an attendance terminal: the sign-in name of a person, and when."""

    person: str
    at: str


class AttendanceRequest(Shape):
    """Marks of some days; everybody named in `people` gets a sheet for each working day."""

    since: date
    until: date
    people: list[str]
    marks: list[MarkShape]


@get("/api/registers")
def list_registers(request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """The registers that everybody may read."""
    return [
        {
            "name": register.name,
            "title": register.title,
            "columns": [
                {"name": c.name, "title": c.title, "kind": c.kind} for c in register.public_columns()
            ],
        }
        for register in REGISTERS.values()
        if register.is_public
    ]


@get("/api/registers/{name:str}")
def show_register(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    site: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> Response[Any]:
    """Rows of a register: the public columns for everybody, all of them for the centre office."""
    register = register_named(name)
    columns = register.columns if is_office(request) else register.public_columns()
    if not columns:
        raise NotFound(what="register", id=name)
    first = read_number(cursor)
    with adapters_of(request).database.reading() as session:
        rows = registers.rows(session, name, site=site, first=first, limit=page_limit(limit) + 1)
    items = [{c.name: row.body[c.name] for c in columns if c.name in row.body} for row in rows[:limit]]
    return paged(request, items, limit, str(first + limit) if len(rows) > limit else "")


def is_office(request: Request[Any, Any, Any]) -> bool:
    """Whether the centre office asks, itself or by a token for its work."""
    found = find_caller(request)
    may_all = found is not None and (found.scopes is None or Scope.CENTRE in found.scopes)
    return found is not None and may_all and found.actor.holds(Duty.CENTRE_OFFICE)


@get("/api/registers/{name:str}/figures")
def show_figures(request: Request[Any, Any, Any], name: FromPath[str]) -> list[dict[str, Any]]:
    """The figures of a register, each with its numerator and denominator."""
    register = register_named(name)
    with adapters_of(request).database.reading() as session:
        found = figures(register, registers.bodies(session, name))
    return [
        {
            "name": figure.name,
            "title": figure.title,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "text": figure.text,
        }
        for figure in found
    ]


@put("/api/registers/{name:str}", request_max_body_size=IMPORT_LIMIT)
def import_register(
    request: Request[Any, Any, Any], name: FromPath[str], data: JSONBody[RowsRequest]
) -> dict[str, int]:
    """Add rows, or replace those with the same key; a wrong row refuses them all."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    actor.require(Duty.CENTRE_OFFICE)
    register = register_named(name)
    with adapters.database.transaction() as session:
        count = acts.import_rows(
            session,
            actor=actor,
            register=register,
            content=msgspec.json.encode(data.rows),
            now=adapters.clock.now(),
        )
    return {"rows": count}


@put("/api/sites", request_max_body_size=IMPORT_LIMIT)
def import_sites(request: Request[Any, Any, Any], data: JSONBody[RowsRequest]) -> dict[str, int]:
    """Add sites, or replace those with the same code."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    actor.require(Duty.CENTRE_OFFICE)
    sites = read_sites(msgspec.json.encode(data.rows))
    with adapters.database.transaction() as session:
        count = desks.import_sites(session, actor=actor, sites=sites, now=adapters.clock.now())
    return {"sites": count}


@put("/api/attendance", request_max_body_size=IMPORT_LIMIT)
def import_attendance(request: Request[Any, Any, Any], data: JSONBody[AttendanceRequest]) -> dict[str, int]:
    """Make each person's day from the marks of a terminal, with the working calendar."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    actor.require(Duty.CENTRE_OFFICE)
    if not 0 <= (data.until - data.since).days < MOST_DAYS:
        raise BadInput(where="until", why=f"name 1 to {MOST_DAYS} days")
    days = [date.fromordinal(n) for n in range(data.since.toordinal(), data.until.toordinal() + 1)]
    with adapters.database.transaction() as session:
        ids = {}
        for name in sorted({*data.people, *(mark.person for mark in data.marks)}):
            person = accounts.person_by_sign_in(session, name)
            if person is None:
                raise BadInput(where="people", why="somebody named here has no account")
            ids[name] = person.id
        sheets = day_sheets(
            [ids[name] for name in data.people],
            [read_mark(ids[mark.person], mark.at) for mark in data.marks],
            days,
            calendars.calendar(session),
            read_hours(settings.value(session, OFFICE_HOURS)),
        )
        count = desks.import_attendance(session, actor=actor, sheets=sheets, now=adapters.clock.now())
    return {"sheets": count}


def read_number(cursor: str) -> int:
    """The position inside a cursor."""
    text = read_cursor(cursor) if cursor else "0"
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise BadInput(where="cursor", why="use the cursor that the last page returned")
    return int(text)


def csv_rows(name: str, bodies: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Rows as a file writes them."""
    register = register_named(name)
    return [{c.name: shown(c, body.get(c.name)) for c in register.columns} for body in bodies]


ROUTES = [
    list_registers,
    show_register,
    show_figures,
    import_register,
    import_sites,
    import_attendance,
]
