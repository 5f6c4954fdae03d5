"""Dependent rounding: from exact shares to one panel, with exactly those chances and every seat filled.

Blocks stand on one side, groups on the other; an edge carries the share of a block in a group, as a whole number of
1/unit. A block is one expert; with a cap on employers it is one employer, for a block never gets two seats.
The shares of a group add up to its seats, those of a block to at most 1.

1. Blocks arrive in the order given (the draw shuffles them with its seed). A share of 1 is a seat at once.
2. Each other share is added as an edge, groups in ascending order. An edge that closes a cycle: settle the cycle,
   from the new edge on, from its block to its group and back along the only way there is.
3. When all edges of a block are in: as long as some tree of open edges has two blocks with a single open edge,
   settle the path between two of them: the earliest block that shares its tree with another such block, and the
   earliest of those others.
4. Settling edges e0, e1, e2, ...: a = the most by which e0, e2, ... can rise to 1 while e1, e3, ... fall to 0;
   c = the most by which they can move the other way. With chance c / (a + c) move by a the first way, otherwise by c
   the second way. Edges at 0 vanish; edges at 1 are seats.

The sums of groups never change; a share's expected value never changes; so chances are exact and seats are filled.
Format: docs/formats/draw-record.md, section Rounding.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import pairwise

Toss = Callable[[int, int], bool]  # (c, n): true with chance c / n
Edge = tuple[int, int]  # (block, group)


def round_shares(blocks: Iterable[Mapping[int, int]], unit: int, toss: Toss) -> list[Edge]:
    """The seats as (number of the block in the order given, group), in the order in which they were settled."""
    forest = _Forest(unit, toss)
    for number, shares in enumerate(blocks):
        forest.add_block(number, shares)
    if forest.shares:
        raise RuntimeError(
            "internal: shares are left open, so a group's shares were not a whole number of seats"
        )
    return forest.seats


class _Forest:
    """The open edges: never a cycle, and between two blocks never two single-edged blocks in one tree.

    A node is the number of a block, or ~number of a group (so below zero).
    """

    def __init__(self, unit: int, toss: Toss) -> None:
        self.unit, self.toss = unit, toss
        self.shares: dict[Edge, int] = {}
        self.near: dict[int, list[int]] = {}
        self.seats: list[Edge] = []

    def add_block(self, block: int, shares: Mapping[int, int]) -> None:
        """Take one block in and settle whatever its edges close."""
        touched = {block}
        for group in sorted(shares):
            if shares[group] == self.unit:
                self.seats.append((block, group))
                continue
            back = self._way(~group, (block,)) if block in self.near else None
            self._open(block, group, shares[group])
            if back is not None:
                touched.update(node for node in back if node >= 0)
                self._settle([(block, group), *_edges(back)])
        self._settle_paths(self._blocks_around(touched))

    def _settle_paths(self, blocks: list[int]) -> None:
        """Settle paths between single-edged blocks until every tree has at most one; `blocks` are in order."""
        while True:
            single = [block for block in blocks if len(self.near.get(block, ())) == 1]
            if len(single) < 2:
                return
            for first in single:
                path = self._way(first, [other for other in single if other != first])
                if path is not None:
                    self._settle(_edges(path))
                    break
            else:
                return

    def _settle(self, edges: list[Edge]) -> None:
        rising, falling = edges[0::2], edges[1::2]
        up = min(self._room(rising), self._held(falling))
        down = min(self._held(rising), self._room(falling))
        move = up if self.toss(down, up + down) else -down
        for edge in rising:
            self.shares[edge] += move
        for edge in falling:
            self.shares[edge] -= move
        for edge in edges:
            if self.shares[edge] in (0, self.unit):
                self._close(edge)

    def _room(self, edges: list[Edge]) -> int:
        return self.unit - max([self.shares[edge] for edge in edges])

    def _held(self, edges: list[Edge]) -> int:
        return min([self.shares[edge] for edge in edges])

    def _open(self, block: int, group: int, share: int) -> None:
        self.shares[block, group] = share
        self.near.setdefault(block, []).append(~group)
        self.near.setdefault(~group, []).append(block)

    def _close(self, edge: Edge) -> None:
        block, group = edge
        if self.shares.pop(edge) == self.unit:
            self.seats.append(edge)
        for node, other in ((block, ~group), (~group, block)):
            self.near[node].remove(other)
            if not self.near[node]:
                del self.near[node]

    def _reach(self, start: int) -> dict[int, int]:
        """Every node of the tree, with the node before it on the way from `start`."""
        before, queue = {start: start}, deque([start])
        while queue:
            node = queue.popleft()
            for onward in self.near.get(node, ()):
                if onward not in before:
                    before[onward] = node
                    queue.append(onward)
        return before

    def _way(self, start: int, goals: Collection[int]) -> list[int] | None:
        """The only way in the tree from `start` to the first of the goals that it reaches."""
        before = self._reach(start)
        goal = next((goal for goal in goals if goal in before), None)
        if goal is None:
            return None
        way = [goal]
        while way[-1] != start:
            way.append(before[way[-1]])
        return way[::-1]

    def _blocks_around(self, blocks: set[int]) -> list[int]:
        """The blocks of every tree that holds one of these blocks, in order of arrival."""
        found: set[int] = set()
        for block in blocks:
            if block not in found:
                found.update(node for node in self._reach(block) if node >= 0)
        return sorted(found)


def _edges(way: list[int]) -> list[Edge]:
    """The edges between neighbours of a way."""
    return [(there, ~here) if here < 0 else (here, ~there) for here, there in pairwise(way)]
