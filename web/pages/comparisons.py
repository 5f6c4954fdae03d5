"""Comparisons: agencies by price for everybody, our promises against other cities for the centre office."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery

from accounts.duties import Duty
from approval.judgements import best_limits, choosable
from approval.queries import catalogue, papers, registers
from approval.queries.catalogue import Wanted
from approval.register_list import register_named
from approval.register_work import AGENCY_SERVICES
from approval.totals import Cut, add_up, compare
from expert_pool.queries import agency_draws as draws_of_agencies
from kernel.working_days import business_day
from web.guards import adapters_of, find_caller
from web.pages.centre_items import office
from web.pages.render import render
from web.routes import get


@get("/intermediaries")
def list_agencies(request: Request[Any, Any, Any], service: FromQuery[str] = "") -> Response[str]:
    """Agencies that may be chosen today, the cheapest first; the applicant picks freely, or lets draw."""
    return render(request, "public-agencies.html", **agency_values(request, service))


def agency_values(request: Request[Any, Any, Any], service: str) -> dict[str, Any]:
    """What the page of agencies shows."""
    adapters = adapters_of(request)
    today = business_day(adapters.clock.now()).isoformat()
    with adapters.database.reading() as session:
        rows = registers.bodies(session, "intermediaries")
        draws = draws_of_agencies(session, 10)
    words = [word for word, _, _ in AGENCY_SERVICES]
    chosen = [one for one in words if service in ("", one)]
    found = find_caller(request)
    return {
        "offers": [(word, choosable(rows, word, today)) for word in chosen],
        "services": register_named("intermediaries").column("service").choices,
        "service": service,
        "draws": draws,
        "may_ask": found is not None and found.actor.holds(Duty.CENTRE_OFFICE, Duty.APPLICANT),
    }


@get("/centre/totals")
def show_totals(request: Request[Any, Any, Any]) -> Response[str]:
    """What the catalogue adds up to, and how its promises compare with other cities."""
    office(request)
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        items = catalogue.items(session, Wanted())
        read = catalogue.versions_in_force(
            session, [row.id for row in items], business_day(adapters.clock.now())
        )
        limits = registers.bodies(session, "benchmark_limits")
        made = {paper: papers.papers_made(session, paper) for paper in ("guide", "manual")}
    totals = add_up(read.values())
    own = {version.base_code: version.promised_days for version in read.values()}
    cities = sorted({str(row["city"]) for row in limits})
    best = best_limits(limits)
    return render(
        request,
        "centre-totals.html",
        totals=totals,
        cut=Cut(totals.statutory_days, totals.promised_days),
        agency_departments=len(
            {row.department_id for row in items if row.id in read and read[row.id].intermediaries}
        ),
        made=made,
        cities=[
            (city, compare(own, {str(r["item"]): int(r["days"]) for r in limits if r["city"] == city}))
            for city in cities
        ],
        slower=[
            (code, own[code], *best[code])
            for code in sorted(set(own) & set(best))
            if own[code] > best[code][0]
        ],
    )


ROUTES = [list_agencies, show_totals]
