"""The settings of a rulebook that blunt a ring: more trimming, a drawn coefficient, less weight, the lowest price."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluation.lint_price import uses_benchmark
from evaluation.rulebook import FULL_WEIGHT, Drawn, Rulebook
from evaluation.rulebook.numbers import Factor
from evaluation.rulebook.price import Benchmark, Term, Trim

COEFFICIENT = "Kstress"
VALUES = tuple(Fraction(percent, 100) for percent in (94, 96, 98, 100, 102, 104, 106))
SPREADS = ("mean", "median")


@dataclass(frozen=True)
class Blunted:
    """One setting and the rulebook with it."""

    setting: str
    rulebook: Rulebook


def blunted(rulebook: Rulebook) -> Iterator[Blunted]:
    """Every setting that this rulebook leaves room for."""
    spread = [term for term in rulebook.price.benchmark.terms if term.base in SPREADS]
    if uses_benchmark(rulebook.price.formula) and spread:
        yield Blunted("trim", _trimmed(rulebook))
        yield Blunted("drawn", _drawn(rulebook))
        yield Blunted("lowest", _lowest(rulebook))
    if rulebook.groups:
        yield Blunted("weight", _lighter(rulebook))


def _terms(rulebook: Rulebook, terms: tuple[Term, ...]) -> Rulebook:
    benchmark = replace(rulebook.price.benchmark, terms=terms)
    return replace(rulebook, price=replace(rulebook.price, benchmark=benchmark))


def _trimmed(rulebook: Rulebook) -> Rulebook:
    """One more dropped at each end than the rulebook drops at most, from as many bids on as that needs."""
    terms = []
    for term in rulebook.price.benchmark.terms:
        if term.base not in SPREADS:
            terms.append(term)
            continue
        counts = [trim.counts(trim.from_bids) for trim in term.trim]
        high = max((count for count, _ in counts), default=0) + 1
        low = max((count for _, count in counts), default=0) + 1
        starts = [trim for trim in term.trim if trim.from_bids < high + low + 1]
        nothing = Fraction(0)
        one_more = Trim(high + low + 1, high, low, nothing, nothing, "down")
        terms.append(replace(term, trim=(*starts, one_more), sample=""))
    return _terms(replace(rulebook, price=replace(rulebook.price, samples=())), tuple(terms))


def _drawn(rulebook: Rulebook) -> Rulebook:
    """The whole benchmark times a coefficient that is drawn after the bids are in."""
    factor = Factor(0, Fraction(0), COEFFICIENT)
    terms = tuple(replace(term, factors=(*term.factors, factor)) for term in rulebook.price.benchmark.terms)
    return replace(_terms(rulebook, terms), drawn=(*rulebook.drawn, Drawn(COEFFICIENT, VALUES)))


def _lowest(rulebook: Rulebook) -> Rulebook:
    """The lowest price instead of a mean."""
    price = replace(rulebook.price, samples=(), outliers="scored")
    price = replace(price, benchmark=Benchmark(price.benchmark.of, price.benchmark.among, (Term("lowest"),)))
    used = {factor.drawn for knot in price.formula.knots for factor in knot.factors}
    return replace(rulebook, price=price, drawn=tuple(one for one in rulebook.drawn if one.name in used))


def _lighter(rulebook: Rulebook) -> Rulebook:
    """Half the weight of the price; the groups take the rest in their proportions."""
    weight = rulebook.price.weight // 2
    before, left = FULL_WEIGHT - rulebook.price.weight, FULL_WEIGHT - weight
    weights = [group.weight * left // before for group in rulebook.groups]
    weights[0] += left - sum(weights)
    groups = tuple(replace(group, weight=w) for group, w in zip(rulebook.groups, weights, strict=True))
    return replace(rulebook, price=replace(rulebook.price, weight=weight), groups=groups)
