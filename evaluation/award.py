"""The figure that decides the places, where it is not the total.

total, technical: more is better. evaluated_price: less is better (more, where the rulebook wants the highest price).
quality_per_price: (base points + technical) * multiplier / price. price_less_quality: price - rate * technical, less is
better. utility_index: (1 - (best technical - technical) * rate) * lowest price / price.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from evaluation.fixed_point import Units, units
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import Rulebook

LESS_IS_BETTER = ("evaluated_price", "price_less_quality")


def award_figures(rulebook: Rulebook, technical: Rounded, total: Rounded, prices: Rounded) -> Rounded:
    """The deciding figure of each bid; `prices` are evaluation prices or offers in the scale of the former."""
    by = rulebook.award.by
    if by in ("total", "technical", "evaluated_price"):
        return {"total": total, "technical": technical, "evaluated_price": prices}[by]
    exact = _exact(rulebook, _fractions(technical.values, rulebook.places.weighted), prices)
    scale = 10**rulebook.places.award
    numerators = units(np.array([(figure * scale).numerator for figure in exact], dtype=object))
    denominators = units(np.array([(figure * scale).denominator for figure in exact], dtype=object))
    return rounded(numerators, denominators)


def award_places(rulebook: Rulebook) -> int:
    """The decimals of the deciding figure."""
    places = rulebook.places
    named = {"total": places.total, "technical": places.weighted, "evaluated_price": places.evaluated}
    return named.get(rulebook.award.by, places.award)


def award_key(rulebook: Rulebook, figures: Units) -> Units:
    """A column in which less stands before more."""
    less = rulebook.award.by in LESS_IS_BETTER
    if rulebook.award.by == "evaluated_price" and rulebook.price.better == "higher":
        less = False
    return figures if less else -figures


def _exact(rulebook: Rulebook, technical: Sequence[Fraction], prices: Rounded) -> list[Fraction]:
    award = rulebook.award
    money = _fractions(prices.values, rulebook.places.evaluated)
    if award.by == "quality_per_price":
        pairs = zip(technical, money, strict=True)
        return [(award.base_points + points) * award.multiplier / price for points, price in pairs]
    if award.by == "price_less_quality":
        return [price - award.rate * points for points, price in zip(technical, money, strict=True)]
    best, lowest = max(technical, default=Fraction(0)), min(money, default=Fraction(0))
    pairs = zip(technical, money, strict=True)
    return [(1 - (best - points) * award.rate) * lowest / price for points, price in pairs]


def _fractions(values: Units, places: int) -> list[Fraction]:
    return [Fraction(int(value), 10**places) for value in values]
