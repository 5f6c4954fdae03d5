"""Selects over the price checks: what is to be read, what was found, who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from evaluation.price_checks.comparison import Limits
from evaluation.queries import judging
from evaluation.queries.blind import check_revealed_to
from evaluation.records.price_checks import PriceCheckRecord
from expert_pool import queries as experts
from kernel.errors import NotFound
from kernel.money import PriceScale
from tender import queries as tenders

TEMPLATES = ("bill-template", "bill-template-{number}")
ENDINGS = (".csv", ".xlsx")
BILLS = ("bill.csv", "bill.xlsx")


@dataclass(frozen=True)
class OpenedBill:
    """A bid, its announced price, and the file in it that is its bill; empty where it has none."""

    bid_id: str
    contents: bytes | None
    name: str
    price: int | None


@dataclass(frozen=True)
class LotTask:
    """One lot whose bills are to be checked; its template is the object of a document, with its name."""

    lot_id: str
    scale: PriceScale
    template: tuple[str, bytes] | None
    bids: tuple[OpenedBill, ...]
    limits: Limits | None = None
    """of the lot's rulebook; None: the usual ones"""


def lot_tasks(session: Session, tender_id: str) -> tuple[LotTask, ...]:
    """The lots of a tender with a template or a bill that were not checked yet."""
    scale = tenders.price_scale(tenders.tender(session, tender_id))
    documents = {one.name.casefold(): one for one in tenders.documents(session, tender_id)}
    opened = tenders.opened_bids(session, tender_id)
    done = {row.lot_id for row in of_tender(session, tender_id)}
    found = []
    for lot in tenders.lots(session, tender_id):
        names = [stem.format(number=lot.number) + end for stem in reversed(TEMPLATES) for end in ENDINGS]
        template = next((documents[name] for name in names if name in documents), None)
        bids = []
        for row, bid in opened:
            if bid.lot_id == lot.id:
                held = {str(file["name"]) for file in row.files}
                name = next((name for name in BILLS if name in held), "")
                bids.append(OpenedBill(bid.id, row.contents_digest, name, row.price_units))
        if lot.id not in done and bids and (template or any(bid.name for bid in bids)):
            given = (template.name, template.digest) if template else None
            limits = judging.rulebook(session, tender_id, lot.id).price_checks
            found.append(LotTask(lot.id, scale, given, tuple(bids), limits))
    return tuple(found)


def of_tender(session: Session, tender_id: str) -> list[PriceCheckRecord]:
    """What was found in all bids of a tender."""
    found = select(PriceCheckRecord).where(PriceCheckRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(PriceCheckRecord.lot_id), col(PriceCheckRecord.bid_id))))


def of_bid(session: Session, tender_id: str, bid_id: str) -> PriceCheckRecord:
    """What was found in one bid; raises NotFound."""
    found = session.get(PriceCheckRecord, bid_id)
    if found is None or found.tender_id != tender_id:
        raise NotFound(what="price check", id=bid_id)
    return found


def bidder_names(session: Session, tender_id: str) -> Mapping[str, str]:
    """The bidders by bid."""
    bids = [bid for _, bid in tenders.opened_bids(session, tender_id)]
    names = accounts.organisation_names(session, {bid.bidder_id for bid in bids})
    return {bid.id: names[bid.bidder_id] for bid in bids}


def check_reader(session: Session, actor: Actor, tender_id: str) -> str:
    """Raise unless the actor sits on the panel, is of the tender's office, or supervises; returns the seat, if any."""
    actor.require(Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
    tender = tenders.tender(session, tender_id)
    if actor.holds(Duty.EXPERT):
        seat = experts.seat_of(session, tender_id, actor.person_id)
        check_revealed_to(session, actor, tender_id)
        return seat
    if not actor.holds(Duty.SUPERVISOR) and tender.tenderer_id != actor.organisation_id:
        raise NotFound(what="tender", id=tender_id)
    return ""
