"""Selects over the blind step (暗标): whether names are still hidden, the parts by label, the members' points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from evaluation.blind import names_of
from evaluation.queries import judging
from evaluation.records.blind import BlindLotRecord, BlindPartRecord, BlindSheetRecord
from evaluation.rulebook import Rulebook
from evaluation.rulebook.criteria import EXPERTS
from kernel.errors import BadInput, NotFound, Refused
from tender import queries as tenders
from tender.queries import stages

MOST_NAMES = 400  # names that are looked for in one bid; each counts twice, whole and without its legal form


@dataclass(frozen=True)
class PartTask:
    """One opened bid whose technical text is to be laid out, and the names to look for."""

    bid_id: str
    contents: bytes
    names: tuple[str, ...]


def blind_rules(rules: Rulebook) -> Rulebook:
    """The rulebook as it is for a label: only the groups that are scored blind."""
    groups = [
        replace(group, criteria=tuple(one for one in group.criteria if one.scored_by == EXPERTS))
        for group in rules.groups
        if group.blind
    ]
    return replace(rules, groups=tuple(group for group in groups if group.criteria))


def blind_lots(session: Session, tender_id: str) -> set[str]:
    """The lots whose rulebook, their own or the tender's, has a group that is scored under labels."""
    of_tender, found = tenders.tender(session, tender_id).rulebook, set()
    for lot in tenders.lots(session, tender_id):
        written = of_tender if lot.rulebook is None else lot.rulebook
        if written is not None and any(group.get("blind") for group in written["groups"]):
            found.add(lot.id)
    return found


def is_hidden(session: Session, tender_id: str) -> bool:
    """Whether the panel may not yet know whose bid is whose.

    True for all lots until every lot with a blind step is revealed: bidders often bid for several lots.
    """
    wanted = bids_by_lot(session, tender_id)
    revealed = {row.lot_id for row in lots(session, tender_id) if row.revealed_at} if wanted else set()
    return bool(wanted.keys() - revealed)


def check_revealed(session: Session, tender_id: str) -> None:
    """Raise Refused while the panel may not yet know whose bid is whose."""
    if is_hidden(session, tender_id):
        why = (
            "the panel first scores the blind parts under their labels; names and files are shown after that"
        )
        raise Refused(rule="blind-first", why=why)


def check_revealed_to(session: Session, actor: Actor, tender_id: str) -> None:
    """Raise Refused for a member of the panel while names are hidden."""
    if actor.holds(Duty.EXPERT):
        check_revealed(session, tender_id)


def bids_by_lot(session: Session, tender_id: str) -> dict[str, list[str]]:
    """The bids that the panel works on, by lot with a blind step; lots without such a bid are left out."""
    wanted = blind_lots(session, tender_id)
    found: dict[str, list[str]] = {}
    for _, bid in stages.bids_at_work(session, tender_id) if wanted else ():
        if bid.lot_id in wanted:
            found.setdefault(bid.lot_id, []).append(bid.id)
    return found


def part_task(session: Session, bid_id: str) -> PartTask | None:
    """What the job needs of a bid; None when its part was made before."""
    tender_id = tenders.bid(session, bid_id).tender_id
    opened = tenders.opened_bids(session, tender_id)
    row, bid = next((row, bid) for row, bid in opened if bid.id == bid_id)
    if row.contents_digest is None or is_made(session, bid.lot_id, bid_id):
        return None
    bidders = {one.bidder_id for _, one in opened}
    names = accounts.organisation_names(session, bidders)
    people = accounts.member_names(session, bidders)
    own = [names[bid.bidder_id], *people[bid.bidder_id]]
    others = [*names.values(), *(one for id in sorted(people) for one in people[id])]
    wanted = [one for one in dict.fromkeys([*own, *others]) if is_name(one)]
    return PartTask(bid_id, row.contents_digest, tuple(wanted[:MOST_NAMES]))


def is_name(text: str) -> bool:
    """Whether a name is long enough to be looked for."""
    try:
        return bool(names_of([text]))
    except BadInput:
        return False


def is_made(session: Session, lot_id: str, bid_id: str) -> bool:
    """Whether the plain part of a bid exists, under its bid or a label already."""
    if session.get(BlindLotRecord, lot_id) is not None:
        return True
    found = select(BlindPartRecord.id).where(BlindPartRecord.bid_id == bid_id)
    return session.exec(found.limit(1)).first() is not None


def lots(session: Session, tender_id: str) -> list[BlindLotRecord]:
    """The labelled lots of a tender."""
    found = select(BlindLotRecord).where(BlindLotRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(BlindLotRecord.lot_id))))


def lot(session: Session, tender_id: str, lot_id: str) -> BlindLotRecord:
    """One labelled lot; raises NotFound."""
    record = session.get(BlindLotRecord, lot_id)
    if record is None or record.tender_id != tender_id:
        raise NotFound(what="blind parts of lot", id=lot_id)
    return record


def parts(session: Session, tender_id: str) -> list[BlindPartRecord]:
    """Every plain part of a tender, by lot and label."""
    found = select(BlindPartRecord).where(BlindPartRecord.tender_id == tender_id)
    order = (col(BlindPartRecord.lot_id), col(BlindPartRecord.label), col(BlindPartRecord.id))
    return list(session.exec(found.order_by(*order)))


def part(session: Session, tender_id: str, lot_id: str, label: int) -> BlindPartRecord:
    """The plain part under a label; raises NotFound."""
    found = select(BlindPartRecord).where(BlindPartRecord.lot_id == lot_id, BlindPartRecord.label == label)
    record = session.exec(found).one_or_none()
    if record is None or record.tender_id != tender_id:
        raise NotFound(what="blind part", id=label)
    return record


def sheet(
    session: Session, lot_id: str, label: int, seat: str, *, lock: bool = False
) -> BlindSheetRecord | None:
    """One member's points for a label, if they were begun."""
    found = select(BlindSheetRecord).where(
        BlindSheetRecord.lot_id == lot_id, BlindSheetRecord.label == label, BlindSheetRecord.seat == seat
    )
    return session.exec(found.with_for_update() if lock else found).one_or_none()


def sheets(session: Session, lot_id: str, seat: str | None = None) -> Sequence[BlindSheetRecord]:
    """The points for the labels of a lot, of one member or of all."""
    found = select(BlindSheetRecord).where(BlindSheetRecord.lot_id == lot_id)
    if seat is not None:
        found = found.where(BlindSheetRecord.seat == seat)
    return list(session.exec(found.order_by(col(BlindSheetRecord.label), col(BlindSheetRecord.seat))))


def sheets_missing(session: Session, record: BlindLotRecord) -> int:
    """How many signatures a lot lacks before it can be revealed."""
    seats = set(judging.seats(session, record.tender_id))
    signed = [one for one in sheets(session, record.lot_id) if one.signed_at and one.seat in seats]
    return len(seats) * record.labels - len(signed)


def fixed_points(session: Session, rules: Rulebook, bid_id: str, seat: str) -> Mapping[str, str]:
    """The points that a member gave a bid under its label, once it is revealed; they stand."""
    if not any(group.blind for group in rules.groups):
        return {}
    found = (
        select(BlindSheetRecord)
        .join(
            BlindPartRecord,
            (col(BlindPartRecord.lot_id) == BlindSheetRecord.lot_id)
            & (col(BlindPartRecord.label) == BlindSheetRecord.label),
        )
        .where(BlindPartRecord.bid_id == bid_id, BlindSheetRecord.seat == seat)
    )
    record = session.exec(found).one_or_none()
    return record.points if record is not None else {}


def fixed_criteria(session: Session, rules: Rulebook, lot_id: str, seat: str) -> list[str]:
    """The criteria that a member scored under labels in a lot; a member who came later scores them openly."""
    if not any(group.blind for group in rules.groups) or not sheets(session, lot_id, seat):
        return []
    return [criterion.id for criterion in blind_rules(rules).expert_criteria]
