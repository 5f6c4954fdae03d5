"""Winners of many made-up lots at once: the same whole numbers as `evaluate`, for arrays [lot, bid].

Every lot has the same number of bids. What `evaluate` does bid by bid is done here column by column with the same
exact arithmetic; tests/evaluation/test_batch_scores.py holds both against each other. Adjustments, minimums, checks
and answers have no place here: `bare` takes them out of a rulebook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import numpy as np

from evaluation.award import award_key
from evaluation.benchmark import excluded
from evaluation.fixed_point import LIMIT, Units, half_up, largest, product, units, wide
from evaluation.price_score import Anchors, PriceScores, score_prices
from evaluation.rounded import Rounded
from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import factor_product
from evaluation.rulebook.price import FIXED, Band, Formula, Term
from evaluation.score_matrix import Prices, weigh
from evaluation.technical_matrix import Technical

PLAIN_KEYS = ("lower_price", "lower_evaluated_price", "higher_technical", "higher_price_points")
FULL = 100  # percent of the technical points


@dataclass(frozen=True)
class Lots:
    """Many lots: offers in price units and technical shares in percent, [lot, bid]; drawn values by lot."""

    offers: Units
    shares: Units
    drawn: Mapping[str, Sequence[Fraction]]
    samples: Mapping[str, Units]
    """for each sample the columns that each lot's draw took, [lot, drawn]"""


@dataclass(frozen=True)
class Benchmarks:
    """One benchmark for each lot, `numerators / denominator` in units of evaluation prices, and the span it kept."""

    numerators: Units
    denominator: int
    kept_low: Units | None = None
    kept_high: Units | None = None


def bare(rulebook: Rulebook) -> Rulebook:
    """The rulebook without what needs more than prices and one technical figure."""
    groups = tuple(replace(group, minimum=None) for group in rulebook.groups)
    keys = tuple(key for key in rulebook.tie_break if key in PLAIN_KEYS or key.startswith("group:"))
    return replace(
        rulebook,
        price=replace(rulebook.price, adjustments=()),
        groups=groups,
        technical_minimum=None,
        checks=(),
        tie_break=keys,
    )


def winners(rulebook: Rulebook, lots: Lots) -> Units:
    """Which bids stand first, [lot, bid]; several where nothing but a draw can tell them apart."""
    found = None if rulebook.price.formula.kind == "none" else benchmarks(rulebook, lots)
    shape = lots.offers.shape
    prices = product(lots.offers, units([_shift(rulebook)]))
    points = _price_points(rulebook, lots, prices, found)
    flat = prices.reshape(-1)
    part = Technical(None, None, group_points(rulebook, lots.shares.reshape(-1)))
    scored = Prices(flat, Rounded(flat, 1, flat), PriceScores(Rounded(points, 1, points)))
    _, technical, _total, award = weigh(rulebook, part, scored)
    columns = {
        "lower_price": flat,
        "lower_evaluated_price": flat,
        "higher_technical": -technical.values,
        "higher_price_points": -points,
        **{f"group:{group.id}": -part.groups[:, i] for i, group in enumerate(rulebook.groups)},
    }
    first = np.ones(shape, dtype=bool)
    for key in (award_key(rulebook, award.values), *(columns[key] for key in rulebook.tie_break)):
        figures = key.reshape(shape)
        worst = figures.max() + 1
        held = np.where(first, figures, worst)
        first &= figures == held.min(axis=1)[:, None]
    return first


def group_points(rulebook: Rulebook, shares: Units) -> Units:
    """The points of each group for technical shares in percent, [bid, group] in units of 10**-places.combined."""
    scale = 10 ** (rulebook.places.combined - rulebook.places.sheet)
    maxima = np.array([group.maximum * scale for group in rulebook.groups], dtype=np.int64)
    found: Units = shares[:, None] * maxima[None, :] // FULL
    return found


def benchmarks(rulebook: Rulebook, lots: Lots) -> Benchmarks:
    """The benchmark of each lot, as the rulebook's terms and decimals make it."""
    rule, prices = rulebook.price, product(lots.offers, units([_shift(rulebook)]))
    terms = [_term(rulebook, term, prices, lots) for term in rule.benchmark.terms]
    common = lcm(*(denominator for _, denominator, _ in terms))
    total = units([0])
    for figures, denominator, _ in terms:
        total = total + product(figures, units([common // denominator]))
    places, low, high = rulebook.places, *_span(terms[0][2])
    if places.benchmark is None:
        return Benchmarks(total, common, low, high)
    shift = places.benchmark - places.evaluated
    finer, coarser = 10 ** max(shift, 0), 10 ** max(-shift, 0)
    rounded = half_up(product(total, units([finer])), common * coarser)
    return Benchmarks(product(rounded, units([coarser])), finer, low, high)


Kept = tuple[Units, Units] | None


def _span(kept: Kept) -> tuple[Units | None, Units | None]:
    return (None, None) if kept is None else kept


def _term(rulebook: Rulebook, term: Term, prices: Units, lots: Lots) -> tuple[Units, int, Kept]:
    """A summand of each lot over one denominator, and what it kept where it dropped anything."""
    lot_count = len(prices)
    factors, over = _factors(term, lots, lot_count)
    if term.base in FIXED:
        fixed = getattr(rulebook.price, term.base) * _shift(rulebook)
        return product(factors, units([fixed])), over, None
    chosen = np.take_along_axis(prices, lots.samples[term.sample], axis=1) if term.sample else prices
    rising = np.sort(chosen, axis=1)
    bids = rising.shape[1]
    high = low = 0
    for trim in term.trim:
        if bids >= trim.from_bids:
            high, low = trim.counts(bids)
    kept = rising[:, low : bids - high]
    spans = (kept[:, 0], kept[:, -1]) if high + low else None
    if term.exclude is None:
        figures, count = _figure(term.base, kept)
        return product(figures, factors), over * count, spans
    rows = [[int(x) for x in row] for row in kept]
    cuts = [excluded(row, term.exclude) for row in rows]
    left = [row[start:end] for row, (start, end) in zip(rows, cuts, strict=True)]
    exact = [_figure(term.base, units([row])) for row in left]
    common = lcm(*(count for _, count in exact))
    figures = units([int(figure[0]) * (common // count) for figure, count in exact])
    # Where a lot dropped nothing its span holds every price, so that the floor for outliers reaches nobody in it.
    whole = [
        not (high + low) and end - start == len(row) for row, (start, end) in zip(rows, cuts, strict=True)
    ]
    lowest = units([int(prices[n].min()) if whole[n] else row[0] for n, row in enumerate(left)])
    highest = units([int(prices[n].max()) if whole[n] else row[-1] for n, row in enumerate(left)])
    spans = lowest, highest
    return product(figures, factors), over * common, spans


def _factors(term: Term, lots: Lots, lot_count: int) -> tuple[Units, int]:
    values = [
        factor_product(term.factors, {name: column[lot] for name, column in lots.drawn.items()})
        for lot in range(lot_count if lots.drawn else 1)
    ]
    over = lcm(*(value.denominator for value in values))
    return units([int(value * over) for value in values]), over


def _figure(base: str, rising: Units) -> tuple[Units, int]:
    """Mean, median, lowest, second lowest or highest of rising rows, over one denominator."""
    count = rising.shape[1]
    if base == "mean":
        return rising.sum(axis=1), count
    if base == "median":
        middle = rising[:, (count - 1) // 2 : count // 2 + 1]
        return middle.sum(axis=1), middle.shape[1]
    column = {"lowest": 0, "second_lowest": min(1, count - 1), "highest": count - 1}[base]
    return rising[:, column], 1


def _price_points(rulebook: Rulebook, lots: Lots, prices: Units, found: Benchmarks | None) -> Units:
    """Points of every bid, flat, in units of 10**-places.price."""
    rule = rulebook.price
    if found is None:
        return np.zeros(prices.size, dtype=np.int64)
    if rule.formula.kind == "ratio":
        points = _ratio(rulebook, prices, found)
    elif rule.formula.kind == "deviation":
        points = _deviation(rulebook, rule.formula, prices, found)
    else:
        points = _lot_by_lot(rulebook, lots, prices, found)
    points = np.clip(points, rule.formula.floor, rule.formula.cap)
    if rule.outliers == "floor" and found.kept_low is not None and found.kept_high is not None:
        is_out = (prices < found.kept_low[:, None]) | (prices > found.kept_high[:, None])
        points = np.where(is_out, rule.formula.floor, points)
    return units(points.reshape(-1))


def _ratio(rulebook: Rulebook, prices: Units, found: Benchmarks) -> Units:
    top = product(found.numerators, units([rulebook.price.maximum]))[:, None]
    bottom = product(prices, units([found.denominator]))
    if rulebook.price.better == "higher":
        over = np.broadcast_to(wide(found.numerators)[:, None], prices.shape)
        return half_up(product(bottom, units([rulebook.price.maximum])), units(over.copy()))
    return half_up(np.broadcast_to(top, prices.shape), bottom)


def _deviation(rulebook: Rulebook, formula: Formula, prices: Units, found: Benchmarks) -> Units:
    mark = np.broadcast_to(np.asarray(found.numerators)[:, None], prices.shape)
    if deviation_bound(rulebook, formula, prices, found) >= LIMIT:
        prices, mark = wide(prices), wide(mark)
    gaps = prices * found.denominator - mark
    percents, over = abs(gaps) * FULL, mark
    places = rulebook.places.deviation
    if places is not None:
        percents = half_up(percents * 10**places, units(mark))
        over = np.full(prices.shape, 10**places, dtype=percents.dtype)
    above = _lost(rulebook, formula, formula.above, percents, over)
    below = _lost(rulebook, formula, formula.below, percents, over)
    return np.where(gaps > 0, above, below)


def deviation_bound(rulebook: Rulebook, formula: Formula, prices: Units, found: Benchmarks) -> int:
    """No intermediate figure of the deviation formula is larger."""
    bands, places = (*formula.above, *formula.below), rulebook.places.deviation or 0
    edges = lcm(*(band.from_percent.denominator for band in bands))
    parts = lcm(*(band.points.denominator for band in bands))
    dearest = max((abs(band.points) for band in bands), default=Fraction(0)) + 1
    widest = max(largest(prices) * found.denominator, largest(found.numerators), 1)
    count = widest * FULL * 10**places * edges * (formula.unit.numerator + formula.unit.denominator)
    return int(count * parts * (dearest * 10**rulebook.places.price * len(bands) + formula.start))


def _lost(rulebook: Rulebook, formula: Formula, bands: Sequence[Band], percents: Units, over: Units) -> Units:
    """Start less what the bands cost, rounded; deviations are percents / over."""
    scale = 10**rulebook.places.price
    if not bands:
        return np.full(percents.shape, formula.start, dtype=np.int64)
    edges = lcm(*(band.from_percent.denominator for band in bands))
    parts = lcm(*(band.points.denominator for band in bands))
    unit, cost = formula.unit, percents * 0
    ends = [*(band.from_percent for band in bands[1:]), None]
    per_unit = over * (edges * unit.numerator)
    for band, end in zip(bands, ends, strict=True):
        first = int(band.from_percent * edges)
        inside = np.maximum(percents * edges - over * first, 0)
        if end is not None:
            inside = np.minimum(inside, over * (int(end * edges) - first))
        counts = inside * unit.denominator
        if formula.counted == "started":
            counts = -(-counts // per_unit)
        elif formula.counted == "completed":
            counts = counts // per_unit
        cost = cost + counts * int(band.points * parts)
    if formula.counted != "interpolated":
        return half_up(formula.start * parts - cost * scale, parts)
    bottom = per_unit * parts
    return half_up(units(bottom * formula.start - cost * scale), units(bottom))


def _lot_by_lot(rulebook: Rulebook, lots: Lots, prices: Units, found: Benchmarks) -> Units:
    """Curves and logarithms: the engine's own function, one lot at a time."""
    rule, shift = rulebook.price, _shift(rulebook)
    fixed = {name: Fraction(getattr(rule, name) * shift) for name in FIXED if getattr(rule, name) is not None}
    rows = []
    for lot, row in enumerate(prices):
        benchmark = Fraction(int(found.numerators[lot % len(found.numerators)]), found.denominator)
        ends = {
            "lowest": Fraction(int(row.min())),
            "highest": Fraction(int(row.max())),
            "benchmark": benchmark,
        }
        drawn = {name: column[lot] for name, column in lots.drawn.items()}
        anchors = Anchors({**ends, **fixed}, drawn, shift)
        scores = score_prices(row, rule, benchmark, rulebook.places.deviation, anchors)
        rows.append(scores.points.values)
    return np.vstack(rows)


def _shift(rulebook: Rulebook) -> int:
    return int(10 ** (rulebook.places.evaluated - rulebook.scale.places))
