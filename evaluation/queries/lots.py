"""The award proposal of a tender with several lots, from its rankings and its award rule."""

from dataclasses import dataclass

from sqlmodel import Session

from accounts import queries as accounts
from evaluation.case import read_case
from evaluation.evaluate import evaluate
from evaluation.lots.award import Lot, Offer, Proposal
from evaluation.lots.bundles import Bundle
from evaluation.lots.offers import bundle_discounts, lot_offers
from evaluation.lots.rule import AwardRule, compare, read_rule
from evaluation.queries import judging
from kernel.errors import NotFound
from kernel.money import PriceScale, write_units
from tender import queries as tenders
from tender.opening import read_announced

POINTS_UNIT = "points"


@dataclass(frozen=True)
class AwardProposal:
    """What the rule proposes and what the other method would give; lots by number, bidders by id, with names."""

    rule: AwardRule
    own: Proposal
    other: Proposal | None
    unit: str
    places: int
    names: dict[str, str]
    """organisations by id"""
    titles: dict[str, dict[str, str]]
    """lots by number"""

    def amount(self, units: int) -> str:
        """A cost as decimal text."""
        return write_units(units, self.places)


def award_rule(session: Session, tender_id: str) -> AwardRule:
    """The rule that was frozen with the notice; each lot alone where there is none."""
    written = tenders.tender(session, tender_id).award_rule
    return AwardRule() if written is None else read_rule(written)


def award_proposal(session: Session, tender_id: str) -> AwardProposal:
    """Who is proposed for which lot; raises NotFound until every lot is ranked."""
    lots, made = tenders.lots(session, tender_id), judging.rankings(session, tender_id)
    if not made or len(made) < len(lots):
        raise NotFound(what="award proposal of tender", id=tender_id)
    rule, scale = award_rule(session, tender_id), tenders.price_scale(tenders.tender(session, tender_id))
    rankings = [evaluate(read_case(record.case)) for record in made]
    # Lots under different rulebooks may carry different decimals; the finest hold all of them exactly.
    finest = max(ranking.rulebook.places.total for ranking in rankings)
    bidders = {bid.id: bid.bidder_id for _, bid in tenders.opened_bids(session, tender_id)}
    ranked = []
    for lot, ranking in zip(lots, rankings, strict=True):
        offers = lot_offers(ranking, rule.objective, finest)
        ranked.append(Lot(str(lot.number), tuple(Offer(bidders[bid], cost) for bid, cost in offers)))
    own, other = compare(rule, ranked, _bundles(session, tender_id, rule, scale))
    return AwardProposal(
        rule=rule,
        own=own,
        other=other,
        unit=scale.currency if rule.objective == "price" else POINTS_UNIT,
        places=scale.places if rule.objective == "price" else finest,
        names=accounts.organisation_names(session, set(bidders.values())),
        titles={str(lot.number): lot.title for lot in lots},
    )


def _bundles(session: Session, tender_id: str, rule: AwardRule, scale: PriceScale) -> list[Bundle]:
    """The discounts that bidders stated alike in all their bids for the lots of a bundle."""
    if not rule.bundles:
        return []
    numbers = {lot.id: lot.number for lot in tenders.lots(session, tender_id)}
    stated: dict[tuple[str, int], object] = {}
    for row, bid in tenders.opened_bids(session, tender_id):
        if row.bid_json:
            answers = read_announced(row.bid_json, scale).answers
            stated[bid.bidder_id, numbers[bid.lot_id]] = answers.get("bundle_discounts")
    return bundle_discounts(rule, stated, scale.places)
