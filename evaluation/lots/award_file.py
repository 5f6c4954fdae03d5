"""Lots, offers and a rule in a file, and a proposal as JSON. Format: docs/formats/lot-award.md."""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.canonical import JsonValue
from evaluation.lots.award import Lot, LotAward, Offer, PassedOver, Proposal
from evaluation.lots.bundles import Bundle
from evaluation.lots.rule import MOST_LOTS, AwardRule, read_rule, write_rule
from kernel.errors import BadPrice
from kernel.fields import Fields
from kernel.money import read_units, write_units

VERSION = 1
MOST_BIDDERS = 1_000
LONGEST_ID = 100


@dataclass(frozen=True)
class AwardCase:
    """Everything that a proposal depends on; costs in units of 10**-places of `unit`."""

    rule: AwardRule
    unit: str
    places: int
    lots: tuple[Lot, ...]
    bundles: tuple[Bundle, ...] = ()
    fewest: Mapping[str, int] | None = None


def read_award_case(data: object) -> AwardCase:
    """Read a case from parsed JSON.

    Raises:
        BadInput: the path of the first wrong field and what it must be.
    """
    fields = Fields(data)
    fields.whole("v", VERSION, VERSION)
    unit, places = fields.text("unit", 20), fields.whole("places", 0, 6)
    rule = read_rule(fields.take("rule"), "rule")
    lots = tuple(_lot(lot, places) for lot in fields.objects("lots"))
    ids = [lot.id for lot in lots]
    if not lots or len(lots) > MOST_LOTS or len(set(ids)) != len(ids):
        fields.fail("lots", f"from 1 to {MOST_LOTS} lots are needed, each id once")
    bundles = (
        tuple(_bundle(bundle, places, ids) for bundle in fields.objects("bundles"))
        if fields.has("bundles")
        else ()
    )
    fewest = _fewest(fields.inner("fewest_lots")) if fields.has("fewest_lots") else None
    if (bundles or fewest) and rule.method != "optimal":
        fields.fail("rule.method", "bundles and least numbers of lots need the optimal method")
    fields.done()
    return AwardCase(rule, unit, places, lots, bundles, fewest)


def write_proposal(
    rule: AwardRule, own: Proposal, other: Proposal | None, unit: str, places: int
) -> dict[str, JsonValue]:
    """The proposal with its reasons, and what the other method would have given; costs as decimal text."""
    return {
        "v": VERSION,
        "rule": write_rule(rule),
        "unit": unit,
        "proposal": _proposal(own, places),
        "other": None if other is None else _proposal(other, places),
        "difference": None if other is None else write_units(other.total - own.total, places),
    }


def _proposal(proposal: Proposal, places: int) -> dict[str, JsonValue]:
    return {
        "method": proposal.method,
        "total": write_units(proposal.total, places),
        "awards": [_award(award, places) for award in proposal.awards],
        "discounts": [
            {"bidder": one.bidder, "lots": list(one.lots), "discount": write_units(one.amount, places)}
            for one in proposal.discounts
        ],
    }


def _award(award: LotAward, places: int) -> dict[str, JsonValue]:
    return {
        "lot": award.lot,
        "bidder": award.bidder,
        "place": award.place,
        "cost": None if award.cost is None else write_units(award.cost, places),
        "passed": [_passed(one, places) for one in award.passed],
    }


def _passed(one: PassedOver, places: int) -> dict[str, JsonValue]:
    return {
        "bidder": one.bidder,
        "place": one.place,
        "holds": list(one.holds),
        "raises_by": None if one.raises_by is None else write_units(one.raises_by, places),
    }


def _lot(fields: Fields, places: int) -> Lot:
    id = fields.text("id", LONGEST_ID)
    offers = tuple(_offer(offer, places) for offer in fields.objects("offers"))
    bidders = [offer.bidder for offer in offers]
    if len(set(bidders)) != len(bidders) or len(bidders) > MOST_BIDDERS:
        fields.fail("offers", f"at most {MOST_BIDDERS} offers are allowed, one of each bidder")
    fields.done()
    return Lot(id, offers)


def _offer(fields: Fields, places: int) -> Offer:
    offer = Offer(fields.text("bidder", LONGEST_ID), _units(fields, "cost", places))
    fields.done()
    return offer


def _bundle(fields: Fields, places: int, known: list[str]) -> Bundle:
    lots = fields.list("lots")
    if len(lots) < 2 or any(lot not in known or lots.count(lot) > 1 for lot in lots):
        fields.fail("lots", "two lots of this file or more are needed, each once")
    bundle = Bundle(
        fields.text("bidder", LONGEST_ID), frozenset(map(str, lots)), _units(fields, "discount", places)
    )
    fields.done()
    return bundle


def _fewest(fields: Fields) -> dict[str, int]:
    return {str(bidder): fields.whole(bidder, 1, MOST_LOTS) for bidder in sorted(fields.data)}


def _units(fields: Fields, key: str, places: int) -> int:
    try:
        return read_units(fields.text(key, 40), places)
    except BadPrice as refusal:
        fields.fail(key, str(refusal.facts["why"]))
