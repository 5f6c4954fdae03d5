"""An expert's sheets as figures to be compared: per criterion, per group, and altogether."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np

from evaluation.findings.outliers import Outlier, OutlierRule, find_outliers
from evaluation.fixed_point import Units, units, weighted_sum
from evaluation.rulebook import Rulebook
from evaluation.rulebook.criteria import EXPERTS
from evaluation.sheets import Sheet
from kernel.ids import BidId

TOTAL = "total"


@dataclass(frozen=True)
class Compared:
    """The figures of one level, [expert, bid, target]; only ratios within a target have a meaning."""

    level: str
    targets: tuple[str, ...]
    figures: Units


@dataclass(frozen=True)
class FlaggedFigure:
    """One figure that stands apart, by the names of everything that it belongs to."""

    seat: str
    bid_id: BidId
    level: str
    target: str
    is_high: bool
    band: int
    figure: int


def outlier_rule(rulebook: Rulebook) -> OutlierRule:
    """The rulebook's own rule, or its limit where it excludes deviating figures, or the usual one."""
    if rulebook.outliers is not None:
        return rulebook.outliers
    exclude = rulebook.combination.exclude
    if exclude is None:
        return OutlierRule()
    definition = "panel_mean" if exclude.against == "panel" else "leave_one_out"
    return OutlierRule(definition, int(exclude.percent * 100))


def find_flagged(
    rulebook: Rulebook, seats: Sequence[str], bids: Sequence[BidId], sheets: Mapping[tuple[str, str], Sheet]
) -> tuple[FlaggedFigure, ...]:
    """Compare complete sheets, which are found by seat and bid; in order of level, seat, bid and target."""
    rule = outlier_rule(rulebook)
    return tuple(
        _named(compared, found, seats, bids)
        for compared in compared_levels(rulebook, seats, bids, sheets)
        if compared.level in rule.levels
        for found in find_outliers(compared.figures, rule)
    )


def compared_levels(
    rulebook: Rulebook, seats: Sequence[str], bids: Sequence[BidId], sheets: Mapping[tuple[str, str], Sheet]
) -> tuple[Compared, ...]:
    """The three levels; a level that would only repeat the one before is left out."""
    criteria = rulebook.expert_criteria
    if not criteria or not bids or not seats:
        return ()
    points = np.array(
        [[[sheets[seat, bid].points[c.id] for c in criteria] for bid in bids] for seat in seats],
        dtype=np.int64,
    )
    levels = [Compared("criterion", tuple(c.id for c in criteria), points)]
    names, starts = _groups(rulebook)
    sums = np.add.reduceat(points, starts, axis=2)
    if len(names) < len(criteria):
        levels.append(Compared("group", names, sums))
    if len(names) > 1:
        levels.append(Compared(TOTAL, (TOTAL,), _totals(rulebook, names, sums)))
    return tuple(levels)


def sheet_figures(rulebook: Rulebook, sheet: Sheet) -> dict[tuple[str, str], int]:
    """Every figure of one complete sheet, by level and target."""
    levels = compared_levels(rulebook, [sheet.member], [sheet.bid_id], {(sheet.member, sheet.bid_id): sheet})
    return {
        (one.level, target): int(one.figures[0, 0, column])
        for one in levels
        for column, target in enumerate(one.targets)
    }


def _groups(rulebook: Rulebook) -> tuple[tuple[str, ...], list[int]]:
    """The groups that experts score in, and the column at which each begins."""
    names, starts, column = [], [], 0
    for group in rulebook.groups:
        count = sum(criterion.scored_by == EXPERTS for criterion in group.criteria)
        if count:
            names.append(group.id)
            starts.append(column)
            column += count
    return tuple(names), starts


def _totals(rulebook: Rulebook, names: Sequence[str], sums: Units) -> Units:
    """Each sheet's weighted points, in a unit that makes all of them whole numbers."""
    groups = [group for group in rulebook.groups if group.id in names]
    common = lcm(*(group.maximum for group in groups))
    factors = tuple(group.weight * (common // group.maximum) for group in groups)
    flat = weighted_sum(units(sums.reshape(-1, sums.shape[2])), factors)
    return flat.reshape(*sums.shape[:2], 1)


def _named(compared: Compared, found: Outlier, seats: Sequence[str], bids: Sequence[BidId]) -> FlaggedFigure:
    return FlaggedFigure(
        seat=seats[found.expert],
        bid_id=bids[found.bid],
        level=compared.level,
        target=compared.targets[found.column],
        is_high=found.is_high,
        band=found.band,
        figure=int(compared.figures[found.expert, found.bid, found.column]),
    )
