"""Reading and writing groups, criteria and the combination of experts; docs/formats/evaluation-case.md describes it."""

from fractions import Fraction

from crypto.canonical import JsonValue
from evaluation.rulebook.criteria import (
    AGAINST,
    COMBINATIONS,
    EXPERTS,
    LEVELS,
    SCORED_BY,
    SYSTEM,
    VALUES,
    Combination,
    Criterion,
    Deviation,
    Group,
    ValueRule,
)
from evaluation.rulebook.numbers import (
    bilingual,
    decimal,
    points,
    positive,
    read_id,
    some_points,
    write_bilingual,
    write_decimal,
    write_some,
)
from evaluation.rulebook.price import BETTER, COUNTED
from kernel.fields import Fields
from kernel.money import write_units

BILLION = 10**9


def read_group(fields: Fields, places: int, full_weight: int) -> Group:
    """A group with its criteria; points are in units of 10**-places."""
    criteria = tuple(_criterion(criterion, places) for criterion in fields.objects("criteria"))
    total = sum(criterion.maximum for criterion in criteria)
    group = Group(
        id=read_id(fields),
        name=bilingual(fields, "name", str(fields.data["id"])),
        weight=fields.whole("weight", 1, full_weight),
        maximum=points(fields, "maximum", places) if fields.has("maximum") else total,
        criteria=criteria,
        minimum=some_points(fields, "minimum", places),
        blind=fields.truth_or("blind", default=False),
    )
    fields.done()
    if group.blind and any(criterion.scored_by == SYSTEM for criterion in criteria):
        fields.fail(
            "blind",
            "answers of a bid are no secret, so every criterion of a blind group is scored by experts",
        )
    if not criteria:
        fields.fail("criteria", "a group has at least one criterion")
    if total != group.maximum:
        fields.fail("maximum", "the maxima of its criteria must add up to exactly this")
    _check_minimum(fields, group.minimum, group.maximum)
    return group


def write_group(group: Group, places: int) -> dict[str, JsonValue]:
    """The published form of a group."""
    return {
        "id": group.id,
        "name": write_bilingual(group.name),
        "weight": group.weight,
        "maximum": write_units(group.maximum, places),
        "minimum": write_some(group.minimum, places),
        "blind": group.blind,
        "criteria": [_write_criterion(criterion, places) for criterion in group.criteria],
    }


def read_combination(fields: Fields) -> Combination:
    """How the experts' figures become one."""
    combination = Combination(
        rule=fields.choice_or("rule", COMBINATIONS, "mean"),
        drop_high=fields.whole_or("drop_high", 0, 10, 0),
        drop_low=fields.whole_or("drop_low", 0, 10, 0),
        level=fields.choice_or("level", LEVELS, "criterion"),
        trim_from=fields.whole_or("trim_from", 0, 99, 0),
        exclude=_deviation(fields.inner("exclude")) if fields.has("exclude") else None,
    )
    fields.done()
    dropped = combination.drop_high + combination.drop_low
    if (combination.rule == "trimmed_mean") != (dropped > 0):
        fields.fail("rule", "a trimmed mean drops at least one figure; mean and median drop none")
    if combination.trim_from and (not dropped or combination.trim_from <= dropped):
        fields.fail("trim_from", "it must be above the number of figures that are dropped")
    if combination.exclude and combination.rule != "mean":
        fields.fail("exclude", "deviating figures are left out of a mean, not of a trimmed mean or median")
    return combination


def write_combination(combination: Combination) -> dict[str, JsonValue]:
    """The published form of the combination."""
    exclude = combination.exclude
    return {
        "rule": combination.rule,
        "drop_high": combination.drop_high,
        "drop_low": combination.drop_low,
        "level": combination.level,
        "trim_from": combination.trim_from,
        "exclude": {"percent": write_decimal(exclude.percent), "against": exclude.against}
        if exclude
        else None,
    }


def _deviation(fields: Fields) -> Deviation:
    deviation = Deviation(decimal(fields, "percent", 0, 1000), fields.choice_or("against", AGAINST, "panel"))
    fields.done()
    return deviation


def _check_minimum(fields: Fields, minimum: int | None, maximum: int) -> None:
    if minimum is not None and minimum > maximum:
        fields.fail("minimum", "it may not be above the maximum")


def _criterion(fields: Fields, places: int) -> Criterion:
    scored_by = fields.choice_or("scored_by", SCORED_BY, EXPERTS)
    maximum = points(fields, "maximum", places)
    criterion = Criterion(
        id=read_id(fields),
        name=bilingual(fields, "name", str(fields.data["id"])),
        maximum=maximum,
        step=points(fields, "step", places) if fields.has("step") else 1,
        scored_by=scored_by,
        minimum=some_points(fields, "minimum", places),
        value=_value(fields.inner("value"), places, maximum) if scored_by == SYSTEM else None,
    )
    if scored_by == EXPERTS and fields.has("value"):
        fields.fail(
            "value", "experts score this criterion; only a criterion scored by the system has a value"
        )
    fields.done()
    if criterion.maximum % criterion.step:
        fields.fail("step", "the maximum must be a whole number of steps")
    _check_minimum(fields, criterion.minimum, maximum)
    return criterion


def _value(fields: Fields, places: int, maximum: int) -> ValueRule:
    kind = fields.choice("kind", VALUES)
    answer, required = read_id(fields, "answer"), fields.truth_or("required", default=False)
    rule = ValueRule(kind, answer, required)
    if kind == "choice":
        choices = fields.inner("choices")
        listed = tuple((name, points(choices, name, places, 0)) for name in sorted(choices.data))
        rule = ValueRule(kind, answer, required, choices=listed)
        _check_reached(fields, "choices", [value for _, value in listed], maximum)
    if kind == "steps":
        rule = ValueRule(kind, answer, required, steps=_steps(fields, places))
        _check_reached(fields, "steps", [value for _, value in rule.steps], maximum)
    if kind == "per_unit":
        rule = ValueRule(
            kind,
            answer,
            required,
            beyond=decimal(fields, "beyond", -BILLION, BILLION, "0"),
            unit=positive(fields, "unit"),
            counted=fields.choice_or("counted", COUNTED, "completed"),
            points=points(fields, "points", places),
        )
    if kind == "best_ratio":
        rule = ValueRule(kind, answer, required, better=fields.choice_or("better", BETTER, "higher"))
    if kind == "between":
        full, zero = (decimal(fields, key, -BILLION, BILLION) for key in ("full_at", "zero_at"))
        rule = ValueRule(kind, answer, required, full_at=full, zero_at=zero)
        if full == zero:
            fields.fail("zero_at", "it must differ from full_at")
    fields.done()
    return rule


def _steps(fields: Fields, places: int) -> tuple[tuple[Fraction, int], ...]:
    steps = []
    for step in fields.objects("steps"):
        steps.append((decimal(step, "from", -BILLION, BILLION), points(step, "points", places, 0)))
        step.done()
    starts = [start for start, _ in steps]
    if not steps or starts != sorted(set(starts)):
        fields.fail("steps", "at least one step, in order of from, each value once")
    return tuple(steps)


def _check_reached(fields: Fields, key: str, values: list[int], maximum: int) -> None:
    if not values or max(values) > maximum:
        fields.fail(key, "at least one entry, and none above the maximum of the criterion")


def _write_criterion(criterion: Criterion, places: int) -> dict[str, JsonValue]:
    return {
        "id": criterion.id,
        "name": write_bilingual(criterion.name),
        "maximum": write_units(criterion.maximum, places),
        "step": write_units(criterion.step, places),
        "minimum": write_some(criterion.minimum, places),
        "scored_by": criterion.scored_by,
        "value": _write_value(criterion.value, places) if criterion.value else None,
    }


def _write_value(rule: ValueRule, places: int) -> dict[str, JsonValue]:
    head: dict[str, JsonValue] = {"kind": rule.kind, "answer": rule.answer, "required": rule.required}
    if rule.kind == "choice":
        head["choices"] = {name: write_units(value, places) for name, value in rule.choices}
    if rule.kind == "steps":
        head["steps"] = [{"from": write_decimal(x), "points": write_units(y, places)} for x, y in rule.steps]
    if rule.kind == "per_unit":
        head |= {
            "beyond": write_decimal(rule.beyond),
            "unit": write_decimal(rule.unit),
            "counted": rule.counted,
            "points": write_units(rule.points, places),
        }
    if rule.kind == "best_ratio":
        head["better"] = rule.better
    if rule.kind == "between":
        head |= {"full_at": write_decimal(rule.full_at), "zero_at": write_decimal(rule.zero_at)}
    return head
