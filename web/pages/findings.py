"""The page of findings: own figures to explain, low prices, and after the ranking how firmly it stands."""

from collections import Counter
from fractions import Fraction
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import findings as actions
from evaluation.findings.abnormally_low import LowPrices
from evaluation.findings.lot_findings import part_names
from evaluation.queries import findings as queries
from evaluation.queries import judging
from evaluation.queries.collusion import check_reader
from evaluation.queries.low_prices import low_prices
from kernel.errors import TenderingError
from kernel.money import half_up, write_units
from storage.database import Session
from tender import queries as tenders
from tender.lifecycle import Stage
from tender.records import LotRecord
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import HOMES, actor_of, refuse, render, see
from web.routes import get, post

READERS = (Duty.EXPERT, Duty.SUPERVISOR, Duty.TENDER_OFFICE)
REBATE_PLACES = 3
PRICE_STEPS = ("mean", "second_lowest", "ceiling", "budget", "other", "mean_kept", "base")
COUNT_STEPS = ("kept", "aside", "product")


@get("/findings/tenders/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """Everything that the reader may know of a tender's findings."""
    return render(request, "findings-tender.html", form={}, **page_values(request, tender_id))


@post("/findings/tenders/{tender_id:str}/outliers/{outlier_id:str}")
def explain(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    outlier_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Write down why an own figure stands apart."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            actions.explain_outlier(
                session,
                actor=actor,
                tender_id=tender_id,
                outlier_id=outlier_id,
                reason=text(data, "reason"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = page_values(request, tender_id)
        field = f"reason-{outlier_id}" if "where" in error.facts else ""
        return refuse(
            request,
            "findings-tender.html",
            error,
            field=field,
            form={field: text(data, "reason")},
            **values,
        )
    return see(f"/findings/tenders/{tender_id}")


def page_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """Figures of other members are shown only after the ranking; before it, how many wait for a reason."""
    actor = actor_of(request, *READERS)
    with adapters_of(request).database.reading() as session:
        seat = check_reader(session, actor, tender_id)
        tender = tenders.tender(session, tender_id)
        lots = [lot_values(session, tender_id, lot, seat) for lot in tenders.lots(session, tender_id)]
    home = next(HOMES[duty] for duty in READERS if actor.holds(duty))
    return {
        "tender": tender,
        "lots": lots,
        "seat": seat,
        "currency": tender.currency,
        "is_ranked": tender.stage == Stage.EVALUATED,
        "home": f"/expert/tenders/{tender_id}" if seat else home,
    }


def lot_values(session: Session, tender_id: str, lot: LotRecord, seat: str) -> dict[str, Any]:
    """What the page shows of one lot."""
    rulebook = judging.rulebook(session, tender_id, lot.id)
    found, record = low_prices(session, tender_id, lot.id), queries.find_lot_findings(session, lot.id)
    bids = judging.opened_bids(session, tender_id, lot.id)
    return {
        "id": lot.id,
        "number": lot.number,
        "title": lot.title,
        "part_names": part_names(rulebook),
        "names": {bid.bid_id: bid.bidder_name for bid in bids},
        "low": None if found is None else [low_words(one, rulebook.price_places) for one in found],
        "own": queries.flagged(session, lot.id, seat) if seat else [],
        "is_compared": queries.last_comparison(session, lot.id) is not None,
        "waiting": dict(Counter(row.seat for row in queries.waiting(session, lot.id))),
        "body": record.body if record else None,
        "bars": win_bars(record.body) if record else [],
    }


def low_words(found: LowPrices, places: int) -> dict[str, Any]:
    """One rule with its steps as decimal text."""
    is_rebate = found.rule.kind == "italy"
    return {
        "rule": found.rule,
        "percent": write_units(found.rule.percent, 2).rstrip("0").rstrip("."),
        "steps": [(name, _amount(name, value, places, is_rebate)) for name, value in found.steps],
        "flagged": found.flagged,
        "skipped": found.skipped,
    }


def _amount(step: str, value: Fraction, places: int, is_rebate: bool) -> str:
    if step in COUNT_STEPS:
        return str(value)
    if is_rebate and step not in PRICE_STEPS[-1:]:
        return (
            write_units(half_up(value.numerator * 10**REBATE_PLACES, value.denominator), REBATE_PLACES) + " %"
        )
    return write_units(half_up(value.numerator, value.denominator), places)


def win_bars(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The bids that win in some draw, with the length of their bars of 1000."""
    shares = body["robustness"].get("win_share", [])
    bars = [
        {"bid_id": one["bid_id"], "share": one["share"], "width": round(float(one["share"]) * 1000)}
        for one in shares
    ]
    return [bar for bar in bars if bar["width"]] or bars[:1]


ROUTES = [show, explain]
