"""Reading the price part of a rulebook; docs/formats/evaluation-case.md is its description."""

from dataclasses import replace
from fractions import Fraction

from evaluation.rulebook import price as kinds
from evaluation.rulebook.numbers import (
    Factor,
    decimal,
    points,
    positive,
    price,
    read_factors,
    read_id,
)
from evaluation.rulebook.price import (
    Adjustment,
    Band,
    Benchmark,
    Exclusion,
    Feature,
    Formula,
    Knot,
    Limit,
    PriceRule,
    Sample,
    Scales,
    Term,
    Trim,
)
from kernel.fields import Fields
from kernel.money import write_units

BILLION = 10**9


def read_price(fields: Fields, scales: Scales, full_weight: int) -> PriceRule:
    """Read the price part; `where` of a refusal is the path of the field."""
    maximum = points(fields, "maximum", scales.points, default="100")
    rule = PriceRule(
        weight=fields.whole("weight", 0, full_weight),
        maximum=maximum,
        places=scales.points,
        better=fields.choice_or("better", kinds.BETTER, "lower"),
        formula=_formula(fields.inner("formula"), scales, maximum),
        benchmark=_benchmark(fields.inner_or("benchmark", {})),
        ceiling=price(fields, "ceiling", scales.offer),
        estimate=price(fields, "estimate", scales.offer),
        limits=tuple(_limit(limit) for limit in fields.objects_or_none("limits")),
        adjustments=tuple(_adjustment(one, scales) for one in fields.objects_or_none("adjustments")),
        outliers=fields.choice_or("outliers", ("scored", "floor"), "scored"),
        samples=tuple(_sample(sample) for sample in fields.objects_or_none("samples")),
    )
    fields.done()
    _check_whole(fields, rule)
    return rule


def _check_whole(fields: Fields, rule: PriceRule) -> None:
    used = {limit.of for limit in rule.limits} | {term.base for term in rule.benchmark.terms}
    used |= {knot.of for knot in rule.formula.knots}
    for name in kinds.FIXED:
        if name in used and getattr(rule, name) is None:
            fields.fail(name, "it is needed, because a limit, the benchmark or the curve refers to it")
    names = [sample.name for sample in rule.samples]
    for term in rule.benchmark.terms:
        if term.sample and term.sample not in names:
            fields.fail("benchmark", f"there is no sample {term.sample}")
    if len(set(names)) != len(names):
        fields.fail("samples", "each name once")
    ids = [one.id for one in rule.adjustments]
    if len(set(ids)) != len(ids):
        fields.fail("adjustments", "each id once")
    if sum(one.kind == "quality" for one in rule.adjustments) > 1:
        fields.fail("adjustments", "one quality factor at most")


def _limit(fields: Fields) -> Limit:
    limit = Limit(
        side=fields.choice("side", kinds.SIDES),
        of=fields.choice("of", kinds.FIXED),
        factors=_plain_factors(fields),
        at_limit=fields.choice_or("at_limit", kinds.AT_LIMIT, "inside"),
    )
    fields.done()
    return limit


def _plain_factors(fields: Fields) -> tuple[Factor, ...]:
    """Factors without drawn coefficients: a limit has to be known before anybody bids."""
    factors = read_factors(fields)
    if any(factor.drawn for factor in factors):
        fields.fail("factors", "a limit is known before anybody bids, so nothing in it is drawn")
    return factors


def _adjustment(fields: Fields, scales: Scales) -> Adjustment:
    kind = fields.choice("kind", kinds.ADJUSTMENTS)
    base = Adjustment(read_id(fields), kind)
    if kind == "quality":
        one = replace(
            base,
            features=tuple(_feature(feature) for feature in fields.objects("features")),
            operation=fields.choice_or("operation", ("divide", "multiply"), "divide"),
        )
        _check_quality(fields, one)
        fields.done()
        return one
    answer, required = read_id(fields, "answer"), fields.truth_or("required", default=False)
    if kind == "stated":
        one = replace(base, answer=answer, required=required, sign=fields.whole_or("sign", -1, 1, 1))
        if not one.sign:
            fields.fail("sign", "it must be 1 or -1")
        fields.done()
        return one
    one = replace(
        _units(fields, base) if kind == "units" else base,
        answer=answer,
        required=required,
        amount=_signed_amount(fields, scales.offer),
        percent=decimal(fields, "percent", -100, 1000) if fields.has("percent") else None,
    )
    if (one.amount is None) == (one.percent is None):
        fields.fail("amount", "give either an amount or a percent of the offer")
    fields.done()
    return one


def _units(fields: Fields, base: Adjustment) -> Adjustment:
    return replace(
        base,
        side=fields.choice_or("side", kinds.SIDES, "above"),
        beyond=decimal(fields, "beyond", -BILLION, BILLION, "0"),
        unit=positive(fields, "unit"),
        counted=fields.choice_or("counted", kinds.COUNTED, "interpolated"),
    )


def _signed_amount(fields: Fields, places: int) -> int | None:
    if not fields.has("amount"):
        return None
    units = decimal(fields, "amount", -(10**12), 10**12) * 10**places
    if units.denominator != 1:
        fields.fail("amount", f"at most {places} decimals are allowed")
    return int(units)


def _feature(fields: Fields) -> Feature:
    choices = fields.inner("choices")
    values = tuple((name, decimal(choices, name, 0, 1)) for name in sorted(choices.data))
    if not values:
        fields.fail("choices", "a feature offers at least one choice")
    feature = Feature(read_id(fields, "answer"), values)
    fields.done()
    return feature


def _check_quality(fields: Fields, one: Adjustment) -> None:
    best = sum((feature.maximum for feature in one.features), Fraction(0))
    if not one.features or best >= 1:
        fields.fail("features", "the best values of all features together must be above 0 and below 1")


def _benchmark(fields: Fields) -> Benchmark:
    terms = tuple(_term(term) for term in fields.objects_or_none("terms")) or (Term("lowest"),)
    benchmark = Benchmark(
        of=fields.choice_or("of", kinds.PRICES, "evaluated"),
        among=fields.choice_or("among", kinds.AMONG, "accepted"),
        terms=terms,
    )
    fields.done()
    return benchmark


def _term(fields: Fields) -> Term:
    term = Term(
        base=fields.choice("base", (*kinds.SPREADS, *kinds.FIXED)),
        factors=read_factors(fields),
        trim=tuple(_trim(trim) for trim in fields.objects_or_none("trim")),
        exclude=_exclusion(fields.inner("exclude")) if fields.has("exclude") else None,
        sample=fields.text("sample", 10) if fields.has("sample") else "",
    )
    fields.done()
    if term.base in kinds.FIXED and (term.trim or term.exclude or term.sample):
        fields.fail("base", "trimming, exclusion and samples belong to figures of the offers")
    starts = [trim.from_bids for trim in term.trim]
    if starts != sorted(set(starts)):
        fields.fail("trim", "the rules come in order of from_bids, each number once")
    return term


def _trim(fields: Fields) -> Trim:
    trim = Trim(
        from_bids=fields.whole("from_bids", 1, 100_000),
        high=fields.whole_or("high", 0, 1000, 0),
        low=fields.whole_or("low", 0, 1000, 0),
        high_percent=decimal(fields, "high_percent", 0, 50, "0"),
        low_percent=decimal(fields, "low_percent", 0, 50, "0"),
        rounded=fields.choice_or("rounded", kinds.ROUNDED, "down"),
    )
    fields.done()
    for bids in range(trim.from_bids, trim.from_bids + 200):
        if sum(trim.counts(bids)) >= bids:
            fields.fail("from_bids", f"of {bids} bids nothing would be left")
    if trim.high_percent + trim.low_percent >= 100:
        fields.fail("high_percent", "both percentages together must stay below 100")
    return trim


def _exclusion(fields: Fields) -> Exclusion:
    exclusion = Exclusion(
        percent=decimal(fields, "percent", 0, 1000),
        of=fields.choice_or("of", ("mean", "median"), "mean"),
        side=fields.choice_or("side", ("both", *kinds.SIDES), "both"),
        order=fields.choice_or("order", kinds.ORDERS, "worst_first"),
        repeat=fields.truth_or("repeat", default=True),
        least=fields.whole_or("least", 1, 1000, 2),
        at_limit=fields.choice_or("at_limit", kinds.AT_LIMIT, "inside"),
    )
    fields.done()
    return exclusion


def _formula(fields: Fields, scales: Scales, maximum: int) -> Formula:
    kind = fields.choice("kind", kinds.FORMULAS)
    full = write_units(maximum, scales.points)
    formula = Formula(
        kind=kind,
        of=fields.choice_or("of", kinds.PRICES, "evaluated"),
        floor=points(fields, "floor", scales.points, 0, "0"),
        cap=points(fields, "cap", scales.points, 0, full),
    )
    if kind == "deviation":
        formula = replace(
            formula,
            start=points(fields, "start", scales.points, 0, full),
            counted=fields.choice_or("counted", kinds.COUNTED, "interpolated"),
            unit=positive(fields, "unit"),
            above=_bands(fields, "above"),
            below=_bands(fields, "below"),
        )
    if kind == "curve":
        formula = replace(
            formula,
            knots=tuple(_knot(knot, scales) for knot in fields.objects("knots")),
            outside=fields.choice_or("outside", ("hold", "extend"), "hold"),
        )
        if not formula.knots:
            fields.fail("knots", "a curve has at least one knot")
    if kind == "log":
        formula = replace(formula, base=decimal(fields, "base", 1, 10**6, "10"))
        if formula.base == 1:
            fields.fail("base", "it must be above 1")
    fields.done()
    if not formula.floor <= formula.cap <= maximum:
        fields.fail("cap", "floor, cap and maximum must rise in this order")
    return formula


def _bands(fields: Fields, key: str) -> tuple[Band, ...]:
    bands = []
    for band in fields.objects_or_none(key):
        bands.append(Band(decimal(band, "from", 0, 1000, "0"), decimal(band, "points", -10_000, 10_000)))
        band.done()
    starts = [band.from_percent for band in bands]
    if starts != sorted(set(starts)):
        fields.fail(key, "the bands come in order of from, each deviation once")
    return tuple(bands)


def _knot(fields: Fields, scales: Scales) -> Knot:
    of = fields.choice("of", kinds.KNOTS)
    knot = Knot(
        of=of,
        factors=read_factors(fields),
        price=_knot_price(fields, scales) if of == "price" else None,
        points=points(fields, "points", scales.points, 0),
    )
    fields.done()
    return knot


def _knot_price(fields: Fields, scales: Scales) -> int:
    """A fixed price on a curve; zero is allowed, since a line may start there."""
    units = decimal(fields, "price", 0, 10**12) * 10**scales.offer
    if units.denominator != 1:
        fields.fail("price", f"at most {scales.offer} decimals are allowed")
    return int(units)


def _sample(fields: Fields) -> Sample:
    sample = Sample(fields.text("name", 10), fields.whole("size", 1, 1000))
    fields.done()
    return sample
