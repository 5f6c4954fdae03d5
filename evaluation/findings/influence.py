"""Who decides the first place: the evaluation repeated without one expert, and without one criterion.

What the compliance review decided stays decided: only the scoring is repeated. Without an expert, that member's
sheets are gone; without a criterion, its points are gone and its group's maximum is lower by its maximum, so that
the group keeps its weight. A changed winner is a question to the panel, never a change of the result.

Definitions: docs/formats/findings.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.case import EvaluationCase
from evaluation.compliance import MINIMUM, OpenedBid, bid_answers
from evaluation.evaluate import draw_key, more_keys, points_array
from evaluation.fixed_point import Units
from evaluation.objective import objective_points
from evaluation.price_part import price_part
from evaluation.result import Ranking
from evaluation.rulebook import Group, Rulebook
from evaluation.rulebook.criteria import EXPERTS
from evaluation.score_matrix import Prices, technical_only, weigh_and_place
from evaluation.technical_matrix import technical_matrix
from evaluation.thresholds import below_minimum
from kernel.ids import BidId

TOO_FEW_EXPERTS = "too few experts would be left"
LAST_OF_GROUP = "the group has no other criterion"
NAMED_IN_TIES = "the rulebook breaks ties by it"


@dataclass(frozen=True)
class Without:
    """What the ranking would be without one expert or criterion; `skipped` says why it was not worked out."""

    left_out: str
    first: tuple[BidId, ...] = ()
    """the bids that would share the first place"""
    changes_first: bool = False
    moved: int = 0
    """bids that would have another place"""
    skipped: str = ""


@dataclass(frozen=True)
class Influence:
    """One line for each expert, in order of seat, and one for each criterion that experts score."""

    experts: tuple[Without, ...]
    criteria: tuple[Without, ...]


def find_influence(case: EvaluationCase, ranking: Ranking) -> Influence:
    """Repeat the scoring without each expert and without each criterion; nothing without a ranked bid.

    The case is the one that gave this ranking, so it is not checked again.
    """
    if not ranking.lines or not case.rulebook.expert_criteria:
        return Influence((), ())
    again = _Again(case, ranking)
    return Influence(
        tuple(again.without_expert(row, member) for row, member in enumerate(case.members)),
        tuple(
            again.without_criterion(column, criterion.id)
            for column, criterion in enumerate(case.rulebook.expert_criteria)
        ),
    )


class _Again:
    """The scoring of one case, to be repeated with fewer points: what does not change is worked out once."""

    def __init__(self, case: EvaluationCase, ranking: Ranking) -> None:
        by_vote = {
            rejection.bid_id
            for rejection in ranking.rejected
            if not all(ground.clause == MINIMUM for ground in rejection.reasons)
        }
        self.case, rulebook = case, case.rulebook
        self.bids = [
            bid for bid in sorted(case.bids, key=lambda bid: bid.bid_id) if bid.bid_id not in by_vote
        ]
        self.points = points_array(rulebook, self.bids, case.sheets, case.members)
        self.answered = (
            objective_points(rulebook, bid_answers(rulebook, self.bids)) if rulebook.system_criteria else None
        )
        self.before = {line.bid.bid_id: line.place for line in ranking.lines}
        self.prices: dict[tuple[BidId, ...], Prices] = {}

    def without_expert(self, row: int, member: str) -> Without:
        """The places without one row of the points."""
        if len(self.points) - 1 < max(self.case.rulebook.combination.fewest_experts, 1):
            return Without(member, skipped=TOO_FEW_EXPERTS)
        return self._compare(member, self._places(self.case.rulebook, np.delete(self.points, row, axis=0)))

    def without_criterion(self, column: int, id: str) -> Without:
        """The places without one column of the points."""
        rulebook = without_criterion(self.case.rulebook, id)
        if isinstance(rulebook, str):
            return Without(id, skipped=rulebook)
        return self._compare(id, self._places(rulebook, np.delete(self.points, column, axis=2)))

    def _places(self, rulebook: Rulebook, points: Units) -> dict[BidId, int]:
        part = technical_matrix(rulebook, points, self.answered, len(self.bids))
        grounds = below_minimum(rulebook, part, technical_only(rulebook, part))
        rows = np.array([row for row, found in enumerate(grounds) if not found], dtype=np.int64)
        kept = [self.bids[row] for row in rows]
        if not kept:
            return {}
        part = part.of_rows(rows)
        keys, drawn = more_keys(rulebook, part, kept), draw_key(self.case, kept)
        scores = weigh_and_place(rulebook, part, self._prices(kept), keys, drawn)
        return {bid.bid_id: int(place) for bid, place in zip(kept, scores.standing.places, strict=True)}

    def _prices(self, kept: Sequence[OpenedBid]) -> Prices:
        ids = tuple(bid.bid_id for bid in kept)
        if ids not in self.prices:
            self.prices[ids] = price_part(self.case, kept)[0]
        return self.prices[ids]

    def _compare(self, left_out: str, after: Mapping[BidId, int]) -> Without:
        first = tuple(sorted(bid for bid, place in after.items() if place == 1))
        was_first = tuple(sorted(bid for bid, place in self.before.items() if place == 1))
        moved = sum(self.before.get(bid) != after.get(bid) for bid in self.before.keys() | after.keys())
        return Without(left_out, first, first != was_first, moved)


def without_criterion(rulebook: Rulebook, id: str) -> Rulebook | str:
    """The rulebook without one criterion, its group keeping its weight; or why there is none."""
    if f"criterion:{id}" in rulebook.tie_break:
        return NAMED_IN_TIES
    groups = []
    for group in rulebook.groups:
        left = _group_without(group, id)
        if left is None:
            return LAST_OF_GROUP
        groups.append(left)
    return replace(rulebook, groups=tuple(groups))


def _group_without(group: Group, id: str) -> Group | None:
    kept = tuple(criterion for criterion in group.criteria if criterion.id != id)
    if len(kept) == len(group.criteria):
        return group
    if not any(criterion.scored_by == EXPERTS for criterion in kept):
        return None
    lost = sum(criterion.maximum for criterion in group.criteria if criterion.id == id)
    # A minimum of the whole group shrinks in proportion, rounded down: it asks for no larger share than before.
    minimum = None if group.minimum is None else group.minimum * (group.maximum - lost) // group.maximum
    return replace(group, criteria=kept, maximum=group.maximum - lost, minimum=minimum)
