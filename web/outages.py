"""The ledger of outages for everybody: when the platform could not be used, and the signed certificate of each time."""

from typing import Any

from litestar import Request
from litestar.params import FromPath

from kernel.clock import write_time
from kernel.errors import NotFound
from tender.queries import outages as queries
from tender.records import OutageRecord
from web.guards import adapters_of
from web.pages.render import render
from web.routes import get


def describe(row: OutageRecord) -> dict[str, Any]:
    """One outage."""
    return {
        "id": row.id,
        "from": write_time(row.began_at),
        "to": write_time(row.ended_at),
        "cause": row.cause,
        "closings_moved": row.moved,
        "certificate": row.certificate,
    }


@get("/api/outages")
def list_outages(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The outages of the last three years, newest first."""
    with adapters_of(request).database.reading() as session:
        return {"items": [describe(row) for row in queries.recent(session, adapters_of(request).clock.now())]}


@get("/api/outages/{outage_id:str}")
def show_outage(request: Request[Any, Any, Any], outage_id: FromPath[str]) -> dict[str, Any]:
    """One outage with its certificate, a statement signed with the key of the receipts."""
    with adapters_of(request).database.reading() as session:
        row = session.get(OutageRecord, outage_id)
    if row is None:
        raise NotFound(what="outage", id=outage_id)
    return describe(row)


@get("/outages")
def show_ledger(request: Request[Any, Any, Any]) -> Any:
    """The ledger as a page."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        rows = queries.recent(session, adapters.clock.now())
    return render(request, "public-outages.html", rows=rows)


ROUTES = [list_outages, show_outage, show_ledger]
