"""The price part of an evaluation: offers, evaluation prices, the benchmark and the points against it.

1. evaluation prices from the offers and answers                     (evaluated_price)
2. the benchmark of the accepted bids, or of all opened ones         (benchmark)
3. points by the formula                                             (price_score)
4. where the rulebook says so, the floor for prices that the benchmark left out
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from evaluation.benchmark import BenchmarkValue, benchmark_value
from evaluation.case import EvaluationCase
from evaluation.compliance import OpenedBid, bid_answers
from evaluation.evaluated_price import evaluated_prices
from evaluation.fixed_point import Units, product, units
from evaluation.price_score import Anchors, PriceScores, score_prices
from evaluation.result import BenchmarkLine, TermLine
from evaluation.rounded import Rounded
from evaluation.rulebook import Rulebook
from evaluation.rulebook.price import FIXED
from evaluation.score_matrix import Prices
from kernel.errors import BadInput


def price_part(case: EvaluationCase, kept: Sequence[OpenedBid]) -> tuple[Prices, BenchmarkLine | None]:
    """Prices and their points for the bids that are still in, and the benchmark that they were measured against.

    Raises:
        BadInput: an evaluation price or the benchmark is not above zero; a sample has the wrong number of bids.
    """
    rulebook, rule = case.rulebook, case.rulebook.price
    offers, evaluated = _both_prices(rulebook, kept)
    for bid, price in zip(kept, evaluated.values, strict=True):
        if price <= 0:
            raise BadInput(where=f"bid {bid.bid_id}", why="its evaluation price is not above zero")
    unit = 10 ** (rulebook.places.evaluated - rulebook.scale.places)
    if rule.formula.kind == "none":
        return Prices(offers, evaluated, _points(case, evaluated.values, Fraction(1), {}, unit)), None
    opened = sorted((bid for bid in case.bids if bid.is_priced), key=lambda bid: bid.bid_id)
    basis = opened if rule.benchmark.among == "opened" else list(kept)
    of_basis = _chosen(rule.benchmark.of, *_both_prices(rulebook, basis))
    found = benchmark_value(
        rule,
        of_basis,
        coefficients=case.drawn.coefficients,
        samples=_samples(case, basis),
        places=rulebook.places,
        offer_places=rulebook.scale.places,
    )
    prices = _chosen(rule.formula.of, offers, evaluated)
    anchors = {
        "benchmark": found.value,
        "lowest": Fraction(int(prices.min())),
        "highest": Fraction(int(prices.max())),
    }
    anchors |= {
        name: Fraction(getattr(rule, name) * unit) for name in FIXED if getattr(rule, name) is not None
    }
    scores = _points(case, prices, found.value, anchors, unit)
    if rule.outliers == "floor":
        scores = _floored(scores, prices, of_basis, found, rule.formula.floor)
    return Prices(offers, evaluated, scores), _line(rulebook, found, basis)


def _both_prices(rulebook: Rulebook, bids: Sequence[OpenedBid]) -> tuple[Units, Rounded]:
    """Offers in the scale of evaluation prices, and evaluation prices."""
    offers = units([bid.offer for bid in bids])
    shift = 10 ** (rulebook.places.evaluated - rulebook.scale.places)
    evaluated = evaluated_prices(rulebook, offers, bid_answers(rulebook, bids))
    return product(offers, units([shift])), evaluated


def _chosen(of: str, offers: Units, evaluated: Rounded) -> Units:
    return offers if of == "offer" else evaluated.values


def _points(
    case: EvaluationCase, prices: Units, benchmark: Fraction, anchors: dict[str, Fraction], unit: int
) -> PriceScores:
    rule, places = case.rulebook.price, case.rulebook.places
    known = Anchors(anchors, case.drawn.coefficients, unit)
    return score_prices(prices, rule, benchmark, places.deviation, known)


def _samples(case: EvaluationCase, basis: Sequence[OpenedBid]) -> dict[str, list[int]]:
    """The rows of each drawn sample."""
    rows = {bid.bid_id: row for row, bid in enumerate(basis)}
    samples = {}
    for sample in case.rulebook.price.samples:
        drawn = case.drawn.samples[sample.name]
        wanted = min(sample.size, len(basis))
        if len(drawn) != wanted or not set(drawn) <= set(rows):
            why = f"{wanted} of the bids that the benchmark looks at are drawn for it"
            raise BadInput(where=f"drawn.samples.{sample.name}", why=why)
        samples[sample.name] = sorted(rows[bid] for bid in drawn)
    return samples


def _floored(
    scores: PriceScores, prices: Units, of_basis: Units, found: BenchmarkValue, floor: int
) -> PriceScores:
    """The floor for every price outside the span of what the first term kept."""
    kept = [int(of_basis[row]) for row in found.terms[0].kept]
    if not kept or not found.terms[0].dropped:
        return scores
    is_out = (prices < kept[0]) | (prices > kept[-1])
    points = scores.points
    dens = units(np.broadcast_to(np.asarray(points.denominators, dtype=object), prices.shape).copy())
    held = Rounded(
        np.where(is_out, floor, points.numerators),
        np.where(is_out, 1, dens),
        np.where(is_out, floor, points.values),
    )
    return PriceScores(held, scores.deviation)


def _line(rulebook: Rulebook, found: BenchmarkValue, basis: Sequence[OpenedBid]) -> BenchmarkLine:
    return BenchmarkLine(
        value=found.value,
        exact=found.exact,
        terms=tuple(
            TermLine(
                base=term.base,
                figure=term.figure,
                factor=term.factor,
                dropped=tuple(basis[row].bid_id for row in term.dropped),
            )
            for term in found.terms
        ),
    )
