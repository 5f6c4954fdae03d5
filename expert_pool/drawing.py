"""The panel that follows from a request and a seed: experts shuffled, shares rounded to seats, reserves by ticket.

Version 1 rounds every expert on his own (`rounding`); version 2 puts experts into clusters of one seat (`clusters`),
rounds those within the caps (`network_rounding`) and picks one expert inside each; version 4 draws one committee of a
written lottery (`lottery`).
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from heapq import nsmallest
from itertools import accumulate
from math import lcm
from typing import Final

from crypto.canonical import TAG_PREFIX, lp
from crypto.seeded_random import SeededRandom
from expert_pool.chances import blocks_of_kin, innermost
from expert_pool.clusters import Kept, Part, make_clusters
from expert_pool.draw import DrawRequest, PanelDraw, Row, Seat, members_of
from expert_pool.lottery import kind_of
from expert_pool.network_rounding import Arc, round_flow
from expert_pool.rounding import round_shares

LEAF_FRAME: Final = (32).to_bytes(8, "big")
POOL: Final = 0  # the node of the whole pool in the rounding; group g is node 1 + g


def draw_panel(request: DrawRequest, seed: bytes) -> PanelDraw:
    """The panel and its reserves: the same request and seed give the same panel, for anyone."""
    return Drawing(request).panel(seed)


class Drawing:
    """A request made ready to be drawn with any number of seeds."""

    def __init__(self, request: DrawRequest) -> None:
        self.request, self.eligible = request, request.eligible
        shares = {(cls.mask, cls.employer): cls.split for cls in request.classes}
        self.unit = lcm(*(share.denominator for split in shares.values() for share in split.values()))
        self.whole = {
            kind: {g: int(share * self.unit) for g, share in split.items()} for kind, split in shares.items()
        }
        self.held = {kind: sum(split.values()) for kind, split in self.whole.items()}
        bound = frozenset(request.bound)
        self.kinds = [(row.mask, innermost(row.employers, bound)) for row in self.eligible]
        has_kin = any(row.kin for row in self.eligible)
        blocks = blocks_of_kin(members_of(self.eligible)) if has_kin else {}
        self.blocks = {place: name for name, places in blocks.items() for place in places}

    def panel(self, seed: bytes) -> PanelDraw:
        """The panel and its reserves that follow from a seed."""
        random = SeededRandom(seed)
        order = random.shuffle(range(len(self.eligible)))
        draw = {1: self._by_shares, 2: self._seated, 3: self._seated, 4: self._by_lottery}[
            self.request.version
        ]
        seated = draw(random, order)
        chosen = sorted((group, self.eligible[expert].leaf) for expert, group in seated)
        seats = tuple(Seat(self.request.groups[group].id, leaf) for group, leaf in chosen)
        return PanelDraw(seats, _reserves(self.request, self.eligible, seed, {seat.leaf for seat in seats}))

    def _by_shares(self, random: SeededRandom, order: Sequence[int]) -> list[tuple[int, int]]:
        """Version 1: every expert is rounded on his own."""
        shares = (self.whole[self.kinds[expert]] for expert in order)
        edges = round_shares(shares, self.unit, lambda c, n: random.below(n) < c)
        return [(order[block], group) for block, group in edges]

    def _by_lottery(self, random: SeededRandom, order: Sequence[int]) -> list[tuple[int, int]]:
        """Version 4: one committee by its tickets; of each kind those sit who come first in the shuffle."""
        lottery = self.request.lottery
        assert lottery is not None
        number = random.below(sum(one.weight for one in lottery.committees))
        sums = accumulate(one.weight for one in lottery.committees)
        drawn = lottery.committees[next(place for place, end in enumerate(sums) if number < end)]
        bound, members = frozenset(self.request.bound), members_of(self.eligible)
        waiting: dict[int, list[int]] = {}
        for expert in order:
            kind = lottery.kinds.index(kind_of(members[expert], bound))
            waiting.setdefault(kind, []).append(expert)
        return [(waiting[kind].pop(0), group) for group, kinds in enumerate(drawn.seats) for kind in kinds]

    def _seated(self, random: SeededRandom, order: Sequence[int]) -> list[tuple[int, int]]:
        """Version 2: clusters are rounded, then one expert is picked inside each seated cluster."""
        assert self.request.terms is not None
        free, kept = self.clusters(order)
        network = Network(self, order)
        network.place(POOL, free, kept)
        seats = round_flow(network.arcs, self.unit, lambda c, n: random.below(n) < c)
        return [
            (network.pick(part, group, random.below(network.arcs[number][2])), group)
            for number, (part, group) in network.choices.items()
            if seats[number]
        ]

    def clusters(self, order: Sequence[int]) -> tuple[list[Part], list[Kept]]:
        """Who can hold one seat together in this order; positions are those of the order."""
        assert self.request.terms is not None
        caps = self.request.terms.caps
        chances = [self.held[self.kinds[expert]] for expert in order]
        paths = [self.eligible[expert].employers for expert in order] if caps else []
        blocks = self.blocks
        if blocks and not caps:
            blocks = {place: blocks[expert] for place, expert in enumerate(order) if expert in blocks}
        return make_clusters(chances, paths, blocks, caps, self.unit)


class Network:
    """The arcs of one draw in their order, and which of them choose an expert."""

    def __init__(self, drawing: Drawing, order: Sequence[int]) -> None:
        self.drawing, self.order = drawing, order
        self.arcs: list[Arc] = []
        self.choices: dict[int, tuple[Part, int]] = {}
        self.nodes = len(drawing.request.groups)

    def place(self, outer: int, clusters: Sequence[Part], kept: Sequence[Kept]) -> int:
        """Add what one node holds; gives how much."""
        total = 0
        for part in clusters:
            self.nodes += 1
            node, weights = self.nodes, self._weights(part)
            held = sum(weights.values())
            self.arcs.append((outer, node, held))
            for group, weight in sorted(weights.items()):
                self.choices[len(self.arcs)] = (part, group)
                self.arcs.append((node, 1 + group, weight))
            total += held
        for limit in kept:
            self.nodes += 1
            node, place = self.nodes, len(self.arcs)
            self.arcs.append((outer, node, 0))
            held = self.place(node, limit.clusters, limit.inside)
            self.arcs[place] = (outer, node, held)
            total += held
        return total

    def pick(self, part: Part, group: int, number: int) -> int:
        """The expert in a cluster on whose share in the group a number falls."""
        for position in part:
            number -= self._share(position).get(group, 0)
            if number < 0:
                return self.order[position]
        raise RuntimeError("internal: the number is beyond the cluster's shares")

    def _weights(self, part: Part) -> dict[int, int]:
        weights: dict[int, int] = {}
        for position in part:
            for group, share in self._share(position).items():
                weights[group] = weights.get(group, 0) + share
        return weights

    def _share(self, position: int) -> Mapping[int, int]:
        return self.drawing.whole[self.drawing.kinds[self.order[position]]]


def _reserves(
    request: DrawRequest, eligible: Sequence[Row], seed: bytes, seated: set[str]
) -> dict[str, tuple[str, ...]]:
    """Each group's reserves by ticket; who fits two groups may stand in both lists and is called once."""
    reserves = {}
    for number, group in enumerate(request.groups):
        # The framing of H("draw-ticket", seed, group, leaf) up to the leaf, once for all leaves.
        framed = lp((TAG_PREFIX + "draw-ticket").encode(), seed, group.id.encode()) + LEAF_FRAME
        tickets = (
            (sha256(framed + bytes.fromhex(row.leaf)).digest(), row.leaf)
            for row in eligible
            if row.mask >> number & 1 and row.leaf not in seated
        )
        reserves[group.id] = tuple(leaf for _, leaf in nsmallest(group.reserves, tickets))
    return reserves
