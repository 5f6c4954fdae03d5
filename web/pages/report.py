"""The report before its panel: the members read and sign it, the office and the supervisor see how far that is."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import report as actions
from evaluation.queries import judging
from evaluation.queries import report as queries
from evaluation.report.signatures import counts_as
from expert_pool import queries as experts
from kernel.errors import NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.office import own
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@get("/expert/tenders/{tender_id:str}/report")
def show_to_member(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The report to read, and the member's own decision."""
    return render(request, "report-sign.html", form={}, **member_values(request, tender_id))


def member_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """What a member sees: the report, the limit, the own decision."""
    actor = actor_of(request, Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        seat = experts.seat_of(session, tender_id, actor.person_id)
        record = queries.signing(session, tender_id)
        own_line = queries.signatures(session, tender_id, record.report).get(seat)
        return {
            "tender": tenders.tender(session, tender_id),
            "seat": seat,
            "signing": record,
            "decided": own_line,
            "is_open": record.closed_at is None and adapters_of(request).clock.now() < record.sign_until,
        }


@post("/expert/tenders/{tender_id:str}/report")
def decide(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Sign, dissent or refuse."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            actions.sign_report(
                session,
                actor=actor,
                tender_id=tender_id,
                decision=text(data, "decision"),
                text=text(data, "text"),
                now=adapters.clock.now(),
            )
    except NotFound:
        raise
    except TenderingError as error:
        field = str(error.facts.get("where", ""))
        values = member_values(request, tender_id)
        return refuse(request, "report-sign.html", error, field=field, form=data, **values)
    return see(f"/expert/tenders/{tender_id}/report")


@get("/office/tenders/{tender_id:str}/report")
def show_to_office(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """Who has signed, for the tender's own office."""
    actor = actor_of(request, Duty.TENDER_OFFICE)
    with adapters_of(request).database.reading() as session:
        own(session, actor, tender_id)
        return render(request, "report-status.html", **status_values(session, tender_id))


def status_values(session: Session, tender_id: str) -> dict[str, Any]:
    """Every member's line, and the forms that exist."""
    record = queries.signing(session, tender_id)
    value = queries.signing_value(session, record)
    return {
        "tender": tenders.tender(session, tender_id),
        "signing": record,
        "lines": [(line, counts_as(line.decision, line.text)) for line in value.lines],
        "forms": {row.form for row in judging.reports(session, tender_id)},
    }


ROUTES = [show_to_member, decide, show_to_office]
