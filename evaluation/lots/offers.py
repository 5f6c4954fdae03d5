"""From rankings and the answers of bids to what an award weighs."""

from collections.abc import Mapping

from evaluation.lots.bundles import Bundle
from evaluation.lots.rule import AwardRule
from evaluation.result import Ranking
from kernel.errors import BadPrice
from kernel.ids import BidId
from kernel.money import read_units


def lot_offers(ranking: Ranking, objective: str, places: int) -> list[tuple[BidId, int]]:
    """The ranked bids of a lot with what each costs: its price as opened, or the points that it lacks.

    Points are counted with `places` decimals, at least those of the lot's own totals, so that lots under different
    rulebooks add up exactly. The order is that of the places; bids that share one stand in order of id, until a
    draw has decided.
    """
    finer = 10 ** (places - ranking.rulebook.places.total)
    full = int(ranking.rulebook.total_maximum * 10**ranking.rulebook.places.total)
    return [
        (line.bid.bid_id, line.bid.offer if objective == "price" else max(full - line.total, 0) * finer)
        for line in ranking.lines
    ]


def bundle_discounts(rule: AwardRule, stated: Mapping[tuple[str, int], object], places: int) -> list[Bundle]:
    """The discounts that count: of a bundle of the rule, stated alike in the bids for all of its lots.

    `stated` holds what the answer `bundle_discounts` of each bid says, by bidder and lot number.
    """
    found = []
    for lots in rule.bundles:
        for bidder in sorted({bidder for bidder, _ in stated}):
            amounts = {_amount(stated.get((bidder, lot)), lots, places) for lot in lots}
            amount = amounts.pop()
            if not amounts and amount is not None:
                found.append(Bundle(bidder, frozenset(map(str, lots)), amount))
    return found


def _amount(answer: object, lots: tuple[int, ...], places: int) -> int | None:
    """What one bid takes off for these lots; None when it says nothing that can be read."""
    for one in answer if isinstance(answer, list | tuple) else ():
        if isinstance(one, Mapping) and _names(one.get("lots"), lots):
            try:
                return read_units(str(one.get("discount")), places)
            except BadPrice:
                return None
    return None


def _names(written: object, lots: tuple[int, ...]) -> bool:
    return (
        isinstance(written, list | tuple)
        and all(isinstance(lot, int) for lot in written)
        and tuple(sorted(written)) == lots
    )
