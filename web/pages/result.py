"""The result for everybody: ranking, charts, the derivation of every figure, rejected bids, panel, evidence."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from evaluation.queries import draws, report_facts
from evaluation.queries import judging as queries
from evaluation.queries.lots import award_proposal
from evaluation.report.contents import make_parts
from evaluation.report.values import LotResult
from evaluation.result import write_ranking
from kernel.errors import NotFound
from tender.lifecycle import Stage
from web.guards import adapters_of
from web.pages.public import published
from web.pages.render import render
from web.routes import get


@get("/tenders/{tender_id:str}/result")
def show_result(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The published result, computed again from its published cases."""
    with adapters_of(request).database.reading() as session:
        record = published(session, tender_id)
        if record.stage != Stage.EVALUATED:
            raise NotFound(what="result of tender", id=tender_id)
        lots = queries.lot_results(session, tender_id)
        award = award_proposal(session, tender_id) if len(lots) > 1 else None
        drawn = {draw.lot_id for draw in draws.draws(session, tender_id) if draw.drawn_at}
        forms = {made.form for made in queries.reports(session, tender_id)}
        parts: dict[str, Any] = make_parts(report_facts.report_facts(session, tender_id), lots)
    derivations = {
        lot.lot_id: {line["bid_id"]: line for line in _list(write_ranking(lot.ranking)["lines"])}
        for lot in lots
    }
    return render(
        request,
        "result.html",
        tender=record,
        parts=parts,
        award=award,
        forms=forms,
        has_draws={lot.lot_id: lot.lot_id in drawn for lot in lots},
        derivations=derivations,
        part_names={lot.lot_id: part_names(lot) for lot in lots},
        combined_names={lot.lot_id: combined_names(lot) for lot in lots},
    )


def part_names(lot: LotResult) -> dict[str, dict[str, str]]:
    """The bilingual names of the groups whose points add up to a total."""
    return {group.id: vars(group.name) for group in lot.case.rulebook.groups}


def combined_names(lot: LotResult) -> dict[str, dict[str, str]]:
    """The bilingual names of the criteria."""
    return {criterion.id: vars(criterion.name) for criterion in lot.case.rulebook.criteria}


def _list(value: Any) -> list[Any]:
    return list(value)


ROUTES = [show_result]
