"""From the experts' points and the platform's own to the technical part of every bid.

1. combine the experts' points, per criterion or per group           -> places.combined
2. put the criteria that answers decide beside them                  (already at places.combined)
3. add the criteria of each group                                    (exact)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.fixed_point import Units
from evaluation.rounded import Rounded
from evaluation.rulebook import Rulebook
from evaluation.rulebook.criteria import EXPERTS
from evaluation.technical_score import combine_points


@dataclass(frozen=True)
class Technical:
    """Rows are bids; `combined` has a column for each criterion or group of the experts, `answered` for the others."""

    combined: Rounded | None
    answered: Rounded | None
    groups: Units

    def of_rows(self, rows: Units) -> "Technical":
        """The same for some of the bids."""
        return replace(
            self,
            combined=_taken(self.combined, rows),
            answered=_taken(self.answered, rows),
            groups=self.groups[rows],
        )


def technical_matrix(rulebook: Rulebook, points: Units, answered: Rounded | None, bids: int) -> Technical:
    """Combine points [expert, bid, criterion of the experts]; `answered` has the columns of the other criteria."""
    if not rulebook.groups:
        return Technical(None, None, np.zeros((bids, 0), dtype=np.int64))
    by_criterion = rulebook.combination.level == "criterion"
    columns = expert_columns(rulebook)
    if columns and not by_criterion:
        points = np.add.reduceat(points, _starts(_expert_counts(rulebook)), axis=2)
    combined = combine_points(points, rulebook.combination, rulebook.places) if columns else None
    if answered is None and combined is not None:
        groups = combined.values
        if by_criterion:
            groups = np.add.reduceat(
                groups, _starts([len(group.criteria) for group in rulebook.groups]), axis=1
            )
        return Technical(combined, None, groups)
    return Technical(combined, answered, _groups(rulebook, combined, answered, bids))


def expert_columns(rulebook: Rulebook) -> tuple[str, ...]:
    """What the columns of the experts' combined figures stand for: criteria, or the groups that have any."""
    if rulebook.combination.level == "criterion":
        return tuple(criterion.id for criterion in rulebook.expert_criteria)
    return tuple(
        group.id
        for group in rulebook.groups
        if any(criterion.scored_by == EXPERTS for criterion in group.criteria)
    )


def points_type(rulebook: Rulebook, experts: int) -> type[np.int32 | np.int64]:
    """The narrower of two types that holds every sum of points over the experts; narrow is twice as fast."""
    most = experts * max((group.maximum for group in rulebook.groups), default=0)
    return np.int32 if most < 2**31 else np.int64


def _groups(rulebook: Rulebook, combined: Rounded | None, answered: Rounded | None, bids: int) -> Units:
    """Each group's points, where some criteria come from the answers."""
    column = {id: index for index, id in enumerate(expert_columns(rulebook))}
    system = {criterion.id: index for index, criterion in enumerate(rulebook.system_criteria)}
    groups = np.zeros((bids, len(rulebook.groups)), dtype=np.int64)
    for index, group in enumerate(rulebook.groups):
        names = {group.id} if rulebook.combination.level == "group" else {c.id for c in group.criteria}
        for id in names & set(column):
            assert combined is not None
            groups[:, index] += combined.values[:, column[id]]
        for id in {criterion.id for criterion in group.criteria} & set(system):
            assert answered is not None
            groups[:, index] += answered.values[:, system[id]]
    return groups


def _expert_counts(rulebook: Rulebook) -> list[int]:
    """How many criteria the experts score in each group that has any."""
    counts = [sum(c.scored_by == EXPERTS for c in group.criteria) for group in rulebook.groups]
    return [count for count in counts if count]


def _starts(counts: Sequence[int]) -> list[int]:
    """The column at which each stretch of columns begins."""
    starts, column = [], 0
    for count in counts:
        starts.append(column)
        column += count
    return starts


def _taken(figures: Rounded | None, rows: Units) -> Rounded | None:
    if figures is None:
        return None
    dens = figures.denominators
    if not isinstance(dens, int):
        dens = np.broadcast_to(dens, figures.values.shape)[rows]
    return Rounded(figures.numerators[rows], dens, figures.values[rows])
