"""The evidence graph of one lot: bids as points on a circle, signals as lines, groups of linked bids.

Two bids are linked when one hard signal joins them, or strong ones of two independent families. A group is a
connected component of links. All places are whole numbers, for an SVG that a template draws.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from evaluation.collusion.signals import ORDER, Signal, Strength

WIDTH, HEIGHT, MARGIN = 640, 440, 40


@dataclass(frozen=True)
class Edge:
    """Everything that joins two bids."""

    bids: tuple[str, str]
    strength: Strength
    """of the weightiest signal"""
    kinds: tuple[str, ...]
    is_link: bool


@dataclass(frozen=True)
class Node:
    """One bid in the picture."""

    bid: str
    number: int
    x: int
    y: int
    group: int | None
    """counted from 1"""


@dataclass(frozen=True)
class Graph:
    """The picture of one lot."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    groups: tuple[tuple[str, ...], ...]

    def node(self, bid: str) -> Node:
        """The point of a bid."""
        return next(node for node in self.nodes if node.bid == bid)


def make_edges(signals: Iterable[Signal]) -> tuple[Edge, ...]:
    """One edge for each pair of bids that a signal joins."""
    joined: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    for signal in signals:
        for one, other in combinations(sorted(signal.bids), 2):
            joined[one, other].append(signal)
    return tuple(
        Edge(
            pair,
            min((signal.strength for signal in found), key=lambda strength: ORDER[strength]),
            tuple(sorted({signal.kind for signal in found})),
            is_link(found),
        )
        for pair, found in sorted(joined.items())
    )


def is_link(signals: Sequence[Signal]) -> bool:
    """One hard signal, or strong ones of two families."""
    strong = {signal.family for signal in signals if signal.strength is not Strength.WEAK}
    return any(signal.strength is Strength.HARD for signal in signals) or len(strong) >= 2


def find_groups(edges: Iterable[Edge]) -> tuple[tuple[str, ...], ...]:
    """The connected components of links, the largest first."""
    group_of: dict[str, set[str]] = {}
    for edge in edges:
        if edge.is_link:
            one, other = (group_of.setdefault(bid, {bid}) for bid in edge.bids)
            if one is not other:
                one |= other
                for bid in other:
                    group_of[bid] = one
    groups = {tuple(sorted(group)) for group in group_of.values()}
    return tuple(sorted(groups, key=lambda group: (-len(group), group)))


def make_graph(bids: Sequence[str], signals: Iterable[Signal]) -> Graph:
    """Place all bids on a circle, members of one group side by side; numbers follow the order given."""
    edges = make_edges(signals)
    groups = find_groups(edges)
    grouped = [bid for group in groups for bid in group]
    ring = [*grouped, *(bid for bid in bids if bid not in set(grouped))]
    number = {bid: place for place, bid in enumerate(bids, 1)}
    group_of = {bid: place for place, group in enumerate(groups, 1) for bid in group}
    nodes = []
    for place, bid in enumerate(ring):
        turn = 2 * math.pi * place / max(1, len(ring)) - math.pi / 2
        x = round(WIDTH / 2 + (WIDTH / 2 - MARGIN) * math.cos(turn))
        y = round(HEIGHT / 2 + (HEIGHT / 2 - MARGIN) * math.sin(turn))
        nodes.append(Node(bid, number[bid], x, y, group_of.get(bid)))
    return Graph(tuple(sorted(nodes, key=lambda node: node.number)), edges, groups)
