"""Points for price against a benchmark, by one of five formulas; each rounded half up once, to the rule's decimals.

ratio: maximum * benchmark / price (price / benchmark where higher is better).
deviation: start minus what each band costs, for the deviation |price - benchmark| / benchmark in percent.
curve: straight lines through knots. log: maximum - maximum * log(price / benchmark) / log(base).
none: no points for price.
Then floor and cap. Sources: each ready-made rulebook names its own (docs/formats/ready-made-rulebooks.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from math import lcm

import numpy as np

from evaluation.fixed_point import Units, product, units, wide
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook.price import Band, Formula, PriceRule

PERCENT = 100
LOG_DIGITS = 60
LOG_PLACES = 40


@dataclass(frozen=True)
class PriceScores:
    """Points of each price, and its rounded deviation in percent where the rulebook declares decimals for it."""

    points: Rounded
    deviation: Rounded | None = None


@dataclass(frozen=True)
class Anchors:
    """What a curve may refer to, in units of evaluation prices."""

    values: Mapping[str, Fraction]
    coefficients: Mapping[str, Fraction]
    unit: int
    """units of evaluation prices in one unit of an offer"""


def score_prices(
    prices: Units, rule: PriceRule, benchmark: Fraction, deviation_places: int | None, anchors: Anchors
) -> PriceScores:
    """Points of each price, in units of 10**-rule.places and in the order given."""
    formula = rule.formula
    if formula.kind == "none" or prices.size == 0:
        zero = np.zeros(len(prices), dtype=np.int64)
        return PriceScores(Rounded(zero, 1, zero))
    deviation = None
    if formula.kind == "ratio":
        raw = _ratio(prices, rule, benchmark)
    elif formula.kind == "deviation":
        raw, deviation = _deviation(prices, formula, rule.places, benchmark, deviation_places)
    elif formula.kind == "curve":
        raw = _curve(prices, formula, anchors)
    else:
        raw = _log(prices, rule, benchmark)
    return PriceScores(_clipped(*raw, formula), deviation)


def describe_price_rule(rule: PriceRule) -> str:
    """The name of the rule as it stands in a derivation."""
    terms = "+".join(term.base for term in rule.benchmark.terms)
    return f"{rule.formula.kind}({terms})"


def _clipped(numerators: Units, denominators: Units | int, formula: Formula) -> Rounded:
    """Round, then hold the figure between floor and cap; what was held says so by its own fraction."""
    exact = rounded(numerators, denominators)
    if exact.values.min() >= formula.floor and exact.values.max() <= formula.cap:
        return exact
    values = np.clip(exact.values, formula.floor, formula.cap)
    is_held = values != exact.values
    dens = units(np.broadcast_to(np.asarray(denominators, dtype=object), values.shape).copy())
    return Rounded(np.where(is_held, values, numerators), np.where(is_held, 1, dens), values)


# Deviations and curves run on unbounded integers: they have few rows and many factors, and ratio is the hot path.


def _ratio(prices: Units, rule: PriceRule, benchmark: Fraction) -> tuple[Units, Units | int]:
    if rule.better == "higher":
        factor = units([rule.maximum * benchmark.denominator])
        return product(prices, factor), benchmark.numerator
    numerators = np.full_like(prices, 0) + units([rule.maximum * benchmark.numerator])
    return numerators, product(prices, units([benchmark.denominator]))


def _deviation(
    prices: Units, formula: Formula, places: int, benchmark: Fraction, deviation_places: int | None
) -> tuple[tuple[Units, int], Rounded | None]:
    gaps = wide(prices) * benchmark.denominator - benchmark.numerator
    signs = np.where(gaps > 0, 1, -1)
    percents, per_percent = abs(gaps) * PERCENT, benchmark.numerator
    shown = None
    if deviation_places is not None:
        exact = rounded(percents * 10**deviation_places, per_percent)
        percents, per_percent = wide(exact.values), 10**deviation_places
        shown = Rounded(exact.numerators * signs, exact.denominators, exact.values * signs)
    above, above_den = _cost(percents, per_percent, formula.above, formula)
    below, below_den = _cost(percents, per_percent, formula.below, formula)
    common = lcm(above_den, below_den)
    cost = np.where(signs > 0, above * (common // above_den), below * (common // below_den))
    return (formula.start * common - cost * 10**places, common), shown


def _cost(percents: Units, per_percent: int, bands: Sequence[Band], formula: Formula) -> tuple[Units, int]:
    """What the bands cost in points, as numerators over one denominator; percents are over `per_percent`."""
    total, over = percents * 0, 1
    ends = [*(band.from_percent for band in bands[1:]), None]
    for band, end in zip(bands, ends[: len(bands)], strict=True):
        counts, count_den = _count(percents, per_percent, band.from_percent, end, formula)
        denominator = count_den * band.points.denominator
        common = lcm(over, denominator)
        total = total * (common // over) + counts * band.points.numerator * (common // denominator)
        over = common
    return total, over


def _count(
    percents: Units, per_percent: int, start: Fraction, end: Fraction | None, formula: Formula
) -> tuple[Units, int]:
    """Units of deviation between start and end, as numerators over a denominator."""
    common = lcm(start.denominator, end.denominator if end is not None else 1)
    first = int(start * common) * per_percent
    inside = np.maximum(percents * common - first, 0)
    if end is not None:
        inside = np.minimum(inside, int(end * common) * per_percent - first)
    numerators, denominator = inside * formula.unit.denominator, per_percent * common * formula.unit.numerator
    if formula.counted == "interpolated":
        return numerators, denominator
    return -(-numerators // denominator) if formula.counted == "started" else numerators // denominator, 1


def _curve(prices: Units, formula: Formula, anchors: Anchors) -> tuple[Units, Units | int]:
    knots = _knots(formula, anchors)
    common = lcm(*(at.denominator for at, _ in knots))
    places = np.array([int(at * common) for at, _ in knots], dtype=object)
    heights = np.array([height for _, height in knots], dtype=object)
    if len(knots) == 1:
        return np.full(len(prices), heights[0], dtype=object), 1
    scaled = wide(prices) * common
    if formula.outside == "hold":
        scaled = np.minimum(np.maximum(scaled, places[0]), places[-1])
    segment = np.clip(np.searchsorted(places, scaled, side="right") - 1, 0, len(places) - 2)
    widths, rises = np.diff(places)[segment], np.diff(heights)[segment]
    return heights[segment] * widths + rises * (scaled - places[segment]), widths


def _knots(formula: Formula, anchors: Anchors) -> list[tuple[Fraction, int]]:
    """Where the knots lie, in order of price; of several at one price the one with most points counts."""
    found: dict[Fraction, int] = {}
    for knot in formula.knots:
        at = Fraction((knot.price or 0) * anchors.unit) if knot.of == "price" else anchors.values[knot.of]
        for factor in knot.factors:
            at *= factor.value(anchors.coefficients)
        found[at] = max(knot.points, found.get(at, 0))
    return sorted(found.items())


def _log(prices: Units, rule: PriceRule, benchmark: Fraction) -> tuple[Units, Units | int]:
    """A logarithm is no fraction: it is taken to 40 decimals, which then are exact integers like all others."""
    context, known = Context(prec=LOG_DIGITS), {}
    base = context.ln(context.divide(rule.formula.base.numerator, rule.formula.base.denominator))
    for price in {int(price) for price in prices}:
        ratio = price / benchmark
        exact = context.ln(context.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)))
        share = context.subtract(Decimal(1), context.divide(exact, base))
        scaled = context.multiply(share, Decimal(rule.maximum))
        known[price] = int(scaled.scaleb(LOG_PLACES, context).to_integral_value(context=context))
    return units([known[int(price)] for price in prices]), 10**LOG_PLACES
