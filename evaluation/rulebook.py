"""The evaluation method of one lot as data, frozen with the notice: weights, criteria, rounding, ties.

Rules:
1. Weights are basis points; the price part and the groups add up to 10000. The total is out of 100 points.
2. The maxima of a group's criteria add up to the group's maximum; every maximum is a whole number of steps.
3. Every stage of the calculation has a declared number of decimals; nothing is rounded anywhere else.
4. Two rulebooks are the same when their canonical bytes are; the digest of those bytes is in the notice.

A method, a province or a bank differs by its data here, never by code of its own. Format:
docs/formats/evaluation-case.md.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from crypto.canonical import JsonValue, canonical
from evaluation.fixed_point import read_points
from kernel.errors import BadPrice, BadRulebook
from kernel.fields import Fields
from kernel.money import PriceScale, read_units, write_units

VERSION: Final = 1
METHODS: Final = ("combined_score",)
PRICE_KINDS: Final = ("low_price_first",)
BENCHMARKS: Final = ("lowest_compliant",)
COMBINATIONS: Final = ("mean", "trimmed_mean", "median")
LEVELS: Final = ("criterion", "group")
TOTALS: Final = ("exact_parts", "rounded_parts")
TIE_KEYS: Final = ("lower_price", "higher_technical")
SCORED_BY: Final = ("experts",)

FULL_WEIGHT = 10_000  # basis points
MOST_PLACES = 6  # decimals of any declared scale
MOST_CRITERIA = 500
PRICE_PART: Final = "price"
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages of the platform."""

    zh: str
    en: str


@dataclass(frozen=True)
class Places:
    """How many decimals each stage of the calculation carries."""

    sheet: int
    """what an expert writes"""
    combined: int
    """the panel's figure made of the experts' figures"""
    price: int
    """the points of the price rule"""
    weighted: int
    """a part's contribution to the total"""
    total: int


@dataclass(frozen=True)
class Criterion:
    """What an expert gives points for; maximum and step in units of 10**-places.sheet."""

    id: str
    name: Bilingual
    maximum: int
    step: int
    scored_by: str = "experts"


@dataclass(frozen=True)
class Group:
    """Criteria that are weighted together; maximum in units of 10**-places.sheet, weight in basis points."""

    id: str
    name: Bilingual
    weight: int
    maximum: int
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Check:
    """One pass-or-fail question of the compliance review, with the clause that it applies."""

    id: str
    text: Bilingual
    clause: str


@dataclass(frozen=True)
class PriceRule:
    """How a price becomes points: maximum in units of 10**-places, ceiling in price units."""

    kind: str
    benchmark: str
    weight: int
    maximum: int
    places: int
    ceiling: int | None = None


@dataclass(frozen=True)
class Combination:
    """How the experts' figures become one: per criterion, or per group after each expert's own sum."""

    rule: str
    drop_high: int = 0
    drop_low: int = 0
    level: str = "criterion"

    @property
    def fewest_experts(self) -> int:
        """At least one figure must be left after the extremes are dropped."""
        return self.drop_high + self.drop_low + 1


@dataclass(frozen=True)
class Rulebook:
    """The whole method of one lot."""

    name: Bilingual
    method: str
    scale: PriceScale
    places: Places
    price: PriceRule
    groups: tuple[Group, ...]
    checks: tuple[Check, ...]
    combination: Combination
    total_of: str
    tie_break: tuple[str, ...]
    minimum_bids: int

    @property
    def currency(self) -> str:
        """The currency of every price."""
        return self.scale.currency

    @property
    def price_places(self) -> int:
        """The decimals of every price."""
        return self.scale.places

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, group by group, in the order of the rulebook."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)


def read_rulebook(data: object, path: str = "") -> Rulebook:
    """Read a rulebook from parsed JSON.

    Raises:
        BadRulebook: `where` is the path of the first field that is wrong, `why` what it must be.
    """
    fields = Fields(data, BadRulebook, path)
    fields.whole("v", VERSION, VERSION)
    scale = PriceScale(_currency(fields), fields.whole("price_places", 0, MOST_PLACES))
    places = _places(fields.inner("places"))
    rulebook = Rulebook(
        name=_bilingual(fields, "name"),
        method=fields.choice("method", METHODS),
        scale=scale,
        places=places,
        price=_price(fields.inner("price"), places.price, scale),
        groups=tuple(_group(group, places.sheet) for group in fields.objects("groups")),
        checks=tuple(_check(check) for check in fields.objects("checks")),
        combination=_combination(fields.inner("combination")),
        total_of=fields.choice("total_of", TOTALS),
        tie_break=_tie_break(fields),
        minimum_bids=fields.whole("minimum_bids", 1, 100),
    )
    fields.done()
    _check_sums(fields, rulebook)
    return rulebook


def write_rulebook(rulebook: Rulebook) -> dict[str, JsonValue]:
    """The JSON form of a rulebook; `read_rulebook` gives the same rulebook back."""
    sheet, rule = rulebook.places.sheet, rulebook.price
    ceiling = None if rule.ceiling is None else write_units(rule.ceiling, rulebook.scale.places)
    return {
        "v": VERSION,
        "name": _write_bilingual(rulebook.name),
        "method": rulebook.method,
        "currency": rulebook.scale.currency,
        "price_places": rulebook.scale.places,
        "places": {stage: getattr(rulebook.places, stage) for stage in Places.__dataclass_fields__},
        "price": {
            "kind": rule.kind,
            "benchmark": rule.benchmark,
            "weight": rule.weight,
            "maximum": write_units(rule.maximum, rule.places),
            "ceiling": ceiling,
        },
        "groups": [_write_group(group, sheet) for group in rulebook.groups],
        "checks": [
            {"id": check.id, "text": _write_bilingual(check.text), "clause": check.clause}
            for check in rulebook.checks
        ],
        "combination": {
            "rule": rulebook.combination.rule,
            "drop_high": rulebook.combination.drop_high,
            "drop_low": rulebook.combination.drop_low,
            "level": rulebook.combination.level,
        },
        "total_of": rulebook.total_of,
        "tie_break": list(rulebook.tie_break),
        "minimum_bids": rulebook.minimum_bids,
    }


def rulebook_digest(rulebook: Rulebook) -> str:
    """SHA-256 of the rulebook's canonical bytes, in lower-case hex: what the notice freezes."""
    return sha256(canonical(write_rulebook(rulebook))).hexdigest()


def _places(fields: Fields) -> Places:
    places = Places(**{stage: fields.whole(stage, 0, MOST_PLACES) for stage in Places.__dataclass_fields__})
    fields.done()
    if places.combined < places.sheet:
        fields.fail("combined", f"it may not be coarser than the sheets, which carry {places.sheet} decimals")
    return places


def _price(fields: Fields, places: int, scale: PriceScale) -> PriceRule:
    rule = PriceRule(
        kind=fields.choice("kind", PRICE_KINDS),
        benchmark=fields.choice("benchmark", BENCHMARKS),
        weight=fields.whole("weight", 0, FULL_WEIGHT),
        maximum=_points(fields, "maximum", places),
        places=places,
        ceiling=_ceiling(fields, scale) if fields.has("ceiling") else None,
    )
    fields.done()
    return rule


def _ceiling(fields: Fields, scale: PriceScale) -> int:
    try:
        return read_units(fields.text("ceiling", 40), scale.places)
    except BadPrice as refusal:
        fields.fail("ceiling", str(refusal.facts["why"]))


def _group(fields: Fields, places: int) -> Group:
    group = Group(
        id=_id(fields),
        name=_bilingual(fields, "name"),
        weight=fields.whole("weight", 1, FULL_WEIGHT),
        maximum=_points(fields, "maximum", places),
        criteria=tuple(_criterion(criterion, places) for criterion in fields.objects("criteria")),
    )
    fields.done()
    if sum(criterion.maximum for criterion in group.criteria) != group.maximum:
        fields.fail("maximum", "the maxima of its criteria must add up to exactly this")
    return group


def _criterion(fields: Fields, places: int) -> Criterion:
    criterion = Criterion(
        id=_id(fields),
        name=_bilingual(fields, "name"),
        maximum=_points(fields, "maximum", places),
        step=_points(fields, "step", places),
        scored_by=fields.choice("scored_by", SCORED_BY),
    )
    fields.done()
    if criterion.maximum % criterion.step:
        fields.fail("step", "the maximum must be a whole number of steps")
    return criterion


def _check(fields: Fields) -> Check:
    check = Check(_id(fields), _bilingual(fields, "text"), fields.text("clause"))
    fields.done()
    return check


def _combination(fields: Fields) -> Combination:
    combination = Combination(
        rule=fields.choice("rule", COMBINATIONS),
        drop_high=fields.whole("drop_high", 0, 10),
        drop_low=fields.whole("drop_low", 0, 10),
        level=fields.choice("level", LEVELS),
    )
    fields.done()
    dropped = combination.drop_high + combination.drop_low
    if (combination.rule == "trimmed_mean") != (dropped > 0):
        fields.fail("rule", "a trimmed mean drops at least one figure; mean and median drop none")
    return combination


def _tie_break(fields: Fields) -> tuple[str, ...]:
    keys = fields.list("tie_break")
    for key in keys:
        if key not in TIE_KEYS or keys.count(key) > 1:
            fields.fail("tie_break", f"each key once, out of {', '.join(TIE_KEYS)}")
    return tuple(str(key) for key in keys)


def _check_sums(fields: Fields, rulebook: Rulebook) -> None:
    if not rulebook.groups:
        fields.fail("groups", "a combined score needs at least one group")
    weights = rulebook.price.weight + sum(group.weight for group in rulebook.groups)
    if weights != FULL_WEIGHT:
        fields.fail("groups", f"the weights of price and groups add up to {weights}, not to {FULL_WEIGHT}")
    if len(rulebook.criteria) > MOST_CRITERIA:
        fields.fail("groups", f"at most {MOST_CRITERIA} criteria are allowed")
    _check_unique(fields, "groups", [PRICE_PART, *(group.id for group in rulebook.groups)])
    _check_unique(fields, "groups", [criterion.id for criterion in rulebook.criteria])
    _check_unique(fields, "checks", [check.id for check in rulebook.checks])


def _check_unique(fields: Fields, key: str, ids: list[str]) -> None:
    for id in ids:
        if ids.count(id) > 1:
            fields.fail(key, f"the id {id} is used twice")


def _id(fields: Fields) -> str:
    id = fields.text("id", 40)
    if not ID.fullmatch(id):
        fields.fail("id", "an id is made of lower-case letters, digits, - and _")
    return id


def _currency(fields: Fields) -> str:
    currency = fields.text("currency", 3)
    if not CURRENCY.fullmatch(currency):
        fields.fail("currency", "a currency is its three capital letters, such as CNY")
    return currency


def _points(fields: Fields, key: str, places: int) -> int:
    try:
        points = read_points(fields.take(key), places)
    except ValueError as why:
        fields.fail(key, str(why))
    if not 0 < points <= 10_000 * 10**places:
        fields.fail(key, "it must be above 0 and at most 10000")
    return points


def _bilingual(fields: Fields, key: str) -> Bilingual:
    texts = fields.inner(key)
    both = Bilingual(texts.text("zh"), texts.text("en"))
    texts.done()
    return both


def _write_bilingual(text: Bilingual) -> dict[str, JsonValue]:
    return {"zh": text.zh, "en": text.en}


def _write_group(group: Group, places: int) -> dict[str, JsonValue]:
    return {
        "id": group.id,
        "name": _write_bilingual(group.name),
        "weight": group.weight,
        "maximum": write_units(group.maximum, places),
        "criteria": [
            {
                "id": criterion.id,
                "name": _write_bilingual(criterion.name),
                "maximum": write_units(criterion.maximum, places),
                "step": write_units(criterion.step, places),
                "scored_by": criterion.scored_by,
            }
            for criterion in group.criteria
        ],
    }
