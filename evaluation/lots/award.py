"""A proposal which bidder gets which lot, by either method, with the reason for each lot.

each_alone: every lot to its first bidder.
sequential: lots in their order; who has won `cap` lots is passed over, the next ranked bidder takes the lot.
optimal: the award with the lowest sum of costs over all lots in which nobody has more than `cap`.

The example [[100, 101, 150], [100, 130, 150]] with a cap of one: sequential gives 100 + 130 = 230, the optimum
101 + 100 = 201. Source: 兼投不兼中 is set by the tender document; docs/formats/lot-award.md.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from evaluation.lots.assignment import cheapest

METHODS: Final = ("each_alone", "sequential", "optimal")
MOST_EXPLAINED = 50  # lots up to which the price of every passed place is worked out


@dataclass(frozen=True)
class Offer:
    """One ranked bidder of a lot: what awarding it costs, in whole units; less is better."""

    bidder: str
    cost: int


@dataclass(frozen=True)
class Lot:
    """One lot with its offers in the order of the ranking, first place first."""

    id: str
    offers: tuple[Offer, ...]

    def cost(self, bidder: str) -> int | None:
        """What this bidder costs here; None when it did not bid or was rejected."""
        return next((offer.cost for offer in self.offers if offer.bidder == bidder), None)


@dataclass(frozen=True)
class PassedOver:
    """A bidder ranked before the one who gets the lot, and why it does not get it."""

    bidder: str
    place: int
    holds: tuple[str, ...]
    """the lots it gets instead"""
    raises_by: int | None = None
    """by how much the sum of all lots would rise if it had this one; None where that was not worked out"""


@dataclass(frozen=True)
class LotAward:
    """Who is proposed for a lot; all None where nobody may have it."""

    lot: str
    bidder: str | None
    place: int | None
    cost: int | None
    passed: tuple[PassedOver, ...]


@dataclass(frozen=True)
class Discount:
    """A bundle discount that the award earns."""

    bidder: str
    lots: tuple[str, ...]
    amount: int


@dataclass(frozen=True)
class Proposal:
    """The whole award by one method; `total` is what all lots cost, discounts taken off."""

    method: str
    cap: int
    awards: tuple[LotAward, ...]
    total: int
    discounts: tuple[Discount, ...] = field(default=())

    @property
    def winners(self) -> Mapping[str, str | None]:
        """The bidder of each lot."""
        return {award.lot: award.bidder for award in self.awards}


def each_alone(lots: Sequence[Lot]) -> Proposal:
    """Give every lot to its first bidder."""
    winners = [lot.offers[0].bidder if lot.offers else None for lot in lots]
    return describe("each_alone", lots, len(lots), winners)


def sequential(lots: Sequence[Lot], cap: int) -> Proposal:
    """Give the lots one after the other; a bidder that has `cap` lots is passed over."""
    won: dict[str, int] = defaultdict(int)
    winners: list[str | None] = []
    for lot in lots:
        winner = next((offer.bidder for offer in lot.offers if won[offer.bidder] < cap), None)
        if winner is not None:
            won[winner] += 1
        winners.append(winner)
    return describe("sequential", lots, cap, winners)


def optimal(lots: Sequence[Lot], cap: int) -> Proposal:
    """Give the lots so that all of them together cost least and nobody has more than `cap`."""
    return describe("optimal", lots, cap, _cheapest(lots, cap))


def describe(
    method: str,
    lots: Sequence[Lot],
    cap: int,
    winners: Sequence[str | None],
    discounts: tuple[Discount, ...] = (),
) -> Proposal:
    """Say of every lot who gets it and why those ranked before did not."""
    holds: dict[str, list[str]] = defaultdict(list)
    for lot, winner in zip(lots, winners, strict=True):
        if winner is not None:
            holds[winner].append(lot.id)
    worked_out = method == "optimal" and len(lots) <= MOST_EXPLAINED and not discounts
    awards = tuple(
        _award(lots, number, winner, holds, cap if worked_out else 0) for number, winner in enumerate(winners)
    )
    total = sum(award.cost or 0 for award in awards) - sum(one.amount for one in discounts)
    return Proposal(method, cap, awards, total, discounts)


def _award(
    lots: Sequence[Lot], number: int, winner: str | None, holds: Mapping[str, list[str]], cap: int
) -> LotAward:
    lot = lots[number]
    passed: list[PassedOver] = []
    for place, offer in enumerate(lot.offers, start=1):
        if offer.bidder == winner:
            return LotAward(lot.id, winner, place, offer.cost, tuple(passed))
        raises_by = _rise(lots, number, offer, cap) if cap else None
        passed.append(PassedOver(offer.bidder, place, tuple(holds.get(offer.bidder, ())), raises_by))
    return LotAward(lot.id, None, None, None, tuple(passed))


def _rise(lots: Sequence[Lot], number: int, offer: Offer, cap: int) -> int | None:
    """The cheapest award with this lot given to this bidder, less the cheapest one; None if it gives fewer lots."""
    others = [*lots[:number], *lots[number + 1 :]]
    with_it, without = _cheapest(others, cap, offer.bidder), _cheapest(lots, cap)
    if with_it.count(None) > without.count(None):
        return None
    return _sum(others, with_it) + offer.cost - _sum(lots, without)


def _sum(lots: Sequence[Lot], winners: Sequence[str | None]) -> int:
    return sum(lot.cost(winner) or 0 for lot, winner in zip(lots, winners, strict=True) if winner is not None)


def _cheapest(lots: Sequence[Lot], cap: int, has_one: str | None = None) -> list[str | None]:
    """The bidder of each lot; `has_one` has another lot already."""
    bidders = sorted({offer.bidder for lot in lots for offer in lot.offers})
    costs = []
    for lot in lots:
        by_bidder = {offer.bidder: offer.cost for offer in lot.offers}
        costs.append([by_bidder.get(bidder) for bidder in bidders])
    found = cheapest(costs, [cap - (bidder == has_one) for bidder in bidders])
    return [None if index is None else bidders[index] for index in found]
