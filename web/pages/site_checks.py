"""What the sheets of the sites add up to: who lacks one of the six things, and the ranking within each county."""

from typing import Any

from litestar import Request, Response

from approval.csv_lines import write_csv
from approval.judgements import rank_sites
from approval.queries import organisation, registers
from approval.register_list import register_named
from approval.register_places import SIX_HAVE
from storage.database import Session
from web.guards import adapters_of
from web.pages.centre_items import office
from web.pages.render import render
from web.registers import csv_rows
from web.routes import get


@get("/centre/below-six.csv")
def export_below_six(request: Request[Any, Any, Any]) -> Response[str]:
    """六有: the sheets of sites that lack one of the six things, as CSV."""
    office(request)
    with adapters_of(request).database.reading() as session:
        rows = registers.bodies(session, "six_have")
    lacking = [row for row in rows if not all(row[name] for name, _, _ in SIX_HAVE)]
    columns = [column.name for column in register_named("six_have").columns]
    return Response(
        write_csv(columns, csv_rows("six_have", lacking)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="below-six.csv"', "Cache-Control": "no-store"},
    )


@get("/site-ranking")
def show_ranking(request: Request[Any, Any, Any]) -> Response[str]:
    """便民网络考核: the sites of each county by their score of the latest period."""
    with adapters_of(request).database.reading() as session:
        rows = registers.bodies(session, "site_appraisals")
        period = max((str(row["period"]) for row in rows), default="")
        sites = {one.code: one.name for one in organisation.sites(session)}
        ranked = rank_sites([row for row in rows if row["period"] == period], _counties(session))
    return render(request, "site-ranking.html", period=period, ranked=sorted(ranked.items()), sites=sites)


def _counties(session: Session) -> dict[str, str]:
    """The county that each site belongs to; a county belongs to itself."""
    above = {one.code: (one.level, one.parent_code) for one in organisation.sites(session)}

    def county(code: str) -> str:
        level, parent = above.get(code, ("", None))
        return code if level == "county" or not parent else county(parent)

    return {code: county(code) for code in above}


ROUTES = [export_below_six, show_ranking]
