"""Rounding a flow to whole seats: exact chances, full groups, and every limit on the way kept.

An arc leads from a limit or the pool (the outer node) to what it holds, and from a cluster to a group; it carries a
whole number of 1/unit. At every node but the pool and the groups what comes in goes out; the pool's and each group's
sum is a whole number of units. Only the part of an arc beyond whole units is open.

1. Arcs are opened in the order given. One that would close a round of open arcs is settled with it: the round starts
   with this arc, from tail to head, and goes back by the only way there is.
2. Settling: arcs passed from tail to head rise, the others fall. a = the most by which the rising can rise to a full
   unit while the falling fall to nothing; c = the most for the other way. With chance c / (a + c) the rising rise by
   a, otherwise they fall by c. Arcs without an open part are closed.

The last arc leaves nothing open, for a node never has a single open arc in the end. Every settling keeps all sums and
the expected value of every arc; an arc ends at its floor or one above.
Format: docs/formats/draw-record.md, section Rounding.
"""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise

Toss = Callable[[int, int], bool]  # (c, n): true with chance c / n
Arc = tuple[int, int, int]  # tail, head, flow in 1/unit


def round_flow(arcs: Sequence[Arc], unit: int, toss: Toss) -> list[int]:
    """The whole seats of each arc, in the order given."""
    whole = [flow // unit for _, _, flow in arcs]
    rounding = _Open(unit, toss)
    for number, (tail, head, flow) in enumerate(arcs):
        if flow % unit:
            rounding.add(number, tail, head, flow % unit)
    if rounding.part:
        raise RuntimeError("internal: open parts are left, so some sum was not a whole number of seats")
    for number in rounding.risen:
        whole[number] += 1
    return whole


class _Open:
    """The open parts of arcs: a forest."""

    def __init__(self, unit: int, toss: Toss) -> None:
        self.unit, self.toss = unit, toss
        self.part: dict[int, int] = {}
        self.ends: dict[int, tuple[int, int]] = {}
        self.near: dict[int, dict[int, int]] = {}  # node: {neighbour: arc}
        self.risen: list[int] = []

    def add(self, number: int, tail: int, head: int, part: int) -> None:
        back = self._way(head, tail)
        self.part[number], self.ends[number] = part, (tail, head)
        if back is None:
            self.near.setdefault(tail, {})[head] = number
            self.near.setdefault(head, {})[tail] = number
            return
        rising, falling = [number], list[int]()
        for here, there in pairwise(back):
            arc = self.near[here][there]
            (rising if self.ends[arc][0] == here else falling).append(arc)
        self.near[tail][head] = self.near[head][tail] = number
        self._settle(rising, falling)

    def _settle(self, rising: list[int], falling: list[int]) -> None:
        part, unit = self.part, self.unit
        up = min([unit - part[arc] for arc in rising] + [part[arc] for arc in falling])
        down = min([part[arc] for arc in rising] + [unit - part[arc] for arc in falling])
        move = up if self.toss(down, up + down) else -down
        for arc in rising:
            part[arc] += move
        for arc in falling:
            part[arc] -= move
        for arc in rising + falling:
            if part[arc] in (0, unit):
                self._close(arc)

    def _close(self, arc: int) -> None:
        if self.part.pop(arc) == self.unit:
            self.risen.append(arc)
        tail, head = self.ends.pop(arc)
        for one, other in ((tail, head), (head, tail)):
            del self.near[one][other]
            if not self.near[one]:
                del self.near[one]

    def _way(self, start: int, goal: int) -> list[int] | None:
        """The nodes of the only way between two nodes; None if there is none."""
        if start not in self.near or goal not in self.near:
            return None
        before, queue = {start: start}, deque([start])
        while queue:
            node = queue.popleft()
            for onward in self.near[node]:
                if onward not in before:
                    before[onward] = node
                    if onward == goal:
                        way = [goal]
                        while way[-1] != start:
                            way.append(before[way[-1]])
                        return way[::-1]
                    queue.append(onward)
        return None
