"""Why the chances of a pool are what they are: the steps of the leximin vector in words and numbers.

The chances are exact. Figures that say how evenly they are spread (entropy, effective size) are for reading only.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import log2

from expert_pool.chances import Chances, Path
from expert_pool.drawing_input import Pool
from expert_pool.families import probabilities, settled
from expert_pool.lottery import Lottery, exact_chances

PREDICTABLE = Fraction(1, 2)
"""From this chance on somebody can guess a member before the draw: widen the pool or the group."""


@dataclass(frozen=True)
class Tight:
    """One step: these groups and caps are used up by these experts, so that each has this chance."""

    chance: Fraction
    groups: tuple[str, ...]
    caps: tuple[tuple[str, int], ...]
    experts: int


@dataclass(frozen=True)
class Explanation:
    """What a supervisor should see before a draw."""

    seats: int
    experts: int
    chain: tuple[Tight, ...]
    certain: tuple[str, ...]
    predictable: tuple[str, ...]
    never: tuple[str, ...]
    effective_size: Fraction
    entropy_bits: float
    most_bits: float


def explain(pool: Pool) -> Explanation:
    """Explain a pool's chances; raises what `pool_chances` raises."""
    of_expert = probabilities(pool)
    pool = settled(pool)
    found = exact_chances(pool.quotas, pool.members, pool.caps, pool.groups)
    eligible = [one for one in pool.experts if one.member.mask]
    chances = {one.id: of_expert[one.id] for one in eligible}
    seats = sum(pool.quotas)
    return Explanation(
        seats,
        len(eligible),
        tuple(_counted_out(found) if isinstance(found, Lottery) else _steps(pool, found)),
        tuple(id for id, chance in chances.items() if chance == 1),
        tuple(id for id, chance in chances.items() if PREDICTABLE <= chance < 1),
        tuple(one.id for one in pool.experts if not chances.get(one.id)),
        Fraction(seats**2) / sum(chance**2 for chance in chances.values()),
        -sum(float(chance / seats) * log2(chance / seats) for chance in chances.values() if chance),
        log2(len(eligible)),
    )


def _counted_out(found: Lottery) -> list[Tight]:
    """The steps of a lottery of committees: no group and no cap alone holds its experts down."""
    held = Counter[Fraction]()
    for chance, count in zip(found.chances, found.counts, strict=True):
        held[chance] += count
    return [Tight(chance, (), (), held[chance]) for chance in sorted(held)]


def _steps(pool: Pool, found: Chances) -> list[Tight]:
    shown: dict[Path, tuple[str, int]] = {}
    for one in pool.experts:
        for level, cap in enumerate(pool.caps):
            shown[one.member.path[level:]] = (one.path[level], cap)
    paths = ((), *found.bound)
    return [
        Tight(
            step.chance,
            tuple(name for g, name in enumerate(pool.groups) if step.groups >> g & 1),
            tuple(sorted(shown[paths[node]] for node in step.limits)),
            sum(found.counts[mask, paths[node]] for node, mask in step.kinds),
        )
        for step in found.levels
    ]


def write_explanation(told: Explanation) -> dict[str, object]:
    """The same as JSON; fractions as text, the two figures in bits rounded to four places."""
    return {
        "seats": told.seats,
        "experts": told.experts,
        "chain": [
            {
                "chance": str(step.chance),
                "groups": list(step.groups),
                "caps": [{"at": name, "cap": cap} for name, cap in step.caps],
                "experts": step.experts,
            }
            for step in told.chain
        ],
        "certain": list(told.certain),
        "predictable": list(told.predictable),
        "never": list(told.never),
        "effective_pool_size": str(told.effective_size),
        "entropy_bits": f"{told.entropy_bits:.4f}",
        "most_bits": f"{told.most_bits:.4f}",
    }
