"""The draws of an evaluation for everybody; the tender's own office freezes and draws on the same page."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts.duties import Actor, Duty
from evaluation.actions import draws as actions
from evaluation.drawing import (
    FORMULA,
    TIES,
    describe,
    formula_items,
    read_request,
    request_hash,
    ties_that_matter,
)
from evaluation.queries import draws as queries
from evaluation.queries import judging
from evaluation.records.draws import EvaluationDrawRecord
from evaluation.result import ranking_digest
from evaluation.rulebook import rulebook_digest
from kernel.errors import TenderingError
from storage.database import Session
from tender import queries as tenders
from tender.lifecycle import Stage
from tender.records import TenderRecord
from web.guards import adapters_of, find_caller
from web.pages.public import published
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@get("/tenders/{tender_id:str}/evaluation-draws")
def show_draws(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """What was frozen, the entry of the log, the root that made the seed, what came out."""
    return render(request, "evaluation-draws.html", **page_values(request, tender_id))


def page_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The draws of a tender, and what its own office has to draw now."""
    found = find_caller(request)
    with adapters_of(request).database.reading() as session:
        record = published(session, tender_id)
        lots = {lot.id: lot for lot in tenders.lots(session, tender_id)}
        names = {
            bid.bid_id: bid.bidder_name
            for lot in lots
            if record.stage in (Stage.OPENED, Stage.EVALUATED)
            for bid in judging.opened_bids(session, tender_id, lot)
        }
        return {
            "tender": record,
            "lots": lots,
            "names": names,
            "draws": [shown(draw) for draw in queries.draws(session, tender_id)],
            "to_freeze": [lot for lot in lots if lacks(session, record, lot)],
            "is_own": found is not None and is_own(found.actor, record),
        }


def shown(record: EvaluationDrawRecord) -> dict[str, Any]:
    """One draw with its items, hash and root."""
    return {
        "record": record,
        "items": describe(record.request, record.result),
        "request_hash": request_hash(read_request(record.request)).hex(),
        "seed_size": record.log_index + 2,
    }


def is_own(actor: Actor, record: TenderRecord) -> bool:
    """Whether somebody works in the office that runs the tender."""
    return actor.holds(Duty.TENDER_OFFICE) and actor.organisation_id == record.tenderer_id


def lacks(session: Session, record: TenderRecord, lot_id: str) -> bool:
    """Whether a lot has something to freeze now."""
    if record.stage == Stage.OPENED:
        rules = judging.rulebook(session, record.id, lot_id)
        is_wanted = bool(formula_items(rules, ()))
        return is_wanted and queries.find_draw(session, lot_id, FORMULA, rulebook_digest(rules)) is None
    ranking = judging.found_ranking(session, lot_id) if record.stage == Stage.EVALUATED else None
    if ranking is None or not ties_that_matter(ranking):
        return False
    return queries.find_draw(session, lot_id, TIES, ranking_digest(ranking)) is None


def draws_state(session: Session, record: TenderRecord) -> str:
    """For the office's list of tasks: nothing where nothing is drawn, else `open` or `done`."""
    if record.stage not in (Stage.OPENED, Stage.EVALUATED):
        return ""
    made = queries.draws(session, record.id)
    if any(draw.drawn_at is None for draw in made):
        return "open"
    if any(lacks(session, record, lot.id) for lot in tenders.lots(session, record.id)):
        return "open"
    return "done" if made else ""


@post("/office/tenders/{tender_id:str}/lots/{lot_id:str}/evaluation-draws")
def freeze(request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]) -> Response[Any]:
    """Freeze what a lot has to draw."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        with adapters.database.transaction() as session:
            actions.freeze_draw(
                session, actor=actor, tender_id=tender_id, lot_id=lot_id, now=adapters.clock.now()
            )
    except TenderingError as error:
        return refuse(request, "evaluation-draws.html", error, **page_values(request, tender_id))
    return see(f"/tenders/{tender_id}/evaluation-draws")


@post("/office/tenders/{tender_id:str}/evaluation-draws/{draw_id:str}")
def draw(request: Request[Any, Any, Any], tender_id: FromPath[str], draw_id: FromPath[str]) -> Response[Any]:
    """Draw now."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        with adapters.database.transaction() as session:
            actions.make_draw(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    except TenderingError as error:
        return refuse(request, "evaluation-draws.html", error, **page_values(request, tender_id))
    return see(f"/tenders/{tender_id}/evaluation-draws")


ROUTES = [show_draws, freeze, draw]
