"""Regular differences between prices (实施条例 art. 40): equal prices, arithmetic and geometric progressions.

Arithmetic is exact, on integers of one scale. Each pattern carries how many such patterns pure chance would give
in a lot like this, so that three round prices in a row are not taken for more than they are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import comb

RATIO_PPM = 50  # how far a ratio may be off and still count as the same
SHORTEST = 3  # prices that make a progression
MILLION = 10**6


class Pattern(StrEnum):
    """What is regular."""

    EQUAL = "equal"
    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"


@dataclass(frozen=True)
class Progression:
    """Prices that follow each other by a rule, lowest first."""

    pattern: Pattern
    prices: tuple[int, ...]
    bids: tuple[str, ...]
    """in the order of the prices"""
    chance: Fraction
    """expected number of such patterns by chance in this lot, at most 1"""

    @property
    def step(self) -> int:
        """The difference between neighbours; of a geometric progression the first one."""
        return self.prices[1] - self.prices[0]

    @property
    def ratio_ppm(self) -> int:
        """The second price in millionths of the first."""
        return self.prices[1] * MILLION // self.prices[0]


def find_patterns(prices: Mapping[str, int]) -> tuple[Progression, ...]:
    """Every longest pattern among the prices by bid, the least likely first."""
    bids_at: dict[int, list[str]] = {}
    for bid, price in sorted(prices.items()):
        if price > 0:
            bids_at.setdefault(price, []).append(bid)
    ordered = sorted(bids_at)
    found = [_equal(price, bids, ordered, len(prices)) for price, bids in bids_at.items() if len(bids) > 1]
    for pattern, runs in (
        (Pattern.ARITHMETIC, _arithmetic(ordered)),
        (Pattern.GEOMETRIC, _geometric(ordered)),
    ):
        for run in _longest(runs):
            bids = tuple(bids_at[price][0] for price in run)
            found.append(Progression(pattern, run, bids, _chance(pattern, run, ordered, len(prices))))
    return tuple(sorted(found, key=lambda one: (one.chance, one.pattern, one.prices)))


def _equal(price: int, bids: Sequence[str], ordered: Sequence[int], count: int) -> Progression:
    spread = ordered[-1] - ordered[0] or price
    one = min(Fraction(1), Fraction(_grain((price,)), spread))
    chance = min(Fraction(1), comb(count, len(bids)) * one ** (len(bids) - 1))
    return Progression(Pattern.EQUAL, (price,) * len(bids), tuple(bids), chance)


def _arithmetic(ordered: Sequence[int]) -> list[tuple[int, ...]]:
    there, runs = set(ordered), []
    for i, first in enumerate(ordered):
        for second in ordered[i + 1 :]:
            step = second - first
            if first - step in there:
                continue  # part of a longer run that began earlier
            run = [first, second]
            while run[-1] + step in there:
                run.append(run[-1] + step)
            if len(run) >= SHORTEST:
                runs.append(tuple(run))
    return runs


def _geometric(ordered: Sequence[int]) -> list[tuple[int, ...]]:
    runs = []
    for i, first in enumerate(ordered):
        for second in ordered[i + 1 :]:
            run = [first, second]
            while (following := _next_in_ratio(run[-2], run[-1], ordered)) is not None:
                run.append(following)
            if len(run) >= SHORTEST:
                runs.append(tuple(run))
    return runs


def _next_in_ratio(before: int, last: int, ordered: Sequence[int]) -> int | None:
    """The price closest to last * last / before, if it is within the tolerance; compared as whole numbers."""
    wanted = last * last // before
    slack = wanted * RATIO_PPM // MILLION + 1
    start, end = bisect_left(ordered, wanted - slack), bisect_right(ordered, wanted + slack)
    near = [price for price in ordered[start:end] if price > last and is_same_ratio(before, last, price)]
    return min(near, key=lambda price: (abs(price - wanted), price)) if near else None


def is_same_ratio(first: int, second: int, third: int) -> bool:
    """Whether third/second is second/first within 50 ppm: exact, without division."""
    return abs(second * second - first * third) * MILLION <= RATIO_PPM * first * third


def _longest(runs: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    kept: list[tuple[int, ...]] = []
    for run in sorted(runs, key=lambda one: (-len(one), one)):
        if not any(set(run) <= set(other) for other in kept):
            kept.append(run)
    return kept


def _grain(prices: Sequence[int]) -> int:
    """The power of ten to which all these prices are round."""
    grain = 1
    while all(price % (grain * 10) == 0 for price in prices):
        grain *= 10
    return grain


def _chance(pattern: Pattern, run: Sequence[int], ordered: Sequence[int], count: int) -> Fraction:
    """Pairs that may begin a run, times the chance that some other price falls on each further place."""
    room = _grain(run)
    if pattern is Pattern.GEOMETRIC:
        room = max(room, 2 * RATIO_PPM * run[-1] // MILLION)
    place = min(Fraction(1), Fraction((count - 2) * room, ordered[-1] - ordered[0]))
    return min(Fraction(1), comb(count, 2) * place ** (len(run) - 2))
