"""The whole of it: an evaluation case gives its ranking, the same to anybody, on any machine, in any order.

1. check that votes, sheets and draws are complete and fit the rulebook    (case)
2. screen the bids                                                         (compliance)
3. combine the experts' points, add those for answers                      (technical_matrix, objective)
4. reject what stays below a minimum                                       (thresholds)
5. evaluation prices, benchmark, points for price                          (price_part)
6. weigh, add, place                                                       (score_matrix)
7. write down how each figure came about                                   (derivation)
"""

from collections.abc import Iterable, Sequence

import numpy as np

from evaluation.award import award_places
from evaluation.case import EvaluationCase, case_digest, check_case
from evaluation.compliance import OpenedBid, Rejection, bid_answers, screen
from evaluation.derivation import derive
from evaluation.fixed_point import Units
from evaluation.objective import objective_points
from evaluation.price_part import price_part
from evaluation.result import PartScore, RankedBid, Ranking
from evaluation.rulebook import PRICE_PART, Rulebook, rulebook_digest
from evaluation.score_matrix import Scores, technical_only, weigh_and_place
from evaluation.sheets import Sheet
from evaluation.technical_matrix import Technical, expert_columns, points_type, technical_matrix
from evaluation.thresholds import below_minimum
from kernel.clock import read_time
from kernel.errors import BadSheet


def evaluate(case: EvaluationCase) -> Ranking:
    """Screen, score and rank. The published case gives this ranking to anyone.

    Raises:
        BadInput, BadSheet: the case is incomplete or contradicts its rulebook.
    """
    check_case(case)
    screening = screen(case.rulebook, case.bids, case.votes)
    part = technical_part(case, screening.accepted)
    grounds = below_minimum(case.rulebook, part, technical_only(case.rulebook, part))
    rows = np.array([row for row, found in enumerate(grounds) if not found], dtype=np.int64)
    rejected = [
        Rejection(bid.bid_id, found) for bid, found in zip(screening.accepted, grounds, strict=True) if found
    ]
    kept = [screening.accepted[row] for row in rows]
    lines: tuple[RankedBid, ...] = ()
    benchmark = None
    if kept:
        prices, benchmark = price_part(case, kept)
        part = part.of_rows(rows)
        scores = weigh_and_place(
            case.rulebook, part, prices, more_keys(case.rulebook, part, kept), draw_key(case, kept)
        )
        lines = tuple(_line(case.rulebook, kept[row], scores, int(row)) for row in scores.standing.order)
    return Ranking(
        tender_id=case.tender_id,
        lot_id=case.lot_id,
        rulebook=case.rulebook,
        rulebook_digest=rulebook_digest(case.rulebook),
        case_digest=case_digest(case),
        lines=lines,
        rejected=tuple(sorted([*screening.rejected, *rejected], key=lambda one: one.bid_id)),
        benchmark=benchmark,
    )


def technical_part(case: EvaluationCase, bids: Sequence[OpenedBid]) -> Technical:
    """The technical part of these bids, in their order."""
    rulebook = case.rulebook
    answered = (
        objective_points(rulebook, bid_answers(rulebook, bids)) if rulebook.system_criteria and bids else None
    )
    points = points_array(rulebook, bids, case.sheets, case.members)
    if not bids:
        return Technical(None, None, np.zeros((0, len(rulebook.groups)), dtype=np.int64))
    return technical_matrix(rulebook, points, answered, len(bids))


def points_array(
    rulebook: Rulebook, bids: Sequence[OpenedBid], sheets: Iterable[Sheet], members: Sequence[str]
) -> Units:
    """The sheets as an array [member, bid, criterion of the experts]; sheets of other bids are left aside.

    Raises:
        BadSheet: a member has no sheet for one of the bids.
    """
    rows = {(sheet.member, sheet.bid_id): sheet.points for sheet in sheets}
    criteria = [criterion.id for criterion in rulebook.expert_criteria]
    points = np.zeros((len(members), len(bids), len(criteria)), dtype=points_type(rulebook, len(members)))
    if not criteria:
        return points
    for i, member in enumerate(members):
        for j, bid in enumerate(bids):
            sheet = rows.get((member, bid.bid_id))
            if sheet is None:
                raise BadSheet(where=member, why=f"the sheet for the bid {bid.bid_id} is missing")
            points[i, j] = [sheet[id] for id in criteria]
    return points


def more_keys(rulebook: Rulebook, part: Technical, bids: Sequence[OpenedBid]) -> dict[str, Units]:
    """Tie keys that need more than prices and groups: criteria, answers, the moment of receipt."""
    keys: dict[str, Units] = {}
    column = {id: index for index, id in enumerate(expert_columns(rulebook))}
    system = {criterion.id: index for index, criterion in enumerate(rulebook.system_criteria)}
    answers = bid_answers(rulebook, bids)
    for key in rulebook.tie_break:
        prefix, _, id = key.partition(":")
        if prefix == "criterion":
            figures = part.combined if id in column else part.answered
            assert figures is not None
            keys[key] = -figures.values[:, column[id] if id in column else system[id]]
        elif prefix == "answer":
            keys[key] = np.array([0 if given.get(id) is True else 1 for given in answers], dtype=np.int64)
        elif key == "earlier_bid":
            moments = [read_time(bid.received_at) for bid in bids]
            order = {moment: rank for rank, moment in enumerate(sorted(set(moments)))}
            keys[key] = np.array([order[moment] for moment in moments], dtype=np.int64)
    return keys


def draw_key(case: EvaluationCase, bids: Sequence[OpenedBid]) -> Units:
    """Where a public draw put each bid among its equals; bids that no draw named stay equal."""
    drawn = {bid: position for tie in case.drawn.ties for position, bid in enumerate(tie)}
    return np.array([drawn.get(bid.bid_id, 0) for bid in bids], dtype=np.int64)


def _line(rulebook: Rulebook, bid: OpenedBid, scores: Scores, row: int) -> RankedBid:
    ids = [PRICE_PART, *(group.id for group in rulebook.groups)]
    price = scores.prices.scores.points
    points = [price.values[row], *scores.technical_part.groups[row]]
    return RankedBid(
        place=int(scores.standing.places[row]),
        bid=bid,
        evaluated_price=int(scores.prices.evaluated.values[row]),
        price_points=int(price.values[row]),
        technical_points=int(scores.technical.values[row]),
        total=int(scores.total.values[row]),
        award=int(scores.award.values[row]),
        award_places=award_places(rulebook),
        parts=tuple(
            PartScore(id, int(figure), int(scores.weighted.values[row, column]))
            for column, (id, figure) in enumerate(zip(ids, points, strict=True))
        ),
        derivation=derive(rulebook, scores, row),
    )
