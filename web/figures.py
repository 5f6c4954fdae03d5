"""The figures over JSON, for everybody: value, numerator, denominator, statement and target of each."""

from datetime import date
from typing import Any

from litestar import Request
from litestar.params import FromQuery

from approval.queries import organisation
from kernel.errors import BadInput
from kernel.working_days import business_day
from storage.database import Session
from supervision.figures import Figure, growth, per_month, per_year, warnings
from supervision.queries import figures as queries
from supervision.queries.figures import Scope
from web.guards import adapters_of
from web.routes import get

MOST_YEARS = 50


def read_scope(session: Session, query: Any, today: date) -> Scope:
    """What the reader asks for: this year where nothing is said; raises BadInput."""
    first = _day(query, "first") or today.replace(month=1, day=1)
    last = _day(query, "last") or today
    if first > last or last.year - first.year > MOST_YEARS:
        raise BadInput(where="last", why="give a period of at most 50 years, its first day first")
    site = query.get("site", "")
    sites = organisation.sites_below(session, organisation.site(session, site).code) if site else frozenset()
    return Scope(first, last, query.get("department", ""), query.get("hall", ""), sites)


def _day(query: Any, name: str) -> date | None:
    try:
        return date.fromisoformat(query[name]) if query.get(name) else None
    except ValueError:
        raise BadInput(where=name, why="give a day, such as 2026-12-01") from None


def figure_shape(figure: Figure, before: Figure | None) -> dict[str, Any]:
    """One figure as programs read it."""
    target = figure.target
    return {
        "key": figure.key,
        "shown": figure.shown,
        "numerator": figure.part,
        "denominator": None if figure.is_count else figure.of,
        "sql": figure.sql,
        "target": {"bound": target.bound, "value": target.value} if target else None,
        "met": figure.is_met,
        "year_before": before.shown if before else None,
        "growth": growth(figure.part, before.part) if before else None,
    }


@get("/api/figures")
def show_figures(
    request: Request[Any, Any, Any],
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    department: FromQuery[str] = "",
    hall: FromQuery[str] = "",
    site: FromQuery[str] = "",
) -> dict[str, Any]:
    """Every figure of a period, of one department, hall or site where one is given."""
    asked = {"first": first, "last": last, "department": department, "hall": hall, "site": site}
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        scope = read_scope(session, asked, business_day(adapters.clock.now()))
        found = queries.figures(session, scope)
        before = queries.figures(session, scope.year_before())
        projects = queries.projects_by_template(session)
        slowest = queries.critical_paths(session)
        serial = [p.number for p in queries.serial_projects(session)]
    finished = found["finished"].part
    return {
        "first": scope.first.isoformat(),
        "last": scope.last.isoformat(),
        "figures": [figure_shape(figure, before.get(key)) for key, figure in found.items()],
        "per_year": per_year(finished, scope.first, scope.last),
        "per_month": per_month(finished, scope.first, scope.last),
        "warnings": warnings(found),
        "projects": [
            {"template": t, "state": s, "number": n, "investment_fen": str(fen)} for t, s, n, fen in projects
        ],
        "serial_projects": serial,
        "critical_paths": [{"project": n, "department": c.department, "days": c.days} for n, c in slowest],
    }


ROUTES = [show_figures]
