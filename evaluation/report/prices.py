"""The price comparison of a lot: evaluation prices step by step, the benchmark term by term, the strip of prices."""

from collections.abc import Iterator
from fractions import Fraction

from crypto.canonical import JsonValue
from evaluation.answers import Answer
from evaluation.charts import price_strip
from evaluation.compliance import bid_answers
from evaluation.evaluated_price import adjusted
from evaluation.price_score import describe_price_rule
from evaluation.report.values import LotResult
from evaluation.result import RankedBid, Ranking
from evaluation.rulebook import Rulebook
from kernel.money import half_up, write_units

MORE_PLACES = 2  # decimals of figures that are shown and decide nothing, beyond those of prices


def price_comparison(lot: LotResult) -> dict[str, JsonValue]:
    """Every accepted bid from the lowest offer to the highest, and what the prices were measured against."""
    rulebook = lot.case.rulebook
    lines = sorted(lot.ranking.lines, key=lambda line: (line.bid.offer, line.bid.bid_id))
    answers = bid_answers(rulebook, [line.bid for line in lines])
    positions = {mark.bid_id: mark for mark in price_strip(lot.ranking)}
    strip = price_strip(lot.ranking)
    return {
        "currency": rulebook.scale.currency,
        "rule": describe_price_rule(rulebook.price),
        "benchmark": benchmark(lot.ranking),
        "benchmark_position": next((mark.position for mark in strip if mark.bid_id == ""), None),
        "bids": [
            {
                **_price(rulebook, line, given),
                "position": positions[line.bid.bid_id].position,
                "is_benchmark": positions[line.bid.bid_id].is_benchmark,
            }
            for line, given in zip(lines, answers, strict=True)
        ],
    }


def benchmark(ranking: Ranking) -> JsonValue:
    """The benchmark as a price, and how it came about, term by term; None where there is none."""
    found, rulebook = ranking.benchmark, ranking.rulebook
    if found is None:
        return None
    places = rulebook.places.evaluated
    return {
        "value": shown_price(found.value, places),
        "exact": f"{found.exact.numerator}/{found.exact.denominator * 10**places}",
        "is_rounded": found.exact != found.value,
        "terms": [
            {
                "base": term.base,
                "figure": shown_price(term.figure, places),
                "factor": _shown(term.factor),
                "product": shown_price(term.figure * term.factor, places),
                "dropped": list(term.dropped),
            }
            for term in found.terms
        ],
    }


def shown_price(units: Fraction, places: int) -> str:
    """An exact figure in units of 10**-places as text with two more decimals, rounded half up."""
    scaled = units * 10**MORE_PLACES
    return write_units(half_up(scaled.numerator, scaled.denominator), places + MORE_PLACES)


def _shown(factor: Fraction) -> str:
    scaled = factor * 10**6
    return write_units(half_up(scaled.numerator, scaled.denominator), 6).rstrip("0").rstrip(".")


def _price(rulebook: Rulebook, line: RankedBid, answers: dict[str, Answer]) -> dict[str, JsonValue]:
    places, bid = rulebook.scale.places, line.bid
    steps = {step.figure: write_units(step.value, step.places) for step in line.derivation}
    return {
        "bid_id": bid.bid_id,
        "bidder_name": bid.bidder_name,
        "price": write_units(bid.price, places),
        "corrected_price": None if bid.corrected_price is None else write_units(bid.corrected_price, places),
        "adjustments": list(_adjustments(rulebook, bid.offer, answers)),
        "evaluated_price": write_units(line.evaluated_price, rulebook.places.evaluated),
        "deviation": steps.get("deviation"),
        "price_points": write_units(line.price_points, rulebook.places.price),
    }


def _adjustments(rulebook: Rulebook, offer: int, answers: dict[str, Answer]) -> Iterator[JsonValue]:
    """What each adjustment of the rulebook adds or takes off, with the answer that it looks at."""
    rules, places = rulebook.price.adjustments, rulebook.scale.places
    before = Fraction(offer)
    for count, rule in enumerate(rules, 1):
        after = adjusted(rules[:count], offer, answers, places)
        answer = answers.get(rule.answer)
        yield {
            "id": rule.id,
            "kind": rule.kind,
            "answer": _said(answer),
            "change": shown_price(after - before, places),
        }
        before = after


def _said(answer: Answer | None) -> JsonValue:
    return _shown(answer) if isinstance(answer, Fraction) else answer
