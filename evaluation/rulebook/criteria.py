"""The criteria of a rulebook: groups, criteria that experts or the platform score, and how experts are combined."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from evaluation.rulebook.numbers import Bilingual

EXPERTS: Final = "experts"
SYSTEM: Final = "system"
SCORED_BY: Final = (EXPERTS, SYSTEM)
VALUES: Final = ("flag", "choice", "steps", "per_unit", "best_ratio", "between")
COMBINATIONS: Final = ("mean", "trimmed_mean", "median")
LEVELS: Final = ("criterion", "group")
AGAINST: Final = ("panel", "others")


@dataclass(frozen=True)
class ValueRule:
    """How an answer of the bid becomes points (units of 10**-places.sheet); the kind says which fields count."""

    kind: str
    answer: str
    required: bool = False
    choices: tuple[tuple[str, int], ...] = ()
    steps: tuple[tuple[Fraction, int], ...] = ()
    beyond: Fraction = Fraction(0)
    unit: Fraction = Fraction(1)
    counted: str = "completed"
    points: int = 0
    better: str = "higher"
    full_at: Fraction = Fraction(0)
    zero_at: Fraction = Fraction(0)


@dataclass(frozen=True)
class Criterion:
    """What earns points; maximum, step and minimum in units of 10**-places.sheet."""

    id: str
    name: Bilingual
    maximum: int
    step: int
    scored_by: str = EXPERTS
    minimum: int | None = None
    value: ValueRule | None = None


@dataclass(frozen=True)
class Group:
    """Criteria that are weighted together; maximum in units of 10**-places.sheet, weight in basis points."""

    id: str
    name: Bilingual
    weight: int
    maximum: int
    criteria: tuple[Criterion, ...]
    minimum: int | None = None
    blind: bool = False
    """scored under labels, before members may know whose bid it is (暗标)"""


@dataclass(frozen=True)
class Deviation:
    """Experts' figures further than this from the panel's mean, or from the others' mean, do not count."""

    percent: Fraction
    against: str


@dataclass(frozen=True)
class Combination:
    """How the experts' figures become one: per criterion, or per group after each expert's own sum."""

    rule: str
    drop_high: int = 0
    drop_low: int = 0
    level: str = "criterion"
    trim_from: int = 0
    """fewer experts than this: nothing is dropped"""
    exclude: Deviation | None = None

    @property
    def fewest_experts(self) -> int:
        """At least one figure must be left after the extremes are dropped."""
        return 1 if self.trim_from else self.drop_high + self.drop_low + 1

    def dropped(self, experts: int) -> tuple[int, int]:
        """How many of the highest and of the lowest figures are dropped among so many experts."""
        return (0, 0) if experts < self.trim_from else (self.drop_high, self.drop_low)
