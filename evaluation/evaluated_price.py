"""The evaluation price: the offer, plus or minus what the rulebook adds for the answers, and the quality factor.

Steps are taken in the order of the rulebook. Every percentage is of the offer. A quality factor divides by (or
multiplies with) 1 + sum of the chosen values / (1 - sum of the best values). Rounded half up once, to
places.evaluated.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from evaluation.answers import Answer
from evaluation.counted import count_units
from evaluation.fixed_point import Units, product, units
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import Rulebook
from evaluation.rulebook.price import Adjustment


def evaluated_prices(rulebook: Rulebook, offers: Units, answers: Sequence[Mapping[str, Answer]]) -> Rounded:
    """Evaluation prices in units of 10**-places.evaluated, in the order of the offers."""
    shift = 10 ** (rulebook.places.evaluated - rulebook.scale.places)
    if not rulebook.price.adjustments:
        values = offers if shift == 1 else product(offers, units([shift]))
        return Rounded(values, 1, values)
    exact = [
        adjusted(rulebook.price.adjustments, int(offer), given, rulebook.scale.places) * shift
        for offer, given in zip(offers, answers, strict=True)
    ]
    numerators = units(np.array([price.numerator for price in exact], dtype=object))
    denominators = units(np.array([price.denominator for price in exact], dtype=object))
    return rounded(numerators, denominators)


def adjusted(
    adjustments: Iterable[Adjustment], offer: int, answers: Mapping[str, Answer], places: int
) -> Fraction:
    """One evaluation price as an exact fraction of price units."""
    price = Fraction(offer)
    for one in adjustments:
        if one.kind == "quality":
            factor = _quality(one, answers)
            price = price * factor if one.operation == "multiply" else price / factor
        else:
            price += _added(one, offer, answers.get(one.answer), places)
    return price


def _added(one: Adjustment, offer: int, answer: Answer | None, places: int) -> Fraction:
    if one.kind == "flag":
        return _worth(one, offer) if answer is True else Fraction(0)
    if not isinstance(answer, Fraction):
        return Fraction(0)
    if one.kind == "stated":
        return answer * Fraction(one.sign * 10**places)
    beyond = answer - one.beyond if one.side == "above" else one.beyond - answer
    return count_units(beyond, one.unit, one.counted) * _worth(one, offer)


def _worth(one: Adjustment, offer: int) -> Fraction:
    if one.percent is not None:
        return offer * one.percent / 100
    return Fraction(one.amount or 0)


def _quality(one: Adjustment, answers: Mapping[str, Answer]) -> Fraction:
    got = Fraction(0)
    for feature in one.features:
        got += dict(feature.choices).get(str(answers.get(feature.answer)), Fraction(0))
    best = sum((feature.maximum for feature in one.features), Fraction(0))
    return 1 + got / (1 - best)
