"""Unit prices of one source: two bills of quantities whose prices differ by one factor (实施条例 art. 40)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import median

NEAR = 5e-4  # relative distance to the median ratio
LEAST_ITEMS = 10  # items two bills must have in common before a share means anything
LEAST_UNITS = (
    1000  # hundredths; cheaper items are left out: rounding alone would move their ratio by more than NEAR
)


@dataclass(frozen=True)
class Proportion:
    """How far the unit prices of two bids are proportional."""

    bids: tuple[str, str]
    items: int
    near: int
    """items whose ratio is within 5e-4 of the median ratio"""
    ratio: float
    """median of second over first"""

    @property
    def share(self) -> float:
        """From 0 (independent) to 1 (one source)."""
        return self.near / self.items


def proportion(
    bids: tuple[str, str], first: Mapping[str, int], second: Mapping[str, int]
) -> Proportion | None:
    """Compare two bills, unit prices in hundredths by item; None where too few items can be compared."""
    ratios = [
        second[item] / price
        for item, price in sorted(first.items())
        if price >= LEAST_UNITS and second.get(item, 0) >= LEAST_UNITS
    ]
    if len(ratios) < LEAST_ITEMS:
        return None
    middle = median(ratios)
    near = sum(abs(ratio - middle) <= NEAR * middle for ratio in ratios)
    return Proportion(bids, len(ratios), near, middle)


def proportions(bills: Mapping[str, Mapping[str, int]]) -> tuple[Proportion, ...]:
    """Every pair of bills that can be compared; items that all bids price alike (provisional sums) do not count."""
    given = _given_items(bills)
    own = {
        bid: {item: price for item, price in bill.items() if item not in given}
        for bid, bill in sorted(bills.items())
    }
    found = (proportion(pair, own[pair[0]], own[pair[1]]) for pair in combinations(own, 2))
    return tuple(one for one in found if one is not None)


def _given_items(bills: Mapping[str, Mapping[str, int]]) -> set[str]:
    """Items to which three bids or more, and all of them, give one price: the tender documents gave it."""
    if len(bills) < 3:
        return set()
    items = set.intersection(*(set(bill) for bill in bills.values()))
    return {item for item in items if len({bill[item] for bill in bills.values()}) == 1}
