"""What a check of prices finds: the rule, where, the evidence, and the exact value that is proposed instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crypto.canonical import JsonValue
from evaluation.bill.values import FINE_PLACES
from kernel.money import write_units

ARTICLE_19 = "12号令 art. 19"  # words over figures; unit price over total unless the point is plainly wrong


class Rule(StrEnum):
    """Every check by its name."""

    PRODUCT = "product"
    DECIMAL_POINT = "decimal_point"
    FEE = "fee"
    SUM = "sum"
    WORDS = "words"
    WORDS_UNREADABLE = "words_unreadable"
    ANNOUNCED = "announced"
    UNPRICED = "unpriced"
    ZERO_PRICE = "zero_price"
    NEGATIVE_PRICE = "negative_price"
    MISSING_ITEM = "missing_item"
    ADDED_ITEM = "added_item"
    CHANGED_ITEM = "changed_item"
    CHANGED_QUANTITY = "changed_quantity"
    FEE_BASE = "fee_base"
    FEE_RATE = "fee_rate"
    PROVISIONAL = "provisional"
    UNBALANCED = "unbalanced"
    FRONT_LOADED = "front_loaded"


ARITHMETIC = frozenset({Rule.PRODUCT, Rule.DECIMAL_POINT, Rule.FEE, Rule.SUM, Rule.WORDS})
"""Findings that change what the bid comes to; each correction must be confirmed by the bidder."""


@dataclass(frozen=True)
class PriceFinding:
    """One finding on one bid; `proposed` is in the scale of its column: 10**-6, or the tender's for totals."""

    rule: Rule
    item: str = ""
    row: int = 0
    evidence: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    proposed: int | None = None
    clause: str = ""


def fine(units: int | None) -> str:
    """A quantity, unit price or rate as decimal text; empty where there is none."""
    return "" if units is None else write_units(units, FINE_PLACES)


def money(units: int | None, places: int) -> str:
    """A total as decimal text; empty where there is none."""
    return "" if units is None else write_units(units, places)


def write_finding(one: PriceFinding, places: int) -> dict[str, JsonValue]:
    """A finding as JSON; numbers are decimal texts."""
    shown = money(one.proposed, places) if one.column == "total" else fine(one.proposed)
    return {
        "rule": one.rule.value,
        "item": one.item,
        "row": one.row,
        "evidence": dict(one.evidence),
        "column": one.column,
        "proposed": shown,
        "clause": one.clause,
    }
