"""一事一评: five levels, dimensions, the satisfaction formula, stars, and when an aggregate may be shown.

Levels (GB/T 39734): 5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意. On the spot people mark efficiency,
attitude and quality; online they may also mark the guide, the convenience and the platform.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from approval.settings import Setting
from kernel.errors import BadInput

LEVELS = range(1, 6)
BASICALLY_SATISFIED = 3
ON_THE_SPOT = ("efficiency", "attitude", "quality")
ONLINE = ("guide", "convenience", "platform")
FEWEST_SHOWN = 5  # ratings in an aggregate, so that nobody's is guessed
FEWEST_FOR_A_STAR = 30
BAD_RATING_TASK = "bad_rating"
FORMULA = "(非常满意 + 满意 + 基本满意) ÷ 全部评价"


def check_rating(level: int, marks: Mapping[str, int], channel: str) -> None:
    """Raise BadInput unless the level and every mark is 1 to 5 and each dimension belongs to the channel."""
    if level not in LEVELS:
        raise BadInput(where="level", why="choose one of the five levels")
    allowed = ON_THE_SPOT + (ONLINE if channel == "online" else ())
    for name, mark in marks.items():
        if name not in allowed:
            raise BadInput(where="marks", why=f"it must be one of {', '.join(allowed)}")
        if mark not in LEVELS:
            raise BadInput(where=name, why="choose one of the five levels")


def is_bad(level: int) -> bool:
    """Whether a rating has to be followed up."""
    return level < BASICALLY_SATISFIED


@dataclass(frozen=True)
class Standing:
    """The ratings of one person, window or department."""

    subject_id: str
    ratings: int
    satisfied: int
    level_sum: int

    @property
    def is_shown(self) -> bool:
        """Whether there are enough of them to show an aggregate."""
        return self.ratings >= FEWEST_SHOWN


def stars(standings: Iterable[Standing], top: int) -> list[Standing]:
    """The best by ratings, of those with at least 30: by share satisfied, mean level, number, then id."""
    enough = [s for s in standings if s.ratings >= FEWEST_FOR_A_STAR]

    def worth(s: Standing) -> tuple[int, int, int, str]:
        scale = 10**9
        return (
            -(s.satisfied * scale // s.ratings),
            -(s.level_sum * scale // s.ratings),
            -s.ratings,
            s.subject_id,
        )

    return sorted(enough, key=worth)[:top]


def _check_limit(value: Any) -> None:
    if value not in (5, 15):
        raise BadInput(where="days", why="it must be one of 5, 15")


BAD_RATING_DAYS = Setting("bad_rating_days", 15, _check_limit)
"""Working days in which a bad rating is checked, put right and answered: 5 or 15."""
