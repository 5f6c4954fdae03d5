"""一标一评: what one side takes off for an expert's work on one panel, and the dynamic score that follows.

1. Each side starts at 100 points and has its own items, as data; an item takes its points for each time it happened.
2. The score of a panel is the mean of the sides that appraised it; the dynamic score is the mean of the last panels.
3. An appraisal that was objected to successfully counts no more. No score bans anybody: that is the manager's act.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from kernel.errors import BadInput
from kernel.shipped import shipped_json

OFFICE, SUPERVISOR, SYSTEM = "office", "supervisor", "system"
LAST = 10  # panels that count for the dynamic score


@dataclass(frozen=True)
class Item:
    """Something that takes points off, so many times at most."""

    id: str
    points: int
    most: int
    name: Mapping[str, str]


@cache
def items(side: str) -> tuple[Item, ...]:
    """The items of one side."""
    data = shipped_json("expert_pool/appraisal.json")
    return tuple(Item(one["id"], one["points"], one["most"], one["name"]) for one in data["sides"][side])


def points_of(side: str, counts: Mapping[str, int]) -> int:
    """The points that are left of 100.

    Raises:
        BadInput: an item that this side does not have, or a count outside its limits.
    """
    known = {one.id: one for one in items(side)}
    left = 100
    for id, count in counts.items():
        if id not in known:
            raise BadInput(where="items", why=f"it must be one of {', '.join(known)}")
        if not 0 <= count <= known[id].most:
            raise BadInput(where=id, why=f"it must be from 0 to {known[id].most}")
        left -= known[id].points * count
    return max(left, 0)


def capped(side: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Counts of things that happened, no higher than each item allows; for the system, which counts them itself."""
    return {one.id: min(counts[one.id], one.most) for one in items(side) if counts.get(one.id)}


def dynamic_score(panels: Iterable[Iterable[int]]) -> Fraction | None:
    """The mean of the last panels' scores, each the mean of its sides; newest panel first; None before the first."""
    scores = [Fraction(sum(sides), len(sides)) for given in panels if (sides := list(given))][:LAST]
    return sum(scores, Fraction(0)) / len(scores) if scores else None
