"""Prices so low that the bidder is asked to explain them: the rules as data, the test in exact fractions.

Rules:
1. The test looks at the price as it was read out, never at a price after deductions, and only at valid bids.
2. A price at the limit is not below it while the rule is `strict`; every comparison is of whole fractions.
3. Being below a limit rejects nobody: the panel asks, the bidder has `response_minutes`, the panel decides.
4. A rule that lacks what it compares with (two bids, a ceiling) is skipped, and says so.

Source: 财库〔2026〕2号 (mean, second lowest, ceiling; each may be raised to 65 %); RGLCAP article 85 (Spain);
d.lgs. 50/2016 article 97(2) (Italy). Format: docs/formats/findings.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from crypto.canonical import JsonValue
from evaluation.findings.low_limits import (
    HUNDRED,
    LowLimit,
    below_ceiling,
    below_mean,
    below_second_lowest,
    italy,
    spain,
)
from evaluation.fixed_point import read_points
from kernel.errors import BadPrice
from kernel.fields import Fields
from kernel.ids import BidId
from kernel.money import read_units, write_units

KINDS: Final = ("below_mean", "below_second_lowest", "below_ceiling", "spain", "italy")
PERCENT_PLACES = 2  # a percentage is a whole number of hundredths of one percent
BUDGET_PLACES = 6  # the finest scale that a rulebook may declare
FEWEST_MINUTES = 30  # 财库〔2026〕2号: at least half an hour to explain
MOST_MINUTES = 60 * 24 * 60  # sixty days
MOST_RULES = 10


@dataclass(frozen=True)
class AbnormallyLowRule:
    """One test; every percentage in hundredths of one percent, unused ones zero."""

    kind: str
    clause: str
    response_minutes: int
    strict: bool = True
    percent: int = 0
    """below_mean, below_second_lowest, below_ceiling: of what is compared with; spain: below the mean"""
    budget: int | None = None
    """below_ceiling, spain, italy: used where the rulebook announces no ceiling; in units of 10**-6"""
    single: int = 0
    """spain: a lone bid below the budget, and any of three bids"""
    pair: int = 0
    """spain: one of two bids below the other"""
    excess: int = 0
    """spain: bids this far above the mean leave it"""
    wings: int = 0
    """italy: set aside at each end, rounded up to whole bids"""
    places: int = 0
    """italy: decimals of a rebate"""
    fewest: int = 1
    """italy: the rule speaks from this number of bids on"""


@dataclass(frozen=True)
class LowPrices:
    """What one rule says of one lot; `steps` lead to the limit one by one, in their order."""

    rule: AbnormallyLowRule
    steps: tuple[tuple[str, Fraction], ...]
    flagged: tuple[BidId, ...]
    skipped: str = ""
    """why the rule could not be applied; empty when it was"""


def read_rules(fields: Fields) -> tuple[AbnormallyLowRule, ...]:
    """The rules under the optional key `abnormally_low` of a rulebook, in their order.

    Raises:
        BadInput (or the error of `fields`): the path of the first wrong field and what it must be.
    """
    if not fields.has("abnormally_low"):
        return ()
    rules = tuple(_read_rule(rule) for rule in fields.objects("abnormally_low"))
    if len(rules) > MOST_RULES:
        fields.fail("abnormally_low", f"at most {MOST_RULES} rules are allowed")
    return rules


def write_rules(rules: tuple[AbnormallyLowRule, ...]) -> list[JsonValue]:
    """The JSON form of the rules; `read_rules` gives the same rules back."""
    return [_write_rule(rule) for rule in rules]


def find_low_prices(
    rules: tuple[AbnormallyLowRule, ...],
    prices: Mapping[BidId, int],
    ceiling: int | None,
    price_places: int,
) -> tuple[LowPrices, ...]:
    """Apply every rule to the prices of the valid bids, which are in units of 10**-price_places."""
    return tuple(_apply(rule, prices, ceiling, price_places) for rule in rules)


def _apply(
    rule: AbnormallyLowRule, prices: Mapping[BidId, int], ceiling: int | None, places: int
) -> LowPrices:
    reference = None if ceiling is None else Fraction(ceiling)
    if reference is None and rule.budget is not None:
        reference = Fraction(rule.budget * 10**places, 10**BUDGET_PLACES)
    found = _limit(rule, sorted(prices.values()), reference)
    if found.skipped:
        return LowPrices(rule, found.steps, (), found.skipped)
    flagged = [bid_id for bid_id, price in sorted(prices.items()) if found.is_low(price, strict=rule.strict)]
    return LowPrices(rule, found.steps, tuple(flagged))


def _limit(rule: AbnormallyLowRule, prices: list[int], reference: Fraction | None) -> LowLimit:
    share = Fraction(rule.percent, HUNDRED)
    if rule.kind == "below_mean":
        return below_mean(prices, share)
    if rule.kind == "below_second_lowest":
        return below_second_lowest(prices, share)
    if rule.kind == "below_ceiling":
        return below_ceiling(share, reference)
    if rule.kind == "spain":
        single, pair, excess = (Fraction(value, HUNDRED) for value in (rule.single, rule.pair, rule.excess))
        return spain(prices, reference, single=single, pair=pair, below=share, excess=excess)
    return italy(prices, reference, Fraction(rule.wings, HUNDRED), rule.places, rule.fewest)


def _read_rule(fields: Fields) -> AbnormallyLowRule:
    kind = fields.choice("kind", KINDS)
    rule = AbnormallyLowRule(
        kind=kind,
        clause=fields.text("clause", 200),
        response_minutes=fields.whole("response_minutes", FEWEST_MINUTES, MOST_MINUTES),
        strict=fields.truth("strict"),
        percent=0 if kind == "italy" else _percent(fields, "percent"),
        budget=_budget(fields) if kind in ("below_ceiling", "spain", "italy") else None,
        single=_percent(fields, "single") if kind == "spain" else 0,
        pair=_percent(fields, "pair") if kind == "spain" else 0,
        excess=_percent(fields, "excess") if kind == "spain" else 0,
        wings=_percent(fields, "wings", 49) if kind == "italy" else 0,
        places=fields.whole("places", 0, 6) if kind == "italy" else 0,
        fewest=fields.whole("fewest", 3, 1000) if kind == "italy" else 1,
    )
    fields.done()
    return rule


def _percent(fields: Fields, key: str, highest: int = 99) -> int:
    try:
        percent = read_points(fields.take(key), PERCENT_PLACES)
    except ValueError as why:
        fields.fail(key, str(why))
    if not 0 < percent <= highest * 10**PERCENT_PLACES:
        fields.fail(key, f"a percentage above 0 and at most {highest} is needed here")
    return percent


def _budget(fields: Fields) -> int | None:
    if not fields.has("budget"):
        return None
    try:
        return read_units(fields.text("budget", 40), BUDGET_PLACES)
    except BadPrice as refusal:
        fields.fail("budget", str(refusal.facts["why"]))


def _write_rule(rule: AbnormallyLowRule) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {
        "kind": rule.kind,
        "clause": rule.clause,
        "response_minutes": rule.response_minutes,
        "strict": rule.strict,
    }
    used = {"spain": ("percent", "single", "pair", "excess"), "italy": ("wings",)}.get(
        rule.kind, ("percent",)
    )
    written |= {key: write_units(getattr(rule, key), PERCENT_PLACES) for key in used}
    if rule.kind == "italy":
        written |= {"places": rule.places, "fewest": rule.fewest}
    if rule.budget is not None:
        written["budget"] = write_units(rule.budget, BUDGET_PLACES)
    return written
