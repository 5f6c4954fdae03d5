"""Combine the experts' figures into the panel's figure: mean, trimmed mean or median, rounded once.

A trimmed mean drops the declared number of highest and of lowest figures, position by position; which of
several equal figures is dropped changes nothing.
"""

import numpy as np

from evaluation.fixed_point import Units
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import Combination, Places
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
    sums, count = _kept(points, combination)
    kept = sums.astype(np.int64)
    scale = 10 ** (places.combined - places.sheet)
    if scale > 1:
        kept *= scale
    return rounded(kept, count)


def describe_combination(combination: Combination) -> str:
    """The name of the rule as it stands in a derivation."""
    if combination.rule != "trimmed_mean":
        return combination.rule
    return f"trimmed_mean(high={combination.drop_high},low={combination.drop_low})"


def _kept(points: Units, combination: Combination) -> tuple[Units, int]:
    """The sum of the figures that count, and how many they are."""
    experts, high, low = len(points), combination.drop_high, combination.drop_low
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
