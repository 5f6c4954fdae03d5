"""The benchmark: a sum of figures of the offers, the ceiling and the estimate, each times its factors.

For a figure of the offers: take the set (or the drawn sample of it), drop the highest and lowest as the rule for so
many bids says, leave out what deviates too far, then take mean, median, lowest, second lowest or highest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.fixed_point import Units
from evaluation.rulebook import Places
from evaluation.rulebook.numbers import factor_product
from evaluation.rulebook.price import FIXED, Exclusion, PriceRule, Term, Trim
from kernel.errors import BadInput
from kernel.money import half_up


@dataclass(frozen=True)
class TermValue:
    """One summand: its figure before the factors, and the rows that were dropped and kept, in order of price."""

    base: str
    figure: Fraction
    factor: Fraction
    kept: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True)
class BenchmarkValue:
    """The benchmark in units of evaluation prices, exact and as rounded, with its summands."""

    exact: Fraction
    value: Fraction
    terms: tuple[TermValue, ...]


def benchmark_value(
    rule: PriceRule,
    prices: Units,
    *,
    coefficients: Mapping[str, Fraction],
    samples: Mapping[str, Sequence[int]],
    places: Places,
    offer_places: int,
) -> BenchmarkValue:
    """The benchmark of these prices, which are in units of 10**-places.evaluated; samples name rows of them.

    Raises:
        BadInput: the benchmark is not above zero.
    """
    unit = 10 ** (places.evaluated - offer_places)
    terms = tuple(_term(term, rule, prices, coefficients, samples, unit) for term in rule.benchmark.terms)
    exact = sum((term.figure * term.factor for term in terms), Fraction(0))
    value = exact if places.benchmark is None else _rounded(exact, places.benchmark - places.evaluated)
    if value <= 0:
        raise BadInput(where="benchmark", why="it comes out as zero; look at its factors")
    return BenchmarkValue(exact, value, terms)


def _rounded(exact: Fraction, shift: int) -> Fraction:
    """Half up, `shift` decimals finer than the units of evaluation prices."""
    scaled = exact * Fraction(10) ** shift
    return half_up(scaled.numerator, scaled.denominator) / Fraction(10) ** shift


def _term(
    term: Term,
    rule: PriceRule,
    prices: Units,
    coefficients: Mapping[str, Fraction],
    samples: Mapping[str, Sequence[int]],
    unit: int,
) -> TermValue:
    factor = factor_product(term.factors, coefficients)
    if term.base in FIXED:
        return TermValue(term.base, Fraction(getattr(rule, term.base) * unit), factor, (), ())
    if term.base == "lowest" and not (term.trim or term.exclude or term.sample):
        return TermValue(term.base, Fraction(int(prices.min())), factor, (), ())
    rows = list(samples[term.sample]) if term.sample else list(range(len(prices)))
    ordered = sorted(rows, key=lambda row: int(prices[row]))
    kept = trimmed(ordered, term.trim)
    values = [int(prices[row]) for row in kept]
    if term.exclude:
        low, high = excluded(values, term.exclude)
        kept, values = kept[low:high], values[low:high]
    left = set(kept)
    dropped = tuple(row for row in ordered if row not in left)
    return TermValue(term.base, figure(term.base, values), factor, tuple(kept), dropped)


def trimmed(ordered: Sequence[int], rules: Sequence[Trim]) -> list[int]:
    """What is left of rows in order of price; the last rule whose number of bids is reached applies."""
    high = low = 0
    for rule in rules:
        if len(ordered) >= rule.from_bids:
            high, low = rule.counts(len(ordered))
    return list(ordered[low : len(ordered) - high])


def excluded(values: Sequence[int], rule: Exclusion) -> tuple[int, int]:
    """The part [low, high) of rising values that stays: the worst deviation goes first, the high one on a tie."""
    low, high = 0, len(values)
    while True:
        centre = figure(rule.of, values[low:high])
        before = (low, high)
        while high - low > rule.least:
            above, below = values[high - 1] - centre, centre - values[low]
            candidates = []
            if rule.side != "below" and _is_beyond(above, centre, rule):
                candidates.append((above, 1))
            if rule.side != "above" and _is_beyond(below, centre, rule):
                candidates.append((below, 0))
            if not candidates:
                break
            if max(candidates)[1]:
                high -= 1
            else:
                low += 1
            if rule.order == "worst_first":
                break
        if (low, high) == before or not rule.repeat:
            return low, high


def figure(base: str, values: Sequence[int]) -> Fraction:
    """Mean, median, lowest, second lowest or highest of rising values."""
    if base == "mean":
        return Fraction(sum(values), len(values))
    if base == "median":
        middle = values[(len(values) - 1) // 2 : len(values) // 2 + 1]
        return Fraction(sum(middle), len(middle))
    if base == "second_lowest":
        return Fraction(values[min(1, len(values) - 1)])
    return Fraction(values[0] if base == "lowest" else values[-1])


def _is_beyond(distance: Fraction, centre: Fraction, rule: Exclusion) -> bool:
    limit = rule.percent * centre / 100
    return distance >= limit if rule.at_limit == "outside" else distance > limit
