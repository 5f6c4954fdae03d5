"""The whole of it: an evaluation case gives its ranking, the same to anybody, on any machine, in any order.

1. check that votes and sheets are complete and fit the rulebook    (case)
2. screen the bids                                                  (compliance)
3. score and place the accepted bids                                (score_matrix)
4. write down how each figure came about                            (derivation)
"""

from collections.abc import Iterable, Sequence

import numpy as np

from evaluation.case import EvaluationCase, case_digest, check_case
from evaluation.compliance import OpenedBid, screen
from evaluation.derivation import derive
from evaluation.fixed_point import Units, units
from evaluation.result import PartScore, RankedBid, Ranking
from evaluation.rulebook import PRICE_PART, Rulebook, rulebook_digest
from evaluation.score_matrix import Scores, points_type, score_matrix
from evaluation.sheets import Sheet
from kernel.errors import BadSheet


def evaluate(case: EvaluationCase) -> Ranking:
    """Screen, score and rank. The published case gives this ranking to anyone.

    Raises:
        BadInput, BadSheet: the case is incomplete or contradicts its rulebook.
    """
    check_case(case)
    screening = screen(case.rulebook, case.bids, case.votes)
    lines: tuple[RankedBid, ...] = ()
    if screening.accepted:
        points = points_array(case.rulebook, screening.accepted, case.sheets, case.members)
        prices = units([bid.price for bid in screening.accepted])
        lines = _lines(case.rulebook, screening.accepted, score_matrix(case.rulebook, points, prices))
    return Ranking(
        tender_id=case.tender_id,
        lot_id=case.lot_id,
        rulebook=case.rulebook,
        rulebook_digest=rulebook_digest(case.rulebook),
        case_digest=case_digest(case),
        lines=lines,
        rejected=screening.rejected,
    )


def points_array(
    rulebook: Rulebook, bids: Sequence[OpenedBid], sheets: Iterable[Sheet], members: Sequence[str]
) -> Units:
    """The sheets as an array [member, bid, criterion]; sheets of other bids are left aside.

    Raises:
        BadSheet: a member has no sheet for one of the bids.
    """
    rows = {(sheet.member, sheet.bid_id): sheet.points for sheet in sheets}
    criteria = [criterion.id for criterion in rulebook.criteria]
    points = np.zeros((len(members), len(bids), len(criteria)), dtype=points_type(rulebook, len(members)))
    for i, member in enumerate(members):
        for j, bid in enumerate(bids):
            sheet = rows.get((member, bid.bid_id))
            if sheet is None:
                raise BadSheet(where=member, why=f"the sheet for the bid {bid.bid_id} is missing")
            points[i, j] = [sheet[id] for id in criteria]
    return points


def _lines(rulebook: Rulebook, bids: Sequence[OpenedBid], scores: Scores) -> tuple[RankedBid, ...]:
    return tuple(_line(rulebook, bids[row], scores, int(row)) for row in scores.standing.order)


def _line(rulebook: Rulebook, bid: OpenedBid, scores: Scores, row: int) -> RankedBid:
    ids = [PRICE_PART, *(group.id for group in rulebook.groups)]
    points = [scores.price.values[row], *scores.groups[row]]
    return RankedBid(
        place=int(scores.standing.places[row]),
        bid=bid,
        price_points=int(scores.price.values[row]),
        technical_points=int(scores.technical.values[row]),
        total=int(scores.total.values[row]),
        parts=tuple(
            PartScore(id, int(figure), int(scores.weighted.values[row, column]))
            for column, (id, figure) in enumerate(zip(ids, points, strict=True))
        ),
        derivation=derive(rulebook, scores, row),
    )
