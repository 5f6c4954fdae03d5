"""The cheapest award where bidders take something off for several lots together, or want several or none.

A mixed-integer program (HiGHS through scipy) in two steps: first as many lots as possible are given, then that
number of lots at the lowest cost. Its figures are floats; what comes out is read as yes or no and added up again in
whole numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.lots.award import Discount, Lot, Proposal, describe


@dataclass(frozen=True)
class Bundle:
    """What a bidder takes off the sum when it gets all these lots; of bundles that share a lot one counts."""

    bidder: str
    lots: frozenset[str]
    amount: int


def bundled(
    lots: Sequence[Lot], cap: int, bundles: Sequence[Bundle] = (), fewest: Mapping[str, int] | None = None
) -> Proposal:
    """Give the lots at the lowest sum after discounts; `fewest` is how many lots a bidder wants at least, or none."""
    program = _Program(lots, cap, bundles, fewest or {})
    chosen = program.solve()
    winners: list[str | None] = [None] * len(lots)
    for (number, bidder), taken in zip(program.offers, chosen, strict=False):
        if taken:
            winners[number] = bidder
    earned = tuple(
        Discount(bundle.bidder, tuple(lot.id for lot in lots if lot.id in bundle.lots), bundle.amount)
        for bundle, taken in zip(bundles, chosen[len(program.offers) :], strict=False)
        if taken
    )
    return describe("optimal", lots, cap, winners, earned)


class _Program:
    """Columns: one for each offer, then each bundle, then each bidder with a least number of lots; all 0 or 1."""

    def __init__(
        self, lots: Sequence[Lot], cap: int, bundles: Sequence[Bundle], fewest: Mapping[str, int]
    ) -> None:
        self.offers = [(number, offer.bidder) for number, lot in enumerate(lots) for offer in lot.offers]
        self.choosy = sorted(bidder for bidder, least in fewest.items() if least > 1)
        self.width = len(self.offers) + len(bundles) + len(self.choosy)
        costs = [offer.cost for lot in lots for offer in lot.offers]
        self.cost = np.array([*costs, *(-bundle.amount for bundle in bundles), *[0] * len(self.choosy)])
        self.given = np.array([1] * len(self.offers) + [0] * (self.width - len(self.offers)))
        self.rows: list[tuple[dict[int, int], float, float]] = []
        self._limits(lots, cap)
        self._bundles(lots, bundles)
        self._least(fewest)

    def _limits(self, lots: Sequence[Lot], cap: int) -> None:
        for number in range(len(lots)):
            self._at_most({i: 1 for i, (lot, _) in enumerate(self.offers) if lot == number}, 1)
        for bidder in {bidder for _, bidder in self.offers}:
            self._at_most(self._of(bidder), cap)

    def _bundles(self, lots: Sequence[Lot], bundles: Sequence[Bundle]) -> None:
        where = {offer: index for index, offer in enumerate(self.offers)}
        numbers = {lot.id: number for number, lot in enumerate(lots)}
        for k, bundle in enumerate(bundles):
            column = len(self.offers) + k
            for lot in bundle.lots:
                index = where.get((numbers.get(lot, -1), bundle.bidder))
                # An offer that does not exist can never be won, nor can its bundle.
                self._at_most({column: 1} if index is None else {column: 1, index: -1}, 0)
            for j, other in enumerate(bundles[:k]):
                if other.bidder == bundle.bidder and other.lots & bundle.lots:
                    self._at_most({column: 1, len(self.offers) + j: 1}, 1)

    def _least(self, fewest: Mapping[str, int]) -> None:
        for k, bidder in enumerate(self.choosy):
            column, own = self.width - len(self.choosy) + k, self._of(bidder)
            self.rows.append(({**own, column: -fewest[bidder]}, 0, np.inf))
            for index in own:
                self._at_most({index: 1, column: -1}, 0)

    def _of(self, bidder: str) -> dict[int, int]:
        return {index: 1 for index, (_, one) in enumerate(self.offers) if one == bidder}

    def _at_most(self, row: dict[int, int], most: float) -> None:
        if row:
            self.rows.append((row, -np.inf, most))

    def solve(self) -> list[bool]:
        """Most lots first, then the lowest cost for that many."""
        if not self.offers:
            return [False] * self.width
        most = round(-self._run(-self.given).fun)
        everything = dict.fromkeys(range(len(self.offers)), 1)
        self.rows.append((everything, most, most))
        return [bool(value > 0.5) for value in self._run(self.cost).x]

    def _run(self, objective: Any) -> Any:
        # Loaded here, as in `assignment`.
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import lil_matrix

        matrix = lil_matrix((len(self.rows), self.width))
        for number, (row, _, _) in enumerate(self.rows):
            for column, factor in row.items():
                matrix[number, column] = factor
        low, high = ([row[side] for row in self.rows] for side in (1, 2))
        found = milp(
            objective,
            integrality=np.ones(self.width),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix.tocsr(), low, high),
            options={"mip_rel_gap": 0},
        )
        if found.x is None:
            raise RuntimeError(f"internal: the award program gave no answer: {found.message}")
        return found
