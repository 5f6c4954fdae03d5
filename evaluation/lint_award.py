"""Remarks on criteria, minimums, ties and award, and on the figures of Chinese law."""

from collections.abc import Iterator
from fractions import Fraction

from evaluation.findings.abnormally_low import AbnormallyLowRule
from evaluation.lint_texts import (
    GOODS_WEIGHT,
    LEGAL_BIDS,
    LEGAL_CANDIDATES,
    LOW_LEAST,
    LOW_MOST,
    SERVICES_WEIGHT,
)
from evaluation.lint_values import Found
from evaluation.rulebook import FULL_WEIGHT, Criterion, Group, Rulebook, ValueRule

MANY_EXPERTS = 7
CHINESE = "CNY"


def criteria_remarks(rulebook: Rulebook) -> Iterator[Found]:
    """Groups and criteria, in their order."""
    reachable = Fraction(0)
    for g, group in enumerate(rulebook.groups):
        most = sum(_reach(criterion) for criterion in group.criteria)
        reachable += Fraction(most, group.maximum) * group.weight * rulebook.total_maximum / FULL_WEIGHT
        yield from _minimum(rulebook, group.minimum, most, f"groups[{g}].minimum")
        for c, criterion in enumerate(group.criteria):
            yield from _criterion(rulebook, group, criterion, f"groups[{g}].criteria[{c}]")
    minimum = rulebook.technical_minimum
    if minimum is not None:
        scaled = Fraction(minimum, 10**rulebook.places.weighted)
        if scaled > reachable:
            values = {"minimum": scaled, "reachable": reachable}
            yield Found("minimum-unreachable", "technical_minimum", values)
        elif scaled == reachable:
            yield Found("minimum-is-maximum", "technical_minimum")
    experts = rulebook.combination.fewest_experts
    if rulebook.expert_criteria and experts > MANY_EXPERTS:
        yield Found("experts-many", "combination", {"experts": experts})


def award_remarks(rulebook: Rulebook) -> Iterator[Found]:
    """What decides, and what decides between equals."""
    award, rule = rulebook.award.by, rulebook.price
    if award == "total" and not rule.weight:
        yield Found("total-without-price", "price.weight")
    if award == "technical" and rule.weight:
        yield Found("price-points-unused", "price.weight")
    if rule.weight and rule.formula.kind == "none" and award == "total":
        yield Found("price-formula-none", "price.formula.kind")
    if award == "evaluated_price" and rulebook.groups and not _has_minimum(rulebook):
        yield Found("quality-without-effect", "award.by")
    if rulebook.places.total < rulebook.places.weighted and award == "total":
        places = rulebook.places.weighted - rulebook.places.total
        yield Found("total-coarse", "places.total", {"places": places})
    if not rulebook.tie_break:
        yield Found("no-tie-key", "tie_break")
    for key in rulebook.tie_break:
        if _is_useless(rulebook, key):
            yield Found("tie-key-useless", "tie_break", {"key": key})


def law_remarks(rulebook: Rulebook) -> Iterator[Found]:
    """Figures that Chinese rules bound; looked at only where the currency is the yuan."""
    if rulebook.currency != CHINESE:
        return
    weight, percent = rulebook.price.weight, Fraction(rulebook.price.weight, 100)
    if rulebook.award.by == "total" and 0 < weight < SERVICES_WEIGHT:
        least = Fraction(SERVICES_WEIGHT, 100)
        yield Found("price-weight-law", "price.weight", {"weight": percent, "least": least})
    elif rulebook.award.by == "total" and SERVICES_WEIGHT <= weight < GOODS_WEIGHT:
        yield Found("price-weight-goods", "price.weight", {"weight": percent})
    if rulebook.candidates > LEGAL_CANDIDATES:
        yield Found("candidates-law", "candidates", {"count": rulebook.candidates})
    if rulebook.minimum_bids < LEGAL_BIDS:
        yield Found("minimum-bids-law", "minimum_bids", {"count": rulebook.minimum_bids})
    for index, low in enumerate(rulebook.abnormally_low):
        yield from _low(rulebook, low, f"abnormally_low[{index}]")


def _minimum(rulebook: Rulebook, minimum: int | None, most: int, where: str) -> Iterator[Found]:
    if minimum is None:
        return
    scale = 10**rulebook.places.sheet
    if minimum > most:
        values = {"minimum": Fraction(minimum, scale), "reachable": Fraction(most, scale)}
        yield Found("minimum-unreachable", where, values)
    elif minimum == most:
        yield Found("minimum-is-maximum", where)


def _criterion(rulebook: Rulebook, group: Group, criterion: Criterion, where: str) -> Iterator[Found]:
    most = _reach(criterion)
    yield from _minimum(rulebook, criterion.minimum, most, f"{where}.minimum")
    if most < criterion.maximum:
        reachable = Fraction(most, 10**rulebook.places.sheet)
        yield Found("maximum-unreachable", f"{where}.value", {"reachable": reachable})
    if criterion.value is not None and _is_flat(criterion.value):
        yield Found("answers-alike", f"{where}.value")
    share = Fraction(criterion.maximum, group.maximum) * group.weight / FULL_WEIGHT
    effect = share * rulebook.total_maximum
    if effect < Fraction(1, 10**rulebook.places.total) and rulebook.award.by == "total":
        yield Found("criterion-without-effect", f"{where}.maximum", {"effect": effect})


def _reach(criterion: Criterion) -> int:
    """The most points that can be had."""
    rule = criterion.value
    if rule is not None and rule.kind == "choice":
        return max(points for _, points in rule.choices)
    if rule is not None and rule.kind == "steps":
        return max(points for _, points in rule.steps)
    return criterion.maximum


def _is_flat(rule: ValueRule) -> bool:
    """Whether every choice has the same points; without an answer there are none, so a lone choice is one more."""
    return rule.kind == "choice" and len({points for _, points in rule.choices}) == 1


def _has_minimum(rulebook: Rulebook) -> bool:
    minimums = [rulebook.technical_minimum, *(group.minimum for group in rulebook.groups)]
    minimums += [criterion.minimum for criterion in rulebook.criteria]
    return any(minimum is not None for minimum in minimums)


def _is_useless(rulebook: Rulebook, key: str) -> bool:
    """Whether a key is equal whenever the deciding figure is equal, or always."""
    award, rule = rulebook.award.by, rulebook.price
    if key == "higher_technical":
        return not rulebook.groups or award == "technical"
    if key == "higher_price_points":
        return rule.formula.kind == "none"
    if key == "lower_evaluated_price":
        return award == "evaluated_price" or (not rule.adjustments and "lower_price" in rulebook.tie_break)
    if key == "lower_price":
        return award == "evaluated_price" and (not rule.adjustments or rulebook.award.of == "offer")
    return False


def _low(rulebook: Rulebook, rule: AbnormallyLowRule, where: str) -> Iterator[Found]:
    least = LOW_LEAST.get(rule.kind)
    if least is None:
        return
    percent = Fraction(rule.percent, 100)
    if rule.percent > LOW_MOST:
        yield Found("low-above-law", f"{where}.percent", {"percent": percent})
    if rule.percent < least:
        yield Found("low-below-law", f"{where}.percent", {"percent": percent, "least": Fraction(least, 100)})
    if not rule.strict:
        yield Found("low-inclusive", f"{where}.strict")
    if rule.kind == "below_ceiling" and rule.budget is None and rulebook.price.ceiling is None:
        yield Found("low-without-ceiling", where)
