"""How each rounded figure of a ranking came about: rule, numerator, denominator, rounded value.

A reader checks a step with a pencil: numerator / denominator, rounded half up to a whole number, is the value; the
value stands in units of 10**-places. Format: docs/formats/ranking.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.award import award_places
from evaluation.price_score import describe_price_rule
from evaluation.rounded import Rounded
from evaluation.rulebook import PRICE_PART, Rulebook
from evaluation.score_matrix import Scores
from evaluation.technical_matrix import expert_columns
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
    return (
        *_technical_steps(rulebook, scores, row),
        *_price_steps(rulebook, scores, row),
        *_sums(rulebook, scores, row),
    )


def _technical_steps(rulebook: Rulebook, scores: Scores, row: int) -> Iterator[Step]:
    part, places = scores.technical_part, rulebook.places.combined
    if part.combined is not None:
        rule = describe_combination(rulebook.combination)
        for column, name in enumerate(expert_columns(rulebook)):
            yield _step(f"combined/{name}", rule, part.combined, (row, column), places)
    if part.answered is not None:
        for column, criterion in enumerate(rulebook.system_criteria):
            rule = criterion.value.kind if criterion.value else ""
            yield _step(f"answer/{criterion.id}", rule, part.answered, (row, column), places)


def _price_steps(rulebook: Rulebook, scores: Scores, row: int) -> Iterator[Step]:
    places, prices = rulebook.places, scores.prices
    if rulebook.price.adjustments:
        rule = "+".join(one.id for one in rulebook.price.adjustments)
        yield _step("evaluated_price", rule, prices.evaluated, (row,), places.evaluated)
    if prices.scores.deviation is not None and places.deviation is not None:
        yield _step("deviation", "percent", prices.scores.deviation, (row,), places.deviation)
    if rulebook.price.formula.kind != "none":
        yield _step(
            PRICE_PART, describe_price_rule(rulebook.price), prices.scores.points, (row,), places.price
        )


def _sums(rulebook: Rulebook, scores: Scores, row: int) -> Iterator[Step]:
    places = rulebook.places
    for column, name in enumerate([PRICE_PART, *(group.id for group in rulebook.groups)]):
        yield _step(f"weighted/{name}", "weight", scores.weighted, (row, column), places.weighted)
    total_rule = f"sum({rulebook.total_of})"
    yield _step("technical", total_rule, scores.technical, (row,), places.weighted)
    yield _step("total", total_rule, scores.total, (row,), places.total)
    if rulebook.award.by not in ("total", "technical", "evaluated_price"):
        yield _step("award", rulebook.award.by, scores.award, (row,), award_places(rulebook))


def _step(figure: str, rule: str, figures: Rounded, index: tuple[int, ...], places: int) -> Step:
    numerator, denominator = figures.fraction(*index)
    return Step(figure, rule, numerator, denominator, int(figures.values[index]), places)
