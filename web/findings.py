"""Findings over JSON: a member's own figures that stand apart, low prices, what was found in the ranking, the award."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from evaluation.actions import findings as actions
from evaluation.findings.lot_findings import write_low
from evaluation.lots.award_file import write_proposal
from evaluation.queries import findings as queries
from evaluation.queries.collusion import check_reader, lot_of
from evaluation.queries.lots import award_proposal
from evaluation.queries.low_prices import low_prices
from evaluation.records.findings import LotFindingsRecord, OutlierRecord
from expert_pool import queries as experts
from kernel.clock import write_time
from kernel.errors import NotFound
from tender import queries as tenders
from tender.lifecycle import Stage
from web.guards import adapters_of, caller
from web.routes import get, put
from web.shapes import Shape

BANDS = ("to_50_percent", "to_100_percent", "above_100_percent")


class ReasonRequest(Shape):
    """Why a figure stands apart."""

    reason: str


def describe_outlier(row: OutlierRecord) -> dict[str, Any]:
    """An own figure that stands apart: in which direction and which band, never by how much."""
    return {
        "id": row.id,
        "lot": row.lot_id,
        "bid": row.bid_id,
        "level": row.level,
        "target": row.target,
        "is_high": row.is_high,
        "band": BANDS[row.band],
        "reason": row.reason,
    }


def describe_findings(record: LotFindingsRecord) -> dict[str, Any]:
    """The findings about one ranked lot (docs/formats/findings.md)."""
    return {
        "lot": record.lot_id,
        "ranking_digest": record.ranking_digest,
        "digest": record.digest,
        "made_at": write_time(record.made_at),
        "findings": record.body,
    }


@get("/api/tenders/{tender_id:str}/own-outliers")
def list_own(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The member's own figures that stand apart, with their reasons; nobody else's."""
    actor = caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        seat = experts.seat_of(session, tender_id, actor.person_id)
        rows = [
            row for lot in tenders.lots(session, tender_id) for row in queries.flagged(session, lot.id, seat)
        ]
        return {"items": [describe_outlier(row) for row in rows]}


@put("/api/tenders/{tender_id:str}/outliers/{outlier_id:str}/reason")
def explain(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    outlier_id: FromPath[str],
    data: JSONBody[ReasonRequest],
) -> dict[str, Any]:
    """Write down why an own figure stands apart; the reason is final."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        record = actions.explain_outlier(
            session,
            actor=actor,
            tender_id=tender_id,
            outlier_id=outlier_id,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return describe_outlier(record)


@get("/api/tenders/{tender_id:str}/lots/{lot_id:str}/low-prices")
def show_low_prices(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> dict[str, Any]:
    """Prices that call for an explanation, once the compliance review is over."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        check_reader(session, actor, tender_id)
        lot_of(session, tender_id, lot_id)
        found = low_prices(session, tender_id, lot_id)
    return {"lot": lot_id, "rules": None if found is None else [write_low(one) for one in found]}


@get("/api/tenders/{tender_id:str}/findings")
def show_findings(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """What was found in the ranked lots: for the panel, the supervisor and the tender's own office."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        check_reader(session, actor, tender_id)
        return {"lots": [describe_findings(one) for one in queries.tender_findings(session, tender_id)]}


@get("/api/tenders/{tender_id:str}/award-proposal")
def show_award(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Any:
    """Who is proposed for which lot and why, once the result is public (docs/formats/lot-award.md)."""
    with adapters_of(request).database.reading() as session:
        if tenders.tender(session, tender_id).stage != Stage.EVALUATED:
            raise NotFound(what="award proposal of tender", id=tender_id)
        found = award_proposal(session, tender_id)
    written = write_proposal(found.rule, found.own, found.other, found.unit, found.places)
    return {**written, "bidders": found.names}


ROUTES = [list_own, explain, show_low_prices, show_findings, show_award]
