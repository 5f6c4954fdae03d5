"""Remarks on the price part: bands, floor and cap, benchmark, limits, drawn coefficients, rounding."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product

from evaluation.lint_values import Found
from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import Factor, factor_product
from evaluation.rulebook.price import FIXED, Band, Exclusion, Formula, Term
from kernel.money import write_units

FORMULA = "price.formula"
CLOSE_PERCENT = 1  # drawn values nearer to each other than this decide nothing
FAR_PERCENT = 70  # a benchmark below this share of the offers is unusual
SMALL_SAMPLE = 4
COARSE_PERCENT = Fraction(1, 10)  # prices this near should not have equal points
MANY_DRAWN = 4096  # combinations of drawn values that are looked at one by one
EXAMPLE = 1_000_000  # what stands for a ceiling or estimate in the ready-made rulebooks


def price_remarks(rulebook: Rulebook) -> Iterator[Found]:
    """Everything about the price part, in the order of its fields."""
    yield from _limits(rulebook)
    yield from _adjustments(rulebook)
    if rulebook.price.formula.kind != "none":
        if uses_benchmark(rulebook.price.formula):
            yield from _benchmark(rulebook)
        yield from _lowest(rulebook)
        yield from _formula(rulebook)
        yield from _rounding(rulebook)
    yield from _drawn(rulebook)


def uses_benchmark(formula: Formula) -> bool:
    """Whether the benchmark matters; a curve may hang on other prices alone."""
    return formula.kind != "curve" or any(knot.of == "benchmark" for knot in formula.knots)


def _limits(rulebook: Rulebook) -> Iterator[Found]:
    rule, places = rulebook.price, rulebook.scale.places
    for name in FIXED:
        if getattr(rule, name) == EXAMPLE * 10**places:
            yield Found("example-price", f"price.{name}", {"price": write_units(getattr(rule, name), places)})
    lower, upper = Fraction(0), None if rule.ceiling is None else Fraction(rule.ceiling)
    for index, limit in enumerate(rule.limits):
        where = f"price.limits[{index}]"
        at = getattr(rule, limit.of) * factor_product(limit.factors, {})
        inside = limit.at_limit == "inside"
        edge = {"price": at / 10**places, "state": "in" if inside else "out"}
        yield Found("limit-edge", f"{where}.at_limit", {**edge, "zh_state": "有效" if inside else "无效"})
        if limit.side == "above":
            if rule.ceiling is not None and at >= rule.ceiling:
                yield Found("limit-never-bites", where)
            upper = at if upper is None else min(upper, at)
        else:
            lower = max(lower, at)
    if upper is not None and lower > upper:
        yield Found("limits-contradict", "price.limits")


def _adjustments(rulebook: Rulebook) -> Iterator[Found]:
    rule = rulebook.price
    least, unbounded = Fraction(100), False
    for index, one in enumerate(rule.adjustments):
        if one.kind == "stated":
            yield Found("stated-unchecked", f"price.adjustments[{index}]", {"answer": one.answer})
        if one.kind == "flag" and one.percent is not None:
            least += min(one.percent, Fraction(0))
        is_open = one.kind == "units" and min(one.percent or 0, one.amount or 0) < 0
        unbounded = unbounded or is_open or (one.kind == "flag" and (one.amount or 0) < 0)
    if unbounded or least <= 0:
        yield Found("price-can-drop-to-zero", "price.adjustments")
    uses = {rule.formula.of if rule.formula.kind != "none" else "", rulebook.award.of, rule.benchmark.of}
    by_price = rulebook.award.by not in ("total", "technical") or rule.formula.kind != "none"
    if rule.adjustments and (not by_price or "evaluated" not in uses):
        yield Found("adjustments-unused", "price.adjustments")


def _benchmark(rulebook: Rulebook) -> Iterator[Found]:
    rule = rulebook.price
    for index, term in enumerate(rule.benchmark.terms):
        where = f"price.benchmark.terms[{index}]"
        is_mean = term.base == "mean"
        if is_mean and not (term.trim or term.exclude or term.sample):
            yield Found("mean-untrimmed", where)
        if is_mean and rule.ceiling is None and not rule.limits:
            yield Found("no-ceiling", "price.ceiling")
        yield from _trims(term, where)
        if term.exclude:
            yield from _exclusion(term.exclude, f"{where}.exclude")
    if rule.benchmark.of != rule.formula.of and rule.adjustments:
        values = {"benchmark": rule.benchmark.of, "formula": rule.formula.of}
        yield Found("benchmark-not-own-price", "price.benchmark.of", values)
    for index, sample in enumerate(rule.samples):
        if sample.size < SMALL_SAMPLE:
            yield Found("sample-small", f"price.samples[{index}].size", {"size": sample.size})
    yield from _factors(rulebook)


def _lowest(rulebook: Rulebook) -> Iterator[Found]:
    """Whether one absurdly low price decides everybody's points, and nobody asks about it."""
    rule = rulebook.price
    follows = any(knot.of == "lowest" for knot in rule.formula.knots)
    if uses_benchmark(rule.formula):
        follows = follows or [term.base for term in rule.benchmark.terms] == ["lowest"]
    if follows and rule.better == "lower" and not rulebook.abnormally_low and rulebook.award.by == "total":
        yield Found("lowest-unguarded", "abnormally_low")


def _trims(term: Term, where: str) -> Iterator[Found]:
    for index, trim in enumerate(term.trim):
        if sum(trim.counts(trim.from_bids)) == 0:
            yield Found("trim-never-bites", f"{where}.trim[{index}]", {"bids": trim.from_bids})
    for index, (before, after) in enumerate(pairwise(term.trim)):
        if sum(after.counts(after.from_bids)) < sum(before.counts(after.from_bids)):
            yield Found("trim-falls", f"{where}.trim[{index + 1}]")


def _exclusion(rule: Exclusion, where: str) -> Iterator[Found]:
    if rule.side == "below" and rule.percent >= 100:
        yield Found("exclusion-never-bites", f"{where}.percent", {"percent": rule.percent})


def _factors(rulebook: Rulebook) -> Iterator[Found]:
    """What the factors of all terms come to, for every combination of drawn values."""
    terms = rulebook.price.benchmark.terms
    names = [one.name for one in rulebook.drawn]
    sums = []
    for number, values in enumerate(product(*(one.values for one in rulebook.drawn))):
        if number >= MANY_DRAWN:
            break
        drawn = dict(zip(names, values, strict=True))
        sums.append(sum((factor_product(term.factors, drawn) for term in terms), Fraction(0)))
    if min(sums) <= 0:
        yield Found("benchmark-can-be-zero", "price.benchmark.terms")
    elif max(sums) * 100 < FAR_PERCENT:
        yield Found("benchmark-far-below", "price.benchmark.terms", {"percent": max(sums) * 100})


def _drawn(rulebook: Rulebook) -> Iterator[Found]:
    for index, one in enumerate(rulebook.drawn):
        low, high = min(one.values), max(one.values)
        spread = (high - low) / high * 100
        if spread < CLOSE_PERCENT:
            yield Found("drawn-close", f"drawn[{index}].values", {"percent": spread})
        if len(one.values) < 3:
            yield Found("drawn-few", f"drawn[{index}].values", {"count": len(one.values)})


def _formula(rulebook: Rulebook) -> Iterator[Found]:
    rule, formula = rulebook.price, rulebook.price.formula
    if formula.floor == formula.cap:
        yield Found("floor-is-cap", f"{FORMULA}.floor")
    if rule.outliers == "floor":
        yield Found("outliers-cliff", "price.outliers")
    if formula.kind == "deviation":
        yield from _deviation(rulebook, formula)
    if formula.kind == "curve":
        yield from _curve(rulebook, formula)


def _deviation(rulebook: Rulebook, formula: Formula) -> Iterator[Found]:
    scale = 10**rulebook.places.price
    if formula.start > formula.cap:
        values = {"start": Fraction(formula.start, scale), "cap": Fraction(formula.cap, scale)}
        yield Found("start-above-cap", f"{FORMULA}.start", values)
    if formula.start < formula.floor:
        values = {"start": Fraction(formula.start, scale), "floor": Fraction(formula.floor, scale)}
        yield Found("start-below-floor", f"{FORMULA}.start", values)
    if not any(band.points for band in (*formula.above, *formula.below)):
        yield Found("flat-formula", FORMULA)
        return
    above, below = _free(formula.above), _free(formula.below)
    yield from _free_bands(formula, above, below)
    yield from _directions(rulebook, formula)
    room = Fraction(formula.start - formula.floor, scale)
    for side, bands in (("above", formula.above), ("below", formula.below)):
        yield from _bands(bands, f"{FORMULA}.{side}", room, formula)
    if formula.counted != "interpolated" and rulebook.places.deviation is not None:
        yield Found("deviation-rounded", "places.deviation", {"places": rulebook.places.deviation})


def _free(bands: tuple[Band, ...]) -> Fraction | None:
    """Up to which deviation nothing is lost; None where this side never loses."""
    return next((band.from_percent for band in bands if band.points), None)


def _free_bands(formula: Formula, above: Fraction | None, below: Fraction | None) -> Iterator[Found]:
    if above is None or below is None:
        return  # a whole side without loss is a rule of its own, such as linear to the lowest price
    if above > 0 and below > 0:
        yield Found("free-band-both-sides", FORMULA, {"above": above, "below": below})
    elif above > 0 or below > 0:
        side, zh_side = ("above", "高于") if above > 0 else ("below", "低于")
        values = {"percent": max(above, below), "side": side, "zh_side": zh_side}
        yield Found("free-band-one-side", f"{FORMULA}.{side}", values)


def _directions(rulebook: Rulebook, formula: Formula) -> Iterator[Found]:
    if rulebook.price.better != "lower":
        return
    if any(band.points < 0 for band in formula.above):
        yield Found("dearer-gains", f"{FORMULA}.above", {"at": f"{FORMULA}.above"})
    can_lie_below = [term.base for term in rulebook.price.benchmark.terms] != ["lowest"] or any(
        term.factors for term in rulebook.price.benchmark.terms
    )
    if can_lie_below and any(band.points > 0 for band in formula.below):
        yield Found("cheaper-loses", f"{FORMULA}.below")


def _bands(bands: tuple[Band, ...], where: str, room: Fraction, formula: Formula) -> Iterator[Found]:
    lost, reached = Fraction(0), Fraction(0)
    for index, band in enumerate(bands):
        at = f"{where}[{index}]"
        if index:
            lost += max(bands[index - 1].points, Fraction(0)) * (band.from_percent - reached) / formula.unit
            if band.points == bands[index - 1].points:
                yield Found("band-same-cost", at)
        if lost >= room > 0:
            yield Found("band-never-reached", at, {"percent": band.from_percent})
        if band.from_percent and formula.counted != "interpolated":
            yield Found("band-edge-started", f"{at}.from", {"percent": band.from_percent})
        reached = band.from_percent


def _curve(rulebook: Rulebook, formula: Formula) -> Iterator[Found]:
    """Knots whose order is known for certain: of one kind without drawn factors, or lowest before highest."""
    if len({knot.points for knot in formula.knots}) == 1:
        yield Found("flat-formula", FORMULA)
    sign = 1 if rulebook.price.better == "lower" else -1
    placed: dict[str, list[tuple[Fraction, int]]] = {}
    for knot in formula.knots:
        if not any(factor.drawn for factor in knot.factors):
            at = Fraction(knot.price or 0) if knot.of == "price" else Fraction(1)
            if knot.of in FIXED:
                at = Fraction(getattr(rulebook.price, knot.of))
            kind = "price" if knot.of in FIXED else knot.of
            placed.setdefault(kind, []).append((at * _plain(knot.factors), knot.points))
    ends = [placed.get("lowest", []), placed.get("highest", [])]
    lines = [sorted(line) for line in placed.values()]
    lines += [[*ends[0], *ends[1]]] if len(ends[0]) == len(ends[1]) == 1 else []
    for line in lines:
        for (_, near), (_, far) in pairwise(line):
            if (far - near) * sign > 0:
                yield Found("dearer-gains", f"{FORMULA}.knots", {"at": f"{FORMULA}.knots"})
                return


def _plain(factors: tuple[Factor, ...]) -> Fraction:
    return factor_product(factors, {})


def _rounding(rulebook: Rulebook) -> Iterator[Found]:
    rule, places = rulebook.price, rulebook.places
    if rule.formula.kind in ("ratio", "log"):
        width = Fraction(100, rule.maximum)
    elif rule.formula.kind == "deviation":
        costs = [abs(band.points) for band in (*rule.formula.above, *rule.formula.below) if band.points]
        dearest = max(costs, default=Fraction(0))
        if not dearest or rule.formula.counted != "interpolated":
            return
        width = Fraction(1, 10**places.price) / dearest * rule.formula.unit
    else:
        return
    if width > COARSE_PERCENT:
        yield Found("rounding-coarse", "places.price", {"places": places.price, "percent": width})
