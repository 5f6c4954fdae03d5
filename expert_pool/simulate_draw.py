"""Many draws of one pool with the real rounding, counted beside the exact chances."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from crypto.canonical import tagged_hash
from expert_pool.draw import DrawGroup, DrawRequest, DrawTerms, Row, make_request
from expert_pool.drawing import Drawing
from expert_pool.drawing_input import Pool
from expert_pool.families import probabilities, settled

PLAUSIBLE = 4.5  # standard errors; a fair draw goes beyond once in 150,000 experts


@dataclass(frozen=True)
class Count:
    """How often an expert was drawn, what was expected, and the distance in standard errors (0 where p is 0 or 1)."""

    id: str
    chance: Fraction
    count: int
    z: float


@dataclass(frozen=True)
class Simulation:
    """The counts of so many draws, in the order of the file."""

    seeds: int
    counts: tuple[Count, ...]

    @property
    def largest(self) -> float:
        """The largest distance."""
        return max(abs(one.z) for one in self.counts)

    @property
    def is_plausible(self) -> bool:
        """Whether the counts fit the chances: no expert far off, certain ones always, impossible ones never drawn."""
        fixed = all(one.count == self.seeds * one.chance for one in self.counts if one.chance in (0, 1))
        return fixed and self.largest <= PLAUSIBLE


def simulate(pool: Pool, seeds: int, start: int = 0) -> Simulation:
    """Draw with the seeds number `start`, `start` + 1, ... of this pool; raises what `pool_chances` raises."""
    chances = probabilities(pool)
    request, leaves = request_of(settled(pool))
    drawing, counts = Drawing(request), Counter[str]()
    for number in range(start, start + seeds):
        seed = tagged_hash("simulated-draw", number.to_bytes(8, "big"))
        counts.update(seat.leaf for seat in drawing.panel(seed).seats)
    return Simulation(
        seeds,
        tuple(
            Count(id, chance, counts[leaves[id]], distance(counts[leaves[id]], seeds, chance))
            for id, chance in chances.items()
        ),
    )


def distance(count: int, seeds: int, chance: Fraction) -> float:
    """How many standard errors a count is away from its expectation."""
    if chance in (0, 1):
        return 0.0
    p = float(chance)
    return (count - seeds * p) / sqrt(seeds * p * (1 - p))


def request_of(pool: Pool) -> tuple[DrawRequest, dict[str, str]]:
    """The pool as a request that can be drawn, and the leaf of each expert."""
    leaves = {one.id: tagged_hash("simulated-leaf", one.id.encode()).hex() for one in pool.experts}
    rows = [
        Row(
            leaves[one.id],
            one.member.mask,
            None if one.member.mask else "specialty",
            tuple(_tag(name) for name in one.member.path) if one.member.mask else (),
            _tag(one.member.kin) if one.member.mask and one.member.kin else "",
        )
        for one in pool.experts
    ]
    groups = [DrawGroup(name, seats, 0) for name, seats in zip(pool.groups, pool.quotas, strict=True)]
    terms = DrawTerms(pool.caps)
    return make_request("simulated", 1, "simulated", groups, ("simulation",), rows, terms), leaves


def _tag(name: str) -> str:
    return tagged_hash("simulated-tag", name.encode()).hex()[:16]
