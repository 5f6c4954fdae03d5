"""The whole evaluation method of a lot, and its published form.

Rules:
1. Weights are basis points; the price part and the groups add up to 10000.
2. The maxima of a group's criteria add up to the group's maximum; every maximum is a whole number of steps.
3. Every stage of the calculation has a declared number of decimals; nothing is rounded anywhere else.
4. Two rulebooks are the same when their canonical bytes are; the digest of those bytes is in the notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Final

from crypto.canonical import JsonValue, canonical
from evaluation.findings.abnormally_low import AbnormallyLowRule, read_rules, write_rules
from evaluation.findings.outliers import OutlierRule, read_rule, write_rule
from evaluation.price_checks.comparison import Limits, read_limits, write_limits
from evaluation.rulebook.criteria import EXPERTS, SYSTEM, Combination, Criterion, Group
from evaluation.rulebook.criteria_form import read_combination, read_group, write_combination, write_group
from evaluation.rulebook.numbers import (
    COEFFICIENT,
    MOST_PLACES,
    Bilingual,
    Factor,
    bilingual,
    decimal,
    points,
    read_id,
    some_points,
    write_bilingual,
    write_decimal,
    write_some,
)
from evaluation.rulebook.price import PRICES, PriceRule, Scales
from evaluation.rulebook.price_form import read_price
from evaluation.rulebook.price_writing import write_price
from kernel.errors import BadRulebook
from kernel.fields import Fields
from kernel.money import PriceScale

VERSION: Final = 2
TOTALS: Final = ("exact_parts", "rounded_parts")
TIE_KEYS: Final = (
    "lower_price",
    "lower_evaluated_price",
    "higher_technical",
    "higher_price_points",
    "earlier_bid",
)
TIE_PREFIXES: Final = ("group", "criterion", "answer")
AWARDS: Final = (
    "total",
    "evaluated_price",
    "technical",
    "quality_per_price",
    "price_less_quality",
    "utility_index",
)
FULL_WEIGHT: Final = 10_000  # basis points
MOST_CRITERIA: Final = 500
MOST_RATE: Final = 10**12
PRICE_PART: Final = "price"
STAGES: Final = {"sheet": 2, "combined": 2, "price": 2, "weighted": 2, "total": 2, "award": 2}


@dataclass(frozen=True)
class Places:
    """How many decimals each stage of the calculation carries; None carries the exact fraction on."""

    sheet: int
    """what an expert writes"""
    combined: int
    """the panel's figure made of the experts' figures, and points for answers"""
    price: int
    """the points of the price rule"""
    weighted: int
    """a part's contribution to the total"""
    total: int
    award: int
    """the figure that places are decided by, where it is not the total"""
    evaluated: int
    """evaluation prices"""
    benchmark: int | None = None
    deviation: int | None = None
    """a price's deviation from the benchmark, in percent"""


@dataclass(frozen=True)
class Check:
    """One pass-or-fail question of the compliance review, with the clause that it applies."""

    id: str
    text: Bilingual
    clause: str


@dataclass(frozen=True)
class Award:
    """The figure that decides the places; rate is price per technical point, or utility per technical point."""

    by: str = "total"
    of: str = "evaluated"
    base_points: Fraction = Fraction(0)
    rate: Fraction = Fraction(0)
    multiplier: Fraction = Fraction(1)


@dataclass(frozen=True)
class Drawn:
    """A coefficient that a public draw takes out of these values."""

    name: str
    values: tuple[Fraction, ...]


@dataclass(frozen=True)
class Rulebook:
    """The whole method of one lot."""

    name: Bilingual
    source: str
    scale: PriceScale
    places: Places
    price: PriceRule
    groups: tuple[Group, ...]
    technical_minimum: int | None
    checks: tuple[Check, ...]
    combination: Combination
    total_of: str
    total_maximum: Fraction
    award: Award
    tie_break: tuple[str, ...]
    drawn: tuple[Drawn, ...]
    abnormally_low: tuple[AbnormallyLowRule, ...]
    outliers: OutlierRule | None
    minimum_bids: int
    candidates: int
    price_checks: Limits | None = None
    """of the comparison of priced bills (清标); None: the usual ones"""

    @property
    def currency(self) -> str:
        """The currency of every price."""
        return self.scale.currency

    @property
    def price_places(self) -> int:
        """The decimals of every offer."""
        return self.scale.places

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, group by group, in the order of the rulebook."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @property
    def expert_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that members of the panel score, in the same order."""
        return tuple(criterion for criterion in self.criteria if criterion.scored_by == EXPERTS)

    @property
    def system_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that the answers of a bid decide, in the same order."""
        return tuple(criterion for criterion in self.criteria if criterion.scored_by == SYSTEM)


def read_rulebook(data: object, path: str = "") -> Rulebook:
    """Read a rulebook from parsed JSON; version 1 is read as what it means in version 2.

    Raises:
        BadRulebook: `where` is the path of the first field that is wrong, `why` what it must be.
    """
    fields = Fields(_from_version_1(data), BadRulebook, path)
    fields.whole("v", VERSION, VERSION)
    scale = PriceScale(_currency(fields), fields.whole_or("price_places", 0, MOST_PLACES, 2))
    places = _places(fields.inner_or("places", {}), scale.places)
    rulebook = Rulebook(
        name=bilingual(fields, "name"),
        source=fields.text("source") if fields.has("source") else "",
        scale=scale,
        places=places,
        price=read_price(fields.inner("price"), Scales(scale.places, places.price), FULL_WEIGHT),
        groups=tuple(
            read_group(group, places.sheet, FULL_WEIGHT) for group in fields.objects_or_none("groups")
        ),
        technical_minimum=some_points(fields, "technical_minimum", places.weighted),
        checks=tuple(_check(check) for check in fields.objects_or_none("checks")),
        combination=read_combination(fields.inner_or("combination", {})),
        total_of=fields.choice_or("total_of", TOTALS, "exact_parts"),
        total_maximum=Fraction(points(fields, "total_maximum", 2, default="100"), 100),
        award=_award(fields.inner_or("award", {})),
        tie_break=_tie_break(fields),
        drawn=tuple(_drawn(drawn) for drawn in fields.objects_or_none("drawn")),
        abnormally_low=read_rules(fields),
        outliers=read_rule(fields) if fields.has("outliers") else None,
        minimum_bids=fields.whole_or("minimum_bids", 1, 100, 3),
        candidates=fields.whole_or("candidates", 1, 20, 3),
        price_checks=read_limits(fields.inner("price_checks")) if fields.has("price_checks") else None,
    )
    fields.done()
    _check_whole(fields, rulebook)
    return rulebook


def write_rulebook(rulebook: Rulebook) -> dict[str, JsonValue]:
    """The published form, everything written out; `read_rulebook` gives the same rulebook back."""
    places = rulebook.places
    # Left out where the usual ones hold: rulebooks from before there were any keep their digests.
    limits = rulebook.price_checks
    checks: dict[str, JsonValue] = {} if limits is None else {"price_checks": write_limits(limits)}
    return {
        "v": VERSION,
        "name": write_bilingual(rulebook.name),
        "source": rulebook.source or None,
        "currency": rulebook.scale.currency,
        "price_places": rulebook.scale.places,
        "places": dict(vars(places)),
        "price": write_price(rulebook.price, Scales(rulebook.scale.places, places.price)),
        "groups": [write_group(group, places.sheet) for group in rulebook.groups],
        "technical_minimum": write_some(rulebook.technical_minimum, places.weighted),
        "checks": [
            {"id": check.id, "text": write_bilingual(check.text), "clause": check.clause}
            for check in rulebook.checks
        ],
        "combination": write_combination(rulebook.combination),
        "total_of": rulebook.total_of,
        "total_maximum": write_decimal(rulebook.total_maximum),
        "award": {
            "by": rulebook.award.by,
            "of": rulebook.award.of,
            "base_points": write_decimal(rulebook.award.base_points),
            "rate": write_decimal(rulebook.award.rate),
            "multiplier": write_decimal(rulebook.award.multiplier),
        },
        "tie_break": list(rulebook.tie_break),
        "drawn": [
            {"name": drawn.name, "values": [write_decimal(value) for value in drawn.values]}
            for drawn in rulebook.drawn
        ],
        "abnormally_low": write_rules(rulebook.abnormally_low),
        "outliers": write_rule(rulebook.outliers) if rulebook.outliers else None,
        "minimum_bids": rulebook.minimum_bids,
        "candidates": rulebook.candidates,
        **checks,
    }


def rulebook_digest(rulebook: Rulebook) -> str:
    """SHA-256 of the rulebook's canonical bytes, in lower-case hex: what the notice freezes."""
    return sha256(canonical(write_rulebook(rulebook))).hexdigest()


def _from_version_1(data: object) -> object:
    """Version 1 knew one price rule: the lowest compliant price over the price."""
    if not isinstance(data, Mapping) or data.get("v") != 1 or data.get("method") != "combined_score":
        return data
    price = data.get("price")
    if not isinstance(price, Mapping) or price.get("kind") != "low_price_first":
        return data
    kept = {key: value for key, value in data.items() if key != "method"}
    parts = {key: value for key, value in price.items() if key not in ("kind", "benchmark")}
    return {**kept, "v": VERSION, "price": {**parts, "formula": {"kind": "ratio"}}}


def _places(fields: Fields, offer: int) -> Places:
    places = Places(
        **{stage: fields.whole_or(stage, 0, MOST_PLACES, usual) for stage, usual in STAGES.items()},
        evaluated=fields.whole_or("evaluated", offer, MOST_PLACES, offer),
        benchmark=fields.whole("benchmark", 0, MOST_PLACES) if fields.has("benchmark") else None,
        deviation=fields.whole("deviation", 0, MOST_PLACES) if fields.has("deviation") else None,
    )
    fields.done()
    if places.combined < places.sheet:
        fields.fail("combined", f"it may not be coarser than the sheets, which carry {places.sheet} decimals")
    return places


def _currency(fields: Fields) -> str:
    currency = fields.text("currency", 3)
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        fields.fail("currency", "a currency is its three capital letters, such as CNY")
    return currency


def _check(fields: Fields) -> Check:
    check = Check(read_id(fields), bilingual(fields, "text"), fields.text("clause"))
    fields.done()
    return check


def _award(fields: Fields) -> Award:
    award = Award(
        by=fields.choice_or("by", AWARDS, "total"),
        of=fields.choice_or("of", PRICES, "evaluated"),
        base_points=decimal(fields, "base_points", 0, 100_000, "0"),
        rate=decimal(fields, "rate", 0, MOST_RATE, "0"),
        multiplier=decimal(fields, "multiplier", 0, MOST_RATE, "1"),
    )
    fields.done()
    if award.by in ("price_less_quality", "utility_index") and not award.rate:
        fields.fail("rate", "it says what a technical point is worth, so it must be above 0")
    if not award.multiplier:
        fields.fail("multiplier", "it must be above 0")
    return award


def _tie_break(fields: Fields) -> tuple[str, ...]:
    keys = fields.list("tie_break") if fields.has("tie_break") else ("lower_price", "higher_technical")
    for key in keys:
        known = key in TIE_KEYS or (isinstance(key, str) and key.partition(":")[0] in TIE_PREFIXES)
        if not known or keys.count(key) > 1:
            offered = ", ".join((*TIE_KEYS, *(f"{prefix}:id" for prefix in TIE_PREFIXES)))
            fields.fail("tie_break", f"each key once, out of {offered}")
    return tuple(str(key) for key in keys)


def _drawn(fields: Fields) -> Drawn:
    name = fields.text("name", 10)
    if not COEFFICIENT.fullmatch(name):
        fields.fail("name", "a coefficient is named by a capital letter, then letters and digits, such as K1")
    values = []
    for value in fields.list("values"):
        one = Fields({"values": value}, BadRulebook, fields.path)
        values.append(decimal(one, "values", 0, 1000))
    fields.done()
    if len(values) < 2 or len(set(values)) != len(values):
        fields.fail("values", "at least two different values to draw from")
    return Drawn(name, tuple(values))


def _check_whole(fields: Fields, rulebook: Rulebook) -> None:
    weights = rulebook.price.weight + sum(group.weight for group in rulebook.groups)
    if weights != FULL_WEIGHT:
        fields.fail("groups", f"the weights of price and groups add up to {weights}, not to {FULL_WEIGHT}")
    if len(rulebook.criteria) > MOST_CRITERIA:
        fields.fail("groups", f"at most {MOST_CRITERIA} criteria are allowed")
    _check_unique(fields, "groups", [PRICE_PART, *(group.id for group in rulebook.groups)])
    _check_unique(fields, "groups", [criterion.id for criterion in rulebook.criteria])
    _check_unique(fields, "checks", [check.id for check in rulebook.checks])
    _check_names(fields, rulebook)
    by_group = rulebook.combination.level == "group"
    if by_group and any(criterion.minimum is not None for criterion in rulebook.expert_criteria):
        fields.fail("combination.level", "a criterion with a minimum needs the level criterion")
    needs_quality = rulebook.award.by not in ("total", "evaluated_price")
    if needs_quality and not rulebook.groups:
        fields.fail("award.by", "without groups there is no quality to go by")


def _check_names(fields: Fields, rulebook: Rulebook) -> None:
    """Whatever is named somewhere is declared somewhere."""
    drawn = [one.name for one in rulebook.drawn]
    _check_unique(fields, "drawn", drawn)
    used: list[Factor] = [factor for term in rulebook.price.benchmark.terms for factor in term.factors]
    used += [factor for knot in rulebook.price.formula.knots for factor in knot.factors]
    for name in {factor.drawn for factor in used if factor.drawn}:
        if name not in drawn:
            fields.fail("drawn", f"the coefficient {name} is used, so its values must be declared here")
    for name in set(drawn) - {factor.drawn for factor in used}:
        fields.fail("drawn", f"the coefficient {name} is not used by the benchmark or the curve")
    known = {
        "group": {group.id for group in rulebook.groups},
        "criterion": {criterion.id for criterion in rulebook.criteria},
    }
    for key in rulebook.tie_break:
        prefix, _, id = key.partition(":")
        if prefix in known and id not in known[prefix]:
            fields.fail("tie_break", f"there is no {prefix} {id}")
        if prefix == "criterion" and rulebook.combination.level == "group":
            fields.fail("tie_break", "criteria have no figure of their own at the level group")


def _check_unique(fields: Fields, key: str, ids: list[str]) -> None:
    for id in ids:
        if ids.count(id) > 1:
            fields.fail(key, f"the id {id} is used twice")
