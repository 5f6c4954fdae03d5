"""How the chance of each class is spread over the groups that its experts may fill.

The spread is a flow from classes to groups: an expert's shares add up to the chance, a group's shares to its seats.
It is not unique. Any spread gives the same chances; one without needless zeros lets more pairs of experts meet on a
panel, so zeros that can be avoided are. The spread stands in the request and is only checked by a verifier.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm

Edge = tuple[int, int]  # (mask, group)
Kind = tuple[int, tuple[str, ...]]  # (mask, employer with a row of its own)


def split_chances(
    quotas: Sequence[int], classes: Mapping[int, int], chances: Mapping[int, Fraction]
) -> dict[int, dict[int, Fraction]]:
    """Each class's chance spread over its groups, per expert: {mask: {group: share}}, zero shares left out."""
    kinds: dict[Kind, int] = {(mask, ()): count for mask, count in classes.items()}
    spread = split_kinds(quotas, kinds, {(mask, ()): chances[mask] for mask in classes})
    return {mask: spread[mask, ()] for mask in sorted(classes)}


def split_kinds(
    quotas: Sequence[int], counts: Mapping[Kind, int], chances: Mapping[Kind, Fraction]
) -> dict[Kind, dict[int, Fraction]]:
    """The same for classes of a mask and anything else; classes with one mask are spread in one proportion."""
    held = dict.fromkeys(sorted(mask for mask, _ in counts), Fraction(0))
    for kind, count in counts.items():
        held[kind[0]] += chances[kind] * count
    edges = [(mask, g) for mask in held for g in range(len(quotas)) if mask >> g & 1]
    # Units so small that every edge that can carry something still does after all moves.
    unit = lcm(*(chance.denominator for chance in chances.values())) * 4 * len(edges) ** 2
    flow = _Flow(edges)
    flow.fill({mask: int(total * unit) for mask, total in held.items()}, [q * unit for q in quotas])
    flow.spread()
    return {
        (mask, other): {
            g: chance * Fraction(flow.mass[mask, g], int(held[mask] * unit))
            for g in flow.groups_of[mask]
            if chance and flow.mass[mask, g]
        }
        for (mask, other), chance in chances.items()
    }


class _Flow:
    """Mass on the edges between classes and groups, moved along alternating paths: plus, minus, plus, ..."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.mass = dict.fromkeys(edges, 0)
        self.groups_of: dict[int, list[int]] = {}
        self.masks_of: dict[int, list[int]] = {}
        for mask, g in edges:
            self.groups_of.setdefault(mask, []).append(g)
            self.masks_of.setdefault(g, []).append(mask)

    def fill(self, supply: dict[int, int], room: list[int]) -> None:
        """Use up every supply and every room."""
        for mask, supplied in supply.items():
            left = supplied
            while left:
                path = self._path(mask, self.groups_of[mask], lambda g: room[g] > 0)
                if path is None:
                    raise RuntimeError("internal: the chances do not fit the seats")
                last = path[-1][1]
                moved = min(left, room[last], *(self.mass[edge] for edge in path[1::2]))
                self._move(path, moved)
                room[last] -= moved
                left -= moved

    def spread(self) -> None:
        """Move a little mass onto every empty edge that can carry some, without emptying another."""
        empty = [edge for edge, mass in self.mass.items() if mass == 0]
        for left, (mask, g) in zip(range(len(empty), 0, -1), empty, strict=True):
            if self.mass[mask, g]:
                continue
            path = self._path(mask, [g], lambda end, m=mask: self.mass.get((m, end), 0) > 0)  # type: ignore[misc]
            if path is not None:
                cycle = [*path, (mask, path[-1][1])]
                self._move(cycle, min(self.mass[edge] for edge in cycle[1::2]) // (left + 1))

    def _path(self, mask: int, first: Iterable[int], is_goal: Callable[[int], bool]) -> list[Edge] | None:
        """A shortest alternating path from a class to a goal group; every second edge has mass to lose."""
        came: dict[int, list[Edge]] = {g: [(mask, g)] for g in first}
        queue = deque(came)
        while queue:
            g = queue.popleft()
            if is_goal(g):
                return came[g]
            for other in self.masks_of[g]:
                if other == mask or not self.mass[other, g]:
                    continue
                for onward in self.groups_of[other]:
                    if onward not in came:
                        came[onward] = [*came[g], (other, g), (other, onward)]
                        queue.append(onward)
        return None

    def _move(self, path: Sequence[Edge], mass: int) -> None:
        for index, edge in enumerate(path):
            self.mass[edge] += -mass if index % 2 else mass
