"""The price checks (清标) over JSON: the panel, the tender's office and supervisors read, the chair asks the bidder."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from evaluation.actions import clarify
from evaluation.actions import price_checks as actions
from evaluation.queries import price_checks as queries
from evaluation.records.price_checks import PriceCheckRecord
from kernel.clock import write_time
from storage.database import Session
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class CorrectionRequest(Shape):
    """What the bidder is asked to confirm, in words; the corrected price is the one of the checks."""

    text: str
    limit_minutes: int = clarify.LEAST_MINUTES


@get("/api/tenders/{tender_id:str}/price-checks")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """What the checks found in every bid of a tender."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        queries.check_reader(session, actor, tender_id)
        return {"tender": tender_id, "bids": describe(session, tender_id)}


def describe(session: Session, tender_id: str) -> list[dict[str, Any]]:
    """The checked bids of a tender with their bidders, lot by lot."""
    names = queries.bidder_names(session, tender_id)
    return [describe_bid(row, names[row.bid_id]) for row in queries.of_tender(session, tender_id)]


def describe_bid(row: PriceCheckRecord, bidder: str) -> dict[str, Any]:
    """One checked bid."""
    return {
        "bid": row.bid_id,
        "lot": row.lot_id,
        "bidder": bidder,
        "status": row.status,
        "digest": row.digest,
        "checked_at": write_time(row.checked_at),
        **{key: value for key, value in row.body.items() if key != "v"},
    }


@post("/api/tenders/{tender_id:str}/bids/{bid_id:str}/price-correction")
def ask(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: JSONBody[CorrectionRequest],
) -> Any:
    """Ask the bidder, as the chair, to confirm the corrected price."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)

    def act(session: Session) -> dict[str, Any]:
        id = actions.ask_correction(
            session,
            actor=actor,
            tender_id=tender_id,
            bid_id=bid_id,
            text=data.text,
            limit_minutes=data.limit_minutes,
            now=adapters.clock.now(),
        )
        return {"id": id}

    return create_once(request, adapters, actor, data, act)


ROUTES: list[Any] = [show, ask]
