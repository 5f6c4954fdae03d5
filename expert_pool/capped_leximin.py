"""The most equal chances when employers may hold only so many seats: exact, by flows and least cuts.

A seat flows from the pool through the limits (an employer inside a company inside a city, each with its own cap) to
the experts of a kind, on to a group that they may fill, and fills it. The polytope of such flows is integral, so the
chances that panels can give are exactly its flows, and the leximin vector over them is unique:

1. Find the greatest rate such that every expert without a chance yet can have at least this rate, and those before
   him what they have. Start too high; the least cut of a flow that fails says how much too high (Newton).
2. Who cannot have more than the rate (no closed round in what the flow leaves open passes his kind) has it as chance.
3. Repeat with the others.

Fractions become whole numbers over one common denominator; nothing is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from expert_pool.flow import FlowNetwork

ROOT = 0
Kind = tuple[int, int]  # (innermost limit, mask): experts who cannot be told apart


@dataclass(frozen=True)
class Limit:
    """At most `cap` seats for all experts below; `parent` is the limit around it (0: none, the whole pool)."""

    parent: int
    cap: int


@dataclass(frozen=True)
class Level:
    """One step of the chances: who has this chance, and what keeps them from more.

    `groups` are the groups (as bits) that the experts of this step fill up, `limits` the caps that they reach.
    """

    chance: Fraction
    kinds: frozenset[Kind]
    groups: int
    limits: frozenset[int]


class Unfillable(Exception):
    """Some group of seats stays open whatever the chances are."""


def capped_leximin(
    quotas: Sequence[int], kinds: Mapping[Kind, int], limits: Sequence[Limit]
) -> tuple[Level, ...]:
    """The steps from the least chance up; `limits[i - 1]` is limit i, `kinds` counts the experts of each kind.

    Raises:
        Unfillable: these limits cannot be kept.
    """
    pool, levels = _Pool(quotas, kinds, limits), list[Level]()
    chances: dict[Kind, Fraction] = {}
    while len(chances) < len(kinds):
        active = [kind for kind in kinds if kind not in chances]
        rate = pool.highest_rate(chances, active)
        network = pool.network(chances, active, rate)
        while network.lacking:
            count = sum(kinds[node, mask] for node, mask in active if network.cut_holds(node, mask))
            rate -= Fraction(network.lacking, network.scale) / count if count else rate + 1
            if rate < 0:
                raise Unfillable
            network = pool.network(chances, active, rate)
        level = network.level(active, rate)
        chances.update(dict.fromkeys(level.kinds, rate))
        levels.append(level)
    return tuple(levels)


class _Pool:
    """What stays the same from step to step."""

    def __init__(self, quotas: Sequence[int], kinds: Mapping[Kind, int], limits: Sequence[Limit]) -> None:
        self.quotas, self.kinds, self.limits = quotas, kinds, limits
        self.masks = sorted({mask for _, mask in kinds})

    def highest_rate(self, chances: Mapping[Kind, Fraction], active: Sequence[Kind]) -> Fraction:
        """A rate that is certainly not too low: nobody has more than 1, a limit's experts share what its cap leaves."""
        left = [Fraction(sum(self.quotas)), *(Fraction(limit.cap) for limit in self.limits)]
        count = [0] * len(left)
        for kind, chance in chances.items():
            self._add(left, kind[0], -chance * self.kinds[kind])
        for kind in active:
            self._add(count, kind[0], self.kinds[kind])
        rates = [Fraction(rest) / some for rest, some in zip(left, count, strict=True) if some]
        return max(Fraction(0), min(Fraction(1), *rates))

    def network(self, chances: Mapping[Kind, Fraction], active: Sequence[Kind], rate: Fraction) -> "_Network":
        return _Network(self, dict(chances) | dict.fromkeys(active, rate))

    def _add(self, sums: list[Fraction] | list[int], node: int, amount: Fraction | int) -> None:
        while True:
            sums[node] += amount  # type: ignore[assignment]
            if node == ROOT:
                return
            node = self.limits[node - 1].parent


class _Network:
    """The flow in which every kind has at least its lowest chance; what is lacking if there is none."""

    def __init__(self, pool: _Pool, lowest: Mapping[Kind, Fraction]) -> None:
        self.pool = pool
        self.scale = lcm(*(chance.denominator for chance in lowest.values()))
        least = {
            kind: pool.kinds[kind] * chance.numerator * (self.scale // chance.denominator)
            for kind, chance in lowest.items()
        }
        source, sink, first = 0, 1, 2
        self.mask_at = {mask: first + 1 + len(pool.limits) + i for i, mask in enumerate(pool.masks)}
        self.group_at = first + 1 + len(pool.limits) + len(pool.masks)
        self.flow = FlowNetwork(self.group_at + len(pool.quotas))
        seats = sum(pool.quotas) * self.scale
        of_node = [0] * (1 + len(pool.limits))
        of_mask = dict.fromkeys(pool.masks, 0)
        for (node, mask), amount in least.items():
            of_node[node] += amount
            of_mask[mask] += amount
        self.flow.add(source, first, seats)
        self.cap_arcs = [
            self.flow.add(first + limit.parent, first + node, limit.cap * self.scale)
            for node, limit in enumerate(pool.limits, 1)
        ]
        for node, amount in enumerate(of_node):
            self.flow.add(first + node, sink, amount)
        self.kind_arcs = {
            (node, mask): self.flow.add(
                first + node, self.mask_at[mask], count * self.scale - least[node, mask]
            )
            for (node, mask), count in pool.kinds.items()
        }
        for mask, at in self.mask_at.items():
            self.flow.add(source, at, of_mask[mask])
            for group in range(len(pool.quotas)):
                if mask >> group & 1:
                    self.flow.add(at, self.group_at + group, seats + sum(of_node))
        for group, quota in enumerate(pool.quotas):
            self.flow.add(self.group_at + group, sink, quota * self.scale)
        self.lacking = seats + sum(of_node) - self.flow.fill(source, sink)
        self.inside = self.flow.reached(source) if self.lacking else []

    def cut_holds(self, node: int, mask: int) -> bool:
        """Whether the least cut holds the kind's experts to their groups but not to their limit."""
        return self.inside[self.mask_at[mask]] and not self.inside[2 + node]

    def level(self, active: Sequence[Kind], rate: Fraction) -> Level:
        """Who among the active can have no more than the rate, and why."""
        component, flow = self.flow.components(), self.flow
        held = frozenset(
            (node, mask)
            for node, mask in active
            if not flow.flow(self.kind_arcs[node, mask])
            and (rate == 1 or component[2 + node] != component[self.mask_at[mask]])
        )
        groups, limits = 0, set()
        for _, mask in held:
            groups |= mask
        for node, _ in held:
            while node != ROOT:
                if not flow.room[self.cap_arcs[node - 1]]:
                    limits.add(node)
                node = self.pool.limits[node - 1].parent
        return Level(rate, held, groups, frozenset(limits))
