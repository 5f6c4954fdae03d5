"""The report before its panel, over JSON: its state for those who may see it, and each member's decision."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from evaluation.actions import report as actions
from evaluation.queries import judging
from evaluation.queries import report as queries
from evaluation.report.signatures import counts_as
from kernel.clock import write_time
from storage.database import Session
from web.evaluations import check_reader
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class DecisionRequest(Shape):
    """`sign`, `dissent` with reasons, or `refuse`."""

    decision: str
    text: str = ""


def state(session: Session, tender_id: str) -> dict[str, Any]:
    """The report that stands, its limit, and every member's line; raises NotFound until it was made."""
    record = queries.signing(session, tender_id)
    value = queries.signing_value(session, record)
    return {
        "report": record.report,
        "opened_at": write_time(record.opened_at),
        "sign_until": write_time(record.sign_until),
        "closed_at": write_time(record.closed_at) if record.closed_at else None,
        "members": [
            {
                "seat": line.seat,
                "decision": line.decision,
                "counts_as": counts_as(line.decision, line.text),
                "signed_at": write_time(line.signed_at) if line.signed_at else None,
            }
            for line in value.lines
        ],
        "forms": [record.form for record in judging.reports(session, tender_id)],
    }


@get("/api/tenders/{tender_id:str}/report-signatures")
def show_signatures(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """Who has signed, who dissents, who has not answered: for the panel, the office and the supervisor."""
    with adapters_of(request).database.reading() as session:
        check_reader(request, session, tender_id)
        return state(session, tender_id)


@post("/api/tenders/{tender_id:str}/report-signatures")
def sign(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[DecisionRequest]
) -> Response[bytes]:
    """Decide about the report, once."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)

    def act(session: Session) -> dict[str, Any]:
        report = actions.sign_report(
            session,
            actor=actor,
            tender_id=tender_id,
            decision=data.decision,
            text=data.text,
            now=adapters.clock.now(),
        )
        return {"report": report, "decision": data.decision}

    return create_once(request, adapters, actor, data, act)


ROUTES = [show_signatures, sign]
