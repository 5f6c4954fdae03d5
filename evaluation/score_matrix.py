"""The numeric core: arrays of experts' points and prices in, every figure of the result out.

1. combine the experts' points, per criterion or per group           -> places.combined
2. add the criteria of each group                                    (exact)
3. give points for price                                             -> places.price
4. weight each part: points / maximum * weight                       -> places.weighted
5. total out of 100: from the exact parts or from the rounded ones   -> places.total
6. places, by total and tie keys
"""

from dataclasses import dataclass
from math import gcd, lcm

import numpy as np

from evaluation.fixed_point import Units, product, units, weighted_sum
from evaluation.price_score import score_prices
from evaluation.ranking import Standing, place_bids
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import Places, Rulebook
from evaluation.technical_score import combine_points

PERCENT = 100  # a weight of 10000 basis points is 100 points: one point is 100 basis points


@dataclass(frozen=True)
class Scores:
    """Every figure of one evaluation; rows are bids, columns of `weighted` are price, then groups."""

    combined: Rounded
    groups: Units
    price: Rounded
    weighted: Rounded
    technical: Rounded
    total: Rounded
    standing: Standing


def score_matrix(rulebook: Rulebook, points: Units, prices: Units) -> Scores:
    """Score and rank every bid.

    `points` is indexed [expert, bid, criterion] in units of 10**-places.sheet, criteria in the rulebook's
    order; `prices` is indexed [bid] in price units.
    """
    starts = _starts(rulebook)
    if rulebook.combination.level == "group":
        points = np.add.reduceat(points, starts, axis=2)
    combined = combine_points(points, rulebook.combination, rulebook.places)
    groups = combined.values
    if rulebook.combination.level == "criterion":
        groups = np.add.reduceat(groups, starts, axis=1)
    price = score_prices(prices, rulebook.price)
    parts = np.column_stack([price.values, groups])
    weighted = _weighted(parts, rulebook)
    technical = _technical(parts, weighted, rulebook)
    total = _total(parts, weighted, rulebook)
    standing = place_bids(total.values, prices, technical.values, rulebook.tie_break)
    return Scores(combined, groups, price, weighted, technical, total, standing)


def points_type(rulebook: Rulebook, experts: int) -> type[np.int32 | np.int64]:
    """The narrower of two types that holds every sum of points over the experts; narrow is twice as fast."""
    most = experts * max(group.maximum for group in rulebook.groups)
    return np.int32 if most < 2**31 else np.int64


def _starts(rulebook: Rulebook) -> list[int]:
    """The column at which each group's criteria begin."""
    starts, column = [], 0
    for group in rulebook.groups:
        starts.append(column)
        column += len(group.criteria)
    return starts


def _maxima(rulebook: Rulebook) -> tuple[int, ...]:
    """The maximum of each part in the units of its points."""
    scale = 10 ** (rulebook.places.combined - rulebook.places.sheet)
    return rulebook.price.maximum, *(group.maximum * scale for group in rulebook.groups)


def _weights(rulebook: Rulebook) -> tuple[int, ...]:
    return rulebook.price.weight, *(group.weight for group in rulebook.groups)


def _weighted(parts: Units, rulebook: Rulebook) -> Rounded:
    """points / maximum * weight / 100, each part rounded on its own."""
    scale = 10**rulebook.places.weighted
    factors = units([weight * scale for weight in _weights(rulebook)])
    return rounded(product(parts, factors), units([PERCENT * maximum for maximum in _maxima(rulebook)]))


def _exact_sum(parts: Units, rulebook: Rulebook, first: int, places: int) -> Rounded:
    """The weighted parts from column `first` on, added as fractions and rounded once."""
    maxima, weights = _maxima(rulebook)[first:], _weights(rulebook)[first:]
    common = lcm(*maxima)
    factors = [w * 10**places * (common // maximum) for w, maximum in zip(weights, maxima, strict=True)]
    shared = gcd(PERCENT * common, *factors)
    lowest_terms = tuple(factor // shared for factor in factors)
    return rounded(weighted_sum(parts[:, first:], lowest_terms), PERCENT * common // shared)


def _rounded_sum(weighted: Rounded, first: int, places: Places, to: int) -> Rounded:
    """The weighted parts from column `first` on, added as they were rounded."""
    sums = np.add.reduce(weighted.values[:, first:], axis=1)
    shift = to - places.weighted
    return rounded(sums * 10**shift, 1) if shift > 0 else rounded(sums, 10**-shift)


def _technical(parts: Units, weighted: Rounded, rulebook: Rulebook) -> Rounded:
    places = rulebook.places
    if rulebook.total_of == "exact_parts":
        return _exact_sum(parts, rulebook, 1, places.weighted)
    return _rounded_sum(weighted, 1, places, places.weighted)


def _total(parts: Units, weighted: Rounded, rulebook: Rulebook) -> Rounded:
    places = rulebook.places
    if rulebook.total_of == "exact_parts":
        return _exact_sum(parts, rulebook, 0, places.total)
    return _rounded_sum(weighted, 0, places, places.total)
