"""Points against price under one rulebook, as exact figures and as the whole numbers of a chart.

The curve holds everything else as it is: benchmark, lowest and highest price are those of the offers that were given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.fixed_point import units
from evaluation.line_chart import Line, LineChart, Mark
from evaluation.price_score import Anchors, score_prices
from evaluation.rulebook import Rulebook
from evaluation.rulebook.price import FIXED
from kernel.money import write_units

STEPS = 120  # points of the drawn line
MARGIN = 8  # the line goes on by an eighth of the span at both ends
EXAMPLE_UNITS = 10**9  # a benchmark to measure percents against, large enough for every rounding


def points_at(rulebook: Rulebook, percents: Sequence[Fraction]) -> list[int]:
    """Points of prices that lie these percents from the benchmark; for formulas that need nothing but it."""
    prices = [int(EXAMPLE_UNITS * (100 + percent) / 100) for percent in percents]
    return _points(rulebook, prices, Fraction(EXAMPLE_UNITS), {})


@dataclass(frozen=True)
class PriceCurve:
    """Prices in units of evaluation prices, rising, and their points; the offers themselves lie on it."""

    line: tuple[tuple[int, int], ...]
    offers: tuple[tuple[int, int], ...]
    benchmark: Fraction


def price_curve(
    rulebook: Rulebook, prices: Sequence[int], benchmark: Fraction, coefficients: Mapping[str, Fraction]
) -> PriceCurve:
    """The curve through these prices, which are in units of 10**-places.evaluated and not empty."""
    low, high = min(prices), max(prices)
    margin = max((high - low) // MARGIN, high // 50, 1)
    start, end = max(low - margin, 1), high + margin
    xs = sorted({start + (end - start) * step // STEPS for step in range(STEPS + 1)} | set(prices))
    anchors = {"benchmark": benchmark, "lowest": Fraction(low), "highest": Fraction(high)}
    points = dict(zip(xs, _points(rulebook, xs, benchmark, anchors, coefficients), strict=True))
    offers = tuple((price, points[price]) for price in prices)
    return PriceCurve(tuple(points.items()), offers, benchmark)


def curve_chart(rulebook: Rulebook, curve: PriceCurve, title: str, x_label: str, y_label: str) -> LineChart:
    """The chart of a curve: the line, each offer as a dot, and the benchmark as an upright line."""
    places = rulebook.places
    lowest, highest = curve.line[0][0], curve.line[-1][0]
    shown = [lowest + (highest - lowest) * step // 4 for step in range(5)]
    top = rulebook.price.maximum
    return LineChart(
        title=title,
        x_label=x_label,
        y_label=y_label,
        x_range=(lowest, highest),
        y_range=(0, top),
        x_ticks=tuple((x, write_units(x, places.evaluated).split(".")[0]) for x in shown),
        y_ticks=tuple((top * step // 4, write_units(top * step // 4, places.price)) for step in range(5)),
        lines=(Line("", curve.line),),
        marks=tuple(Mark(x, y) for x, y in curve.offers),
        upright=int(curve.benchmark) if lowest <= curve.benchmark <= highest else None,
    )


def _points(
    rulebook: Rulebook,
    prices: Sequence[int],
    benchmark: Fraction,
    anchors: Mapping[str, Fraction],
    coefficients: Mapping[str, Fraction] | None = None,
) -> list[int]:
    unit = 10 ** (rulebook.places.evaluated - rulebook.scale.places)
    fixed = {
        name: Fraction(getattr(rulebook.price, name) * unit)
        for name in FIXED
        if getattr(rulebook.price, name) is not None
    }
    known = Anchors({**anchors, **fixed}, coefficients or {}, unit)
    scores = score_prices(units(list(prices)), rulebook.price, benchmark, rulebook.places.deviation, known)
    return [int(value) for value in scores.points.values]
