"""How each rounded figure of a ranking came about: rule, numerator, denominator, rounded value.

A reader checks a step with a pencil: numerator / denominator, rounded half up to a whole number, is the
value; the value stands in units of 10**-places. Format: docs/formats/ranking.md.
"""

from dataclasses import dataclass

from evaluation.price_score import describe_price_rule
from evaluation.rounded import Rounded
from evaluation.rulebook import PRICE_PART, Rulebook
from evaluation.score_matrix import Scores
from evaluation.technical_score import describe_combination


@dataclass(frozen=True)
class Step:
    """One rounding: `value` = numerator / denominator, half up, in units of 10**-places."""

    figure: str
    rule: str
    numerator: int
    denominator: int
    value: int
    places: int


def derive(rulebook: Rulebook, scores: Scores, row: int) -> tuple[Step, ...]:
    """Every rounding behind one bid's total, in the order in which they were made."""
    places = rulebook.places
    columns = _combined_columns(rulebook)
    parts = [PRICE_PART, *(group.id for group in rulebook.groups)]
    combination, price_rule = describe_combination(rulebook.combination), describe_price_rule(rulebook.price)
    total_rule = f"sum({rulebook.total_of})"
    steps = [
        _step(f"combined/{name}", combination, scores.combined, (row, column), places.combined)
        for column, name in enumerate(columns)
    ]
    steps.append(_step(PRICE_PART, price_rule, scores.price, (row,), places.price))
    steps += [
        _step(f"weighted/{name}", "weight", scores.weighted, (row, column), places.weighted)
        for column, name in enumerate(parts)
    ]
    steps.append(_step("technical", total_rule, scores.technical, (row,), places.weighted))
    steps.append(_step("total", total_rule, scores.total, (row,), places.total))
    return tuple(steps)


def _combined_columns(rulebook: Rulebook) -> tuple[str, ...]:
    things = rulebook.criteria if rulebook.combination.level == "criterion" else rulebook.groups
    return tuple(thing.id for thing in things)


def _step(figure: str, rule: str, figures: Rounded, index: tuple[int, ...], places: int) -> Step:
    numerator, denominator = figures.fraction(*index)
    return Step(figure, rule, numerator, denominator, int(figures.values[index]), places)
