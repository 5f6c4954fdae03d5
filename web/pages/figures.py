"""The public figures with formula, numerator and denominator, and the yearly look back (回头看) with four answers."""

from typing import Any

from litestar import Request, Response

from accounts import queries as accounts
from approval.queries import organisation
from kernel.errors import TenderingError
from kernel.working_days import business_day
from supervision.figures import CASE_FIGURES, Figure, growth, per_month, per_year, warnings
from supervision.promises import frequent, mean_days, spread
from supervision.queries import figures as queries
from supervision.words import FIGURES, WARNINGS
from web.figures import read_scope
from web.guards import adapters_of
from web.pages.render import refuse, render
from web.routes import get

REVIEW = {
    "in_centre": ("items_in_centre", "items_with_cases"),
    "faster": ("early_all", "time_saved"),
    "easier": ("online", "one_visit", "no_visit"),
    "content": ("satisfied", "complaints_answered"),
}
"""看项目是否应进必进, 看审批效率是否提高, 看审批方式是否便民, 看群众是否满意."""
CHOICES = ("first", "last", "department", "hall", "site")


@get("/figures")
def show_figures(request: Request[Any, Any, Any]) -> Response[str]:
    """Every figure of a period beside the same a year before."""
    adapters = adapters_of(request)
    chosen = {name: request.query_params.get(name, "") for name in CHOICES}
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        departments = organisation.departments(session)
        names = accounts.organisation_names(session, {row.id for row in departments})
        lists: dict[str, Any] = {
            "departments": sorted((names.get(row.id, row.code), row.id) for row in departments),
            "halls": organisation.halls(session),
        }
        try:
            scope = read_scope(session, chosen, today)
            found, before = queries.figures(session, scope), queries.figures(session, scope.year_before())
        except TenderingError as error:
            return refuse(request, "figures.html", error, figures={}, chosen=chosen, **lists, **empty())
        projects = queries.projects_by_template(session)
        serial = queries.serial_projects(session)
        slowest = queries.critical_paths(session)
        handled = queries.handled(session, scope)
        outside = queries.outside_items(session, scope)
    finished = found["finished"].part
    return render(
        request,
        "figures.html",
        figures=found,
        before=before,
        growth=grown(found, before),
        chosen={**chosen, "first": scope.first.isoformat(), "last": scope.last.isoformat()},
        per_year=per_year(finished, scope.first, scope.last),
        per_month=per_month(finished, scope.first, scope.last),
        warnings=[WARNINGS[name] for name in warnings(found)],
        projects=projects,
        serial=serial,
        slowest=slowest,
        bars=spread(handled),
        often=frequent(handled),
        often_mean=mean_days(frequent(handled)),
        outside=outside,
        review=REVIEW if scope.is_whole else {},
        words=FIGURES,
        case_keys=[formula.key for formula in CASE_FIGURES],
        **lists,
    )


def grown(found: dict[str, Figure], before: dict[str, Figure]) -> dict[str, str]:
    """How much counts have grown against the year before."""
    pairs = {key: growth(figure.part, before[key].part) for key, figure in found.items() if figure.is_count}
    pairs["online"] = growth(found["online"].part, before["online"].part)
    return {key: value for key, value in pairs.items() if value is not None}


def empty() -> dict[str, Any]:
    """What the page needs when nothing could be computed."""
    return {
        "before": {},
        "growth": {},
        "per_year": 0,
        "per_month": 0,
        "warnings": [],
        "projects": [],
        "serial": [],
        "slowest": [],
        "bars": (),
        "often": (),
        "outside": [],
        "review": {},
        "words": FIGURES,
        "case_keys": [],
    }


ROUTES = [show_figures]
