"""The numeric core: the technical part and the prices in, every figure of the result out.

1. give points for price against the benchmark                       -> places.price
2. weight each part: points / maximum * weight * full total          -> places.weighted
3. technical points: the groups' parts together                      -> places.weighted
4. total: from the exact parts or from the rounded ones              -> places.total
5. the figure that decides                                           -> its own decimals
6. places, by that figure, the tie keys and the draw
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from evaluation.award import award_figures, award_key
from evaluation.benchmark import benchmark_value
from evaluation.evaluated_price import evaluated_prices
from evaluation.fixed_point import Units, product, units, weighted_sum
from evaluation.price_score import Anchors, PriceScores, score_prices
from evaluation.ranking import Standing, place_bids
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import FULL_WEIGHT, Places, Rulebook
from evaluation.technical_matrix import Technical, technical_matrix


@dataclass(frozen=True)
class Prices:
    """What is known of the prices: offers and evaluation prices in one scale (places.evaluated), and their points."""

    offers: Units
    evaluated: Rounded
    scores: PriceScores


@dataclass(frozen=True)
class Scores:
    """Every figure of one evaluation; rows are bids, columns of `weighted` are price, then groups."""

    technical_part: Technical
    prices: Prices
    weighted: Rounded
    technical: Rounded
    total: Rounded
    award: Rounded
    standing: Standing


def weigh_and_place(
    rulebook: Rulebook, part: Technical, prices: Prices, more_keys: dict[str, Units], drawn: Units
) -> Scores:
    """Score and rank every bid; `more_keys` are tie keys that need more than figures, `drawn` the order of a draw."""
    weighted, technical, total, award = weigh(rulebook, part, prices)
    columns = {
        "lower_price": prices.offers,
        "lower_evaluated_price": prices.evaluated.values,
        "higher_technical": -technical.values,
        "higher_price_points": -prices.scores.points.values,
        **{f"group:{group.id}": -part.groups[:, i] for i, group in enumerate(rulebook.groups)},
        **more_keys,
    }
    keys = [award_key(rulebook, award.values), *(columns[key] for key in rulebook.tie_break), drawn]
    return Scores(part, prices, weighted, technical, total, award, place_bids(keys))


def weigh(rulebook: Rulebook, part: Technical, prices: Prices) -> tuple[Rounded, Rounded, Rounded, Rounded]:
    """The weighted parts, the technical points, the total and the deciding figure of every bid."""
    parts = np.column_stack([prices.scores.points.values, part.groups])
    weighted = _weighted(parts, rulebook)
    technical = technical_points(rulebook, parts, weighted)
    by_price = prices.evaluated
    if rulebook.award.of == "offer":
        by_price = Rounded(prices.offers, 1, prices.offers)
    total = _total(parts, weighted, rulebook)
    return weighted, technical, total, award_figures(rulebook, technical, total, by_price)


def score_matrix(rulebook: Rulebook, points: Units, offers: Units) -> Scores:
    """Score bare arrays by a rulebook that asks for no answers and draws nothing.

    `points` is indexed [expert, bid, criterion] in units of 10**-places.sheet, `offers` in price units.
    """
    places = rulebook.places
    evaluated = evaluated_prices(rulebook, offers, [{}] * len(offers))
    found = benchmark_value(
        rulebook.price,
        evaluated.values,
        coefficients={},
        samples={},
        places=places,
        offer_places=rulebook.scale.places,
    )
    anchors = Anchors({"benchmark": found.value}, {}, 10 ** (places.evaluated - rulebook.scale.places))
    scores = score_prices(evaluated.values, rulebook.price, found.value, places.deviation, anchors)
    part = technical_matrix(rulebook, points, None, len(offers))
    prices = Prices(evaluated.values, evaluated, scores)
    return weigh_and_place(rulebook, part, prices, {}, np.zeros(len(offers), dtype=np.int64))


def technical_only(rulebook: Rulebook, part: Technical) -> Rounded:
    """The technical points of every bid before prices are looked at."""
    parts = np.column_stack([np.zeros(len(part.groups), dtype=np.int64), part.groups])
    return technical_points(rulebook, parts, _weighted(parts, rulebook))


def technical_points(rulebook: Rulebook, parts: Units, weighted: Rounded) -> Rounded:
    """The groups' contributions together, exact or as rounded."""
    places = rulebook.places
    if len(rulebook.groups) == 0:
        zero = np.zeros(len(parts), dtype=np.int64)
        return Rounded(zero, 1, zero)
    if rulebook.total_of == "exact_parts":
        return _exact_sum(parts, rulebook, 1, places.weighted)
    return _rounded_sum(weighted, 1, places, places.weighted)


def _maxima(rulebook: Rulebook) -> tuple[int, ...]:
    """The maximum of each part in the units of its points."""
    scale = 10 ** (rulebook.places.combined - rulebook.places.sheet)
    return rulebook.price.maximum, *(group.maximum * scale for group in rulebook.groups)


def _shares(rulebook: Rulebook) -> tuple[Fraction, ...]:
    """What a full part contributes to the total."""
    weights: Sequence[int] = (rulebook.price.weight, *(group.weight for group in rulebook.groups))
    return tuple(weight * rulebook.total_maximum / FULL_WEIGHT for weight in weights)


def _weighted(parts: Units, rulebook: Rulebook) -> Rounded:
    """points / maximum * share, each part rounded on its own."""
    scale = 10**rulebook.places.weighted
    shares, maxima = _shares(rulebook), _maxima(rulebook)
    factors = units([share.numerator * scale for share in shares])
    denominators = units([share.denominator * maximum for share, maximum in zip(shares, maxima, strict=True)])
    return rounded(product(parts, factors), denominators)


def _exact_sum(parts: Units, rulebook: Rulebook, first: int, places: int) -> Rounded:
    """The weighted parts from column `first` on, added as fractions and rounded once."""
    maxima, shares = _maxima(rulebook)[first:], _shares(rulebook)[first:]
    exact = [share * 10**places / maximum for share, maximum in zip(shares, maxima, strict=True)]
    common = lcm(*(factor.denominator for factor in exact))
    factors = [int(factor * common) for factor in exact]
    shared = gcd(common, *factors)
    lowest_terms = tuple(factor // shared for factor in factors)
    return rounded(weighted_sum(parts[:, first:], lowest_terms), common // shared)


def _rounded_sum(weighted: Rounded, first: int, places: Places, to: int) -> Rounded:
    """The weighted parts from column `first` on, added as they were rounded."""
    sums = np.add.reduce(weighted.values[:, first:], axis=1)
    shift = to - places.weighted
    return rounded(sums * 10**shift, 1) if shift > 0 else rounded(sums, 10**-shift)


def _total(parts: Units, weighted: Rounded, rulebook: Rulebook) -> Rounded:
    places = rulebook.places
    if rulebook.total_of == "exact_parts":
        return _exact_sum(parts, rulebook, 0, places.total)
    return _rounded_sum(weighted, 0, places, places.total)
