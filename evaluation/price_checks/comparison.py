"""Unit prices against those of the other bids: unbalanced lines, and money drawn to the lines that come first.

Both are indicators: there is no national threshold, so the limits are parameters and are shown with the finding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.canonical import JsonValue
from evaluation.bill.values import FINE_PLACES, Bill, Kind
from evaluation.price_checks.findings import PriceFinding, Rule, fine
from kernel.fields import Fields
from kernel.money import half_up, write_units


@dataclass(frozen=True)
class Limits:
    """The parameters of the comparison; a rulebook that says nothing of them leaves these."""

    low_percent: int = 50
    high_percent: int = 150
    least_bids: int = 3
    """bids that must price an item before its median means anything"""
    front_percent: int = 120
    """early lines against late ones, both relative to the medians, above which a bid is front-loaded"""


def read_limits(fields: Fields) -> Limits:
    """The key `price_checks` of a rulebook."""
    usual = Limits()
    limits = Limits(
        low_percent=fields.whole_or("low_percent", 0, 99, usual.low_percent),
        high_percent=fields.whole_or("high_percent", 101, 10_000, usual.high_percent),
        least_bids=fields.whole_or("least_bids", 2, 1000, usual.least_bids),
        front_percent=fields.whole_or("front_percent", 101, 10_000, usual.front_percent),
    )
    fields.done()
    return limits


def write_limits(limits: Limits) -> dict[str, JsonValue]:
    """The published form."""
    return dict(vars(limits))


def doubled_medians(bills: Mapping[str, Bill], limits: Limits) -> dict[str, int]:
    """Twice the median unit price of each line that enough bids price above zero: whole even where two are halved."""
    prices: dict[str, list[int]] = {}
    for bill in bills.values():
        for row in bill.of(Kind.LINE):
            if row.unit_price is not None and row.unit_price > 0:
                prices.setdefault(row.item, []).append(row.unit_price)
    found = {}
    for item, values in prices.items():
        if len(values) >= limits.least_bids:
            values.sort()
            found[item] = values[(len(values) - 1) // 2] + values[len(values) // 2]
    return found


def compare_prices(bills: Mapping[str, Bill], limits: Limits) -> dict[str, tuple[PriceFinding, ...]]:
    """What the comparison finds, by bid; every bid is present."""
    medians = doubled_medians(bills, limits)
    return {
        bid: (*_unbalanced(bill, medians, limits), *_front_loaded(bill, medians, limits))
        for bid, bill in bills.items()
    }


def _unbalanced(bill: Bill, medians: Mapping[str, int], limits: Limits) -> Iterator[PriceFinding]:
    for row in bill.of(Kind.LINE):
        median = medians.get(row.item)
        if median is None or row.unit_price is None or row.unit_price <= 0:
            continue
        if limits.low_percent * median <= 200 * row.unit_price <= limits.high_percent * median:
            continue
        evidence = {
            "unit_price": fine(row.unit_price),
            "median": write_units(median * 5, FINE_PLACES + 1),
            "percent": write_units(half_up(20_000 * row.unit_price, median), 2),
            "limits": f"{limits.low_percent}–{limits.high_percent}",
        }
        yield PriceFinding(Rule.UNBALANCED, row.item, row.number, evidence)


def _front_loaded(bill: Bill, medians: Mapping[str, int], limits: Limits) -> Iterator[PriceFinding]:
    lines = [
        (row.quantity * row.unit_price * 2, row.quantity * medians[row.item])
        for row in bill.of(Kind.LINE)
        if row.item in medians and row.quantity and row.unit_price is not None and row.quantity > 0
    ]
    whole = sum(usual for _, usual in lines)
    early_own = early_usual = late_own = late_usual = done = 0
    for own, usual in lines:
        if 2 * done < whole:
            early_own, early_usual = early_own + own, early_usual + usual
        else:
            late_own, late_usual = late_own + own, late_usual + usual
        done += usual
    if not late_own or not early_usual:
        return
    # early_own / early_usual against late_own / late_usual, without a division
    if 100 * early_own * late_usual <= limits.front_percent * late_own * early_usual:
        return
    evidence = {
        "early_percent": write_units(half_up(10_000 * early_own, early_usual), 2),
        "late_percent": write_units(half_up(10_000 * late_own, late_usual), 2),
        "limit": str(limits.front_percent),
    }
    yield PriceFinding(Rule.FRONT_LOADED, evidence=evidence)
