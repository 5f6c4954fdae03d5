"""Quantitative scores of people, windows and departments: 100 points, less what went wrong, plus what went well.

- three hints one after another: -3; a yellow card: -5; a red card: -10; a cancelled card counts nothing
- early share of at least 10 %: +1, and +1 for every further 10 %
- promise at least 30 % below the statutory limit: +3, and +1 for every further 10 %
- data incomplete: -1 for every begun 1 %, at most 5
- held to account: by kind, 10 to 50
- satisfaction: the share of satisfied ratings below the target costs 1 for every begun 1 %, at most 10

Whole numbers only: the same counts and weights give the same score anywhere. Source: approval.md section 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from approval.settings import Setting
from kernel.errors import BadInput
from supervision.alerts import Severity

FULL = 100
GRADES = ((90, "excellent"), (80, "good"), (60, "passed"), (-(10**6), "failed"))
HINTS_IN_A_ROW = 3


@dataclass(frozen=True)
class Weights:
    """What each thing is worth."""

    three_hints: int = 3
    yellow: int = 5
    red: int = 10
    early_first: int = 1
    early_further: int = 1
    promise_first: int = 3
    promise_further: int = 1
    incomplete: int = 1
    incomplete_most: int = 5
    satisfaction_target: int = 95  # per cent
    satisfaction_most: int = 10
    accountability: Mapping[str, int] = field(
        default_factory=lambda: {
            "talk": 10,
            "criticism": 20,
            "no_award": 30,
            "transfer": 40,
            "discipline": 50,
        }
    )


@dataclass(frozen=True)
class Counts:
    """What happened in a period, from events alone."""

    hint_runs: int = 0  # full threes of hints in a row
    yellow: int = 0
    red: int = 0
    decided: int = 0
    early: int = 0
    promised_days: int = 0  # summed over decided cases
    statutory_days: int = 0
    fields: int = 0  # that should be filled
    empty_fields: int = 0
    ratings: int = 0
    satisfied: int = 0
    accountability: Mapping[str, int] = field(default_factory=dict)


def hint_runs(severities: Iterable[str]) -> int:
    """How many full threes of hints stand one after another in the order of the cards."""
    runs = in_a_row = 0
    for severity in severities:
        in_a_row = in_a_row + 1 if severity == Severity.HINT else 0
        if in_a_row == HINTS_IN_A_ROW:
            runs, in_a_row = runs + 1, 0
    return runs


def score(counts: Counts, weights: Weights) -> int:
    """The points of a period; it may exceed 100 and fall below 0."""
    lost = counts.hint_runs * weights.three_hints + counts.yellow * weights.yellow
    lost += counts.red * weights.red
    lost += sum(weights.accountability.get(kind, 0) * n for kind, n in counts.accountability.items())
    lost += min(weights.incomplete_most, weights.incomplete * _begun(counts.empty_fields, counts.fields))
    if counts.ratings:
        short = counts.ratings * weights.satisfaction_target - counts.satisfied * 100
        lost += min(weights.satisfaction_most, max(0, -(-short // counts.ratings)))
    return FULL - lost + _bonus(counts, weights)


def _begun(part: int, whole: int) -> int:
    """The per cent of a part, each begun one counted."""
    return -(-part * 100 // whole) if whole else 0


def _bonus(counts: Counts, weights: Weights) -> int:
    won = 0
    if counts.decided and counts.early * 10 >= counts.decided:
        won += weights.early_first + (counts.early * 10 // counts.decided - 1) * weights.early_further
    shorter = counts.statutory_days - counts.promised_days
    if counts.statutory_days and shorter * 10 >= counts.statutory_days * 3:
        won += weights.promise_first + (shorter * 10 // counts.statutory_days - 3) * weights.promise_further
    return won


def grade(points: int) -> str:
    """优秀, 良好, 合格, 不合格."""
    return next(word for least, word in GRADES if points >= least)


def read_weights(value: Any) -> Weights:
    """Weights from their stored form; raises BadInput."""
    known = {f.name for f in fields(Weights)}
    if not isinstance(value, Mapping) or set(value) - known:
        raise BadInput(where="weights", why=f"the known weights are {', '.join(sorted(known))}")
    numbers = {name: number for name, number in value.items() if name != "accountability"}
    kinds = value.get("accountability", Weights().accountability)
    every = [*numbers.values(), *(kinds.values() if isinstance(kinds, Mapping) else [None])]
    if not all(type(number) is int and 0 <= number <= FULL for number in every):
        raise BadInput(where="weights", why="give whole numbers from 0 to 100")
    return Weights(**numbers, accountability=dict(kinds))


WEIGHTS = Setting("score_weights", asdict(Weights()), lambda value: void(read_weights(value)))
"""The weights of the score; every change is a new version."""


def void(_: object) -> None:
    """Forget a value that was read only to check it."""
