"""Exact arithmetic in declared decimal scales: whole numbers of 10**-places, rounded half away from zero.

A figure such as 88.125 is the integer 88125 at three places. Numpy's int64 carries it; where a product or
the rounding itself could pass 2**63 the same arithmetic runs on Python's unbounded integers, so no result
depends on how large a price is. Binary floats never appear: 88.125 rounded by `np.round` is 88.12, half-up
is 88.13.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

Units = NDArray[Any]  # int64, or object holding Python integers where int64 is too small

LIMIT = 2**63
PLAIN_POINTS = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]+)?", re.ASCII)


def read_points(text: object, places: int) -> int:
    """Read a plain decimal such as `12.50` into units of 10**-places; zero is allowed.

    Raises:
        ValueError: not a plain decimal string, or more decimals than the scale has.
    """
    if not isinstance(text, str) or not PLAIN_POINTS.fullmatch(text):
        raise ValueError('points are written as a plain decimal in quotes, such as "12.50"')
    whole, _, fraction = text.partition(".")
    if len(fraction) > places:
        raise ValueError(f"at most {places} decimals are allowed")
    shift: int = 10**places
    return int(whole) * shift + int(fraction.ljust(places, "0") or "0")


def units(values: object) -> Units:
    """Make an array of whole numbers, of int64 when every one of them fits."""
    if isinstance(values, np.ndarray) and values.dtype == np.int64:
        return values
    array = np.asarray(values, dtype=object)  # never let numpy choose: it would take float64 for [2**63, -1]
    if not all(isinstance(value, int | np.integer) for value in array.flat):
        raise TypeError("internal: only whole numbers may enter the exact arithmetic")
    return _narrowed(array)


def largest(array: Units) -> int:
    """The largest magnitude in an array, as a Python integer; 0 for an empty one."""
    if array.size == 0:
        return 0
    return max(abs(int(array.max())), abs(int(array.min())))


def product(left: Units, right: Units) -> Units:
    """left * right, exactly."""
    if largest(left) * largest(right) < LIMIT:
        return left * right
    return wide(left) * wide(right)


def weighted_sum(columns: Units, weights: tuple[int, ...]) -> Units:
    """The sum of columns[:, i] * weights[i], exactly."""
    bound = sum(max(largest(columns[:, i]), 1) * abs(weight) for i, weight in enumerate(weights))
    if bound >= LIMIT:
        columns = wide(columns)
    total: Units = np.zeros(len(columns), dtype=columns.dtype)
    for i, weight in enumerate(weights):
        total = total + columns[:, i] * weight
    return total


def half_up(numerator: Units, denominator: Units | int) -> Units:
    """numerator / denominator, rounded half away from zero; every denominator is positive."""
    den = denominator if isinstance(denominator, int) else units(denominator)
    widest = den if isinstance(den, int) else largest(den)
    lowest = int(numerator.min()) if numerator.size else 0
    if max(largest(numerator), widest) + widest >= LIMIT:
        return _narrowed(_half_up(wide(numerator), den if isinstance(den, int) else wide(den), lowest))
    return _half_up(numerator, den, lowest)


def _half_up(num: Units, den: Units | int, lowest: int) -> Units:
    """(num + den // 2) // den is half up for odd and for even denominators, while num is not negative."""
    rounded = abs(num) if lowest < 0 else num
    rounded = rounded + den // 2
    rounded //= den
    return np.where(num < 0, -rounded, rounded) if lowest < 0 else rounded


def wide(array: Units) -> Units:
    """The same numbers as Python's unbounded integers."""
    return array.astype(object)


def _narrowed(array: Units) -> Units:
    return array.astype(np.int64) if largest(array) < LIMIT else array
