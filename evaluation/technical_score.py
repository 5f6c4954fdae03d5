"""Combine the experts' figures into the panel's figure: mean, trimmed mean or median, rounded once.

A trimmed mean drops the declared number of highest and of lowest figures, position by position; which of several
equal figures is dropped changes nothing. Where the rulebook says so, figures that deviate from the mean of the panel
(or of the other experts) by more than a percentage do not count; if none were left, all count.
"""

import numpy as np

from evaluation.fixed_point import LIMIT, Units, largest, wide
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import Combination, Deviation, Places
from evaluation.rulebook.numbers import write_decimal
from kernel.errors import BadSheet

BLOCK_ROWS = 100  # rows whose figures stay in the processor's cache while they are read three times


def combine_points(points: Units, combination: Combination, places: Places) -> Rounded:
    """The panel's figures, in units of 10**-places.combined, from an array whose first axis is the experts.

    Raises:
        BadSheet: fewer experts than the combination drops.
    """
    experts = len(points)
    if experts < combination.fewest_experts:
        why = f"{experts} experts gave points; this rulebook needs at least {combination.fewest_experts}"
        raise BadSheet(where="sheets", why=why)
    sums, count = (
        _counting(points, combination.exclude) if combination.exclude else _kept(points, combination)
    )
    kept = sums.astype(np.int64)
    scale = 10 ** (places.combined - places.sheet)
    if scale > 1:
        kept *= scale
    return rounded(kept, count)


def describe_combination(combination: Combination) -> str:
    """The name of the rule as it stands in a derivation."""
    if combination.exclude:
        return f"mean(within={write_decimal(combination.exclude.percent)}%,of={combination.exclude.against})"
    if combination.rule != "trimmed_mean":
        return combination.rule
    return f"trimmed_mean(high={combination.drop_high},low={combination.drop_low})"


def _counting(points: Units, rule: Deviation) -> tuple[Units, Units]:
    """The sum and number of the figures that do not deviate too far; compared without any division."""
    percent, experts = rule.percent, len(points)
    widest = 100 * percent.denominator + percent.numerator
    figures = wide(points) if widest * experts * largest(points) >= LIMIT else points.astype(np.int64)
    sums = figures.sum(axis=0)
    if rule.against == "panel":
        distance, centre = abs(experts * figures - sums), sums
    else:
        distance, centre = abs((experts - 1) * figures - (sums - figures)), sums - figures
    counts = 100 * percent.denominator * distance <= percent.numerator * centre
    counts |= ~counts.any(axis=0)
    return np.where(counts, figures, 0).sum(axis=0), counts.sum(axis=0)


def _kept(points: Units, combination: Combination) -> tuple[Units, int]:
    """The sum of the figures that count, and how many they are."""
    experts = len(points)
    high, low = combination.dropped(experts)
    if combination.rule == "median":
        high = low = (experts - 1) // 2
    kept = np.empty(points.shape[1:], dtype=points.dtype)
    for start in range(0, len(kept), BLOCK_ROWS):
        block = points[:, start : start + BLOCK_ROWS]
        _add_kept(block, high, low, kept[start : start + BLOCK_ROWS])
    return kept, experts - high - low


def _add_kept(points: Units, high: int, low: int, kept: Units) -> None:
    """Write the sum over the experts, without the extremes, into `kept`."""
    if high > 1 or low > 1:
        np.add.reduce(np.sort(points, axis=0)[low : len(points) - high], axis=0, out=kept)
        return
    np.add.reduce(points, axis=0, out=kept)  # the usual case, at most one high and one low, needs no sorting
    extreme = np.empty_like(kept)
    if high:
        kept -= np.maximum.reduce(points, axis=0, out=extreme)
    if low:
        kept -= np.minimum.reduce(points, axis=0, out=extreme)
