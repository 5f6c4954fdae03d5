"""Points that answers decide: the platform scores these criteria, the same for every expert.

flag: the maximum for yes. choice: the points of the choice. steps: the points of the highest step reached. per_unit:
points for each unit beyond a start, up to the maximum. best_ratio: maximum times answer / best answer (or best /
answer where less is better). between: a straight line from zero points to the maximum. No answer: no points.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from evaluation.answers import Answer
from evaluation.counted import count_units
from evaluation.fixed_point import units
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import Rulebook, ValueRule


def objective_points(rulebook: Rulebook, answers: Sequence[Mapping[str, Answer]]) -> Rounded:
    """Points [bid, criterion scored by the platform] in units of 10**-places.combined; one mapping for each bid."""
    scale = 10 ** (rulebook.places.combined - rulebook.places.sheet)
    columns = []
    for criterion in rulebook.system_criteria:
        rule = criterion.value
        assert rule is not None
        given = [bid.get(rule.answer) for bid in answers]
        best = _best(rule, given)
        columns.append([_points(rule, answer, best, criterion.maximum) * scale for answer in given])
    rows = list(zip(*columns, strict=True))
    shape = (len(answers), len(columns))
    nums = units(np.array([[x.numerator for x in row] for row in rows], dtype=object).reshape(shape))
    dens = units(np.array([[x.denominator for x in row] for row in rows], dtype=object).reshape(shape))
    return rounded(nums, dens)


def _best(rule: ValueRule, given: Sequence[Answer | None]) -> Fraction:
    """The best answer of all for a ratio; zero where nobody gave one."""
    numbers = [answer for answer in given if isinstance(answer, Fraction) and answer > 0]
    if rule.kind != "best_ratio" or not numbers:
        return Fraction(0)
    return max(numbers) if rule.better == "higher" else min(numbers)


def _points(rule: ValueRule, answer: Answer | None, best: Fraction, maximum: int) -> Fraction:
    if answer is None:
        return Fraction(0)
    if rule.kind == "flag":
        return Fraction(maximum if answer is True else 0)
    if rule.kind == "choice":
        return Fraction(dict(rule.choices)[str(answer)])
    assert isinstance(answer, Fraction)
    return min(max(_measured(rule, answer, best, maximum), Fraction(0)), Fraction(maximum))


def _measured(rule: ValueRule, answer: Fraction, best: Fraction, maximum: int) -> Fraction:
    if rule.kind == "steps":
        reached = [value for start, value in rule.steps if answer >= start]
        return Fraction(reached[-1] if reached else 0)
    if rule.kind == "per_unit":
        return count_units(answer - rule.beyond, rule.unit, rule.counted) * rule.points
    if rule.kind == "between":
        return maximum * (answer - rule.zero_at) / (rule.full_at - rule.zero_at)
    if answer <= 0:
        return Fraction(0)
    return maximum * (answer / best if rule.better == "higher" else best / answer)
