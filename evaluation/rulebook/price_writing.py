"""Writing the price part of a rulebook: the published form, with everything written out."""

from collections.abc import Sequence

from crypto.canonical import JsonValue
from evaluation.rulebook.numbers import write_decimal, write_factors, write_some
from evaluation.rulebook.price import Adjustment, Band, Formula, PriceRule, Scales, Term
from kernel.money import write_units


def write_price(rule: PriceRule, scales: Scales) -> dict[str, JsonValue]:
    """The published form of the price part."""
    return {
        "weight": rule.weight,
        "maximum": write_units(rule.maximum, scales.points),
        "better": rule.better,
        "ceiling": write_some(rule.ceiling, scales.offer),
        "estimate": write_some(rule.estimate, scales.offer),
        "limits": [
            {"side": x.side, "of": x.of, "factors": write_factors(x.factors), "at_limit": x.at_limit}
            for x in rule.limits
        ],
        "adjustments": [_write_adjustment(one, scales) for one in rule.adjustments],
        "benchmark": {
            "of": rule.benchmark.of,
            "among": rule.benchmark.among,
            "terms": [_write_term(term) for term in rule.benchmark.terms],
        },
        "formula": _write_formula(rule.formula, scales),
        "outliers": rule.outliers,
        "samples": [{"name": sample.name, "size": sample.size} for sample in rule.samples],
    }


def _write_adjustment(one: Adjustment, scales: Scales) -> dict[str, JsonValue]:
    head: dict[str, JsonValue] = {"id": one.id, "kind": one.kind}
    if one.kind == "quality":
        features: list[JsonValue] = [
            {"answer": f.answer, "choices": {name: write_decimal(value) for name, value in f.choices}}
            for f in one.features
        ]
        return {**head, "features": features, "operation": one.operation}
    head |= {"answer": one.answer, "required": one.required}
    if one.kind == "stated":
        return {**head, "sign": one.sign}
    head |= {
        "amount": write_some(one.amount, scales.offer),
        "percent": None if one.percent is None else write_decimal(one.percent),
    }
    if one.kind == "flag":
        return head
    return {
        **head,
        "side": one.side,
        "beyond": write_decimal(one.beyond),
        "unit": write_decimal(one.unit),
        "counted": one.counted,
    }


def _write_term(term: Term) -> dict[str, JsonValue]:
    trim: list[JsonValue] = [
        {
            "from_bids": trim.from_bids,
            "high": trim.high,
            "low": trim.low,
            "high_percent": write_decimal(trim.high_percent),
            "low_percent": write_decimal(trim.low_percent),
            "rounded": trim.rounded,
        }
        for trim in term.trim
    ]
    exclude: dict[str, JsonValue] | None = None
    if term.exclude:
        exclude = {**vars(term.exclude), "percent": write_decimal(term.exclude.percent)}
    return {
        "base": term.base,
        "factors": write_factors(term.factors),
        "trim": trim,
        "exclude": exclude,
        "sample": term.sample or None,
    }


def _write_formula(formula: Formula, scales: Scales) -> dict[str, JsonValue]:
    head: dict[str, JsonValue] = {
        "kind": formula.kind,
        "of": formula.of,
        "floor": write_units(formula.floor, scales.points),
        "cap": write_units(formula.cap, scales.points),
    }
    if formula.kind == "deviation":
        return {
            **head,
            "start": write_units(formula.start, scales.points),
            "counted": formula.counted,
            "unit": write_decimal(formula.unit),
            "above": _write_bands(formula.above),
            "below": _write_bands(formula.below),
        }
    if formula.kind == "curve":
        knots: list[JsonValue] = [
            {
                "of": knot.of,
                "factors": write_factors(knot.factors),
                **({} if knot.price is None else {"price": write_units(knot.price, scales.offer)}),
                "points": write_units(knot.points, scales.points),
            }
            for knot in formula.knots
        ]
        return {**head, "knots": knots, "outside": formula.outside}
    return {**head, "base": write_decimal(formula.base)} if formula.kind == "log" else head


def _write_bands(bands: Sequence[Band]) -> list[JsonValue]:
    return [{"from": write_decimal(x.from_percent), "points": write_decimal(x.points)} for x in bands]
