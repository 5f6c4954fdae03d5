"""Selects over the search for collusion: what is to be read, what was found, what people said of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.field_seal import keyed_digest
from evaluation.collusion.facts import Mark
from evaluation.queries.blind import check_revealed_to
from evaluation.records.collusion import (
    BidFactsRecord,
    MarkRecord,
    RemarkRecord,
    SearchRecord,
    SignalRecord,
)
from evaluation.records.judging import RankingRecord
from expert_pool import queries as experts
from kernel.errors import NotFound
from kernel.money import PriceScale
from tender import queries as tenders
from tender.records import LotRecord, OpenedBidRecord, SubmissionTraceRecord
from tender.traces import SubmissionTrace, open_trace

AT_ONCE = 500  # values of one select


@dataclass(frozen=True)
class ReadingTask:
    """All that is needed to read one opened bid, in one look."""

    bid_id: str
    bidder_id: str
    contents: bytes | None
    bid_json: bytes = field(repr=False)
    trace: SubmissionTrace = field(repr=False)
    scale: PriceScale
    is_done: bool


def reading_task(session: Session, key: bytes, bid_id: str) -> ReadingTask:
    """What is known about one opened bid; raises NotFound before it was opened."""
    opened, bid = session.get(OpenedBidRecord, bid_id), tenders.bid(session, bid_id)
    if opened is None:
        raise NotFound(what="opened bid", id=bid_id)
    seen = session.get(SubmissionTraceRecord, bid_id)
    trace = open_trace(key, bid.submission_id, seen.sealed) if seen else SubmissionTrace("", "")
    scale = tenders.price_scale(tenders.tender(session, bid.tender_id))
    done = session.get(BidFactsRecord, bid_id) is not None
    return ReadingTask(bid_id, bid.bidder_id, opened.contents_digest, opened.bid_json, trace, scale, done)


@dataclass(frozen=True)
class SearchTask:
    """One lot to look at: its bids with their facts, names and prices."""

    tender_id: str
    lot_id: str
    facts: Mapping[str, bytes]
    """the object that holds a bid's facts, by bid"""
    names: Mapping[str, str]
    prices: Mapping[str, int]


def search_tasks(session: Session, tender_id: str) -> tuple[SearchTask, ...]:
    """The lots of a tender that were not looked at yet."""
    opened = tenders.opened_bids(session, tender_id)
    names = accounts.organisation_names(session, {bid.bidder_id for _, bid in opened})
    found = []
    for lot in tenders.lots(session, tender_id):
        if session.get(SearchRecord, lot.id) is None:
            rows = session.exec(select(BidFactsRecord).where(BidFactsRecord.lot_id == lot.id))
            own = [(row, bid) for row, bid in opened if bid.lot_id == lot.id]
            facts = {row.bid_id: row.digest for row in rows}
            found.append(
                SearchTask(
                    tender_id,
                    lot.id,
                    dict(sorted(facts.items())),
                    {bid.id: names[bid.bidder_id] for _, bid in own},
                    {bid.id: row.price_units for row, bid in own if row.price_units is not None},
                )
            )
    return tuple(found)


def unread_bids(session: Session, tender_id: str) -> int:
    """How many opened bids of a tender were not read yet."""
    opened = select(func.count()).where(
        OpenedBidRecord.tender_id == tender_id, col(OpenedBidRecord.contents_digest).is_not(None)
    )
    read = select(func.count()).where(BidFactsRecord.tender_id == tender_id)
    return int(session.exec(opened).one() - session.exec(read).one())


def mark_hash(key: bytes, mark: Mark) -> bytes:
    """A mark as it is kept over all tenders."""
    return keyed_digest(key, f"collusion-{mark.kind}", mark.value)


def bidders_elsewhere(
    session: Session, key: bytes, tender_id: str, marks: Iterable[Mark]
) -> dict[tuple[str, str], set[str]]:
    """The bidders of other tenders that had a mark, by kind and value."""
    hashes = {mark_hash(key, mark): (mark.kind, mark.value) for mark in marks}
    found: dict[tuple[str, str], set[str]] = {}
    wanted = sorted(hashes)
    for start in range(0, len(wanted), AT_ONCE):
        rows = select(MarkRecord.value_hash, MarkRecord.bidder_id).where(
            col(MarkRecord.value_hash).in_(wanted[start : start + AT_ONCE]), MarkRecord.tender_id != tender_id
        )
        for value_hash, bidder_id in session.exec(rows):
            found.setdefault(hashes[value_hash], set()).add(bidder_id)
    return found


def bidders_seen(session: Session, tender_id: str) -> int:
    """How many bidders of other tenders left marks."""
    count = select(func.count(func.distinct(col(MarkRecord.bidder_id))))
    return session.exec(count.where(MarkRecord.tender_id != tender_id)).one()


def find_search(session: Session, lot_id: str) -> SearchRecord | None:
    """What the detectors found in a lot; None until they looked."""
    return session.get(SearchRecord, lot_id)


def signals(session: Session, lot_id: str) -> list[SignalRecord]:
    """The signals of a lot, the weightiest first."""
    found = select(SignalRecord).where(SignalRecord.lot_id == lot_id)
    return list(session.exec(found.order_by(col(SignalRecord.place))))


def signal(session: Session, signal_id: str, *, lock: bool = False) -> SignalRecord:
    """One signal; raises NotFound."""
    found = select(SignalRecord).where(SignalRecord.id == signal_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="signal", id=signal_id)
    return record


def remarks(session: Session, signal_ids: Collection[str]) -> list[RemarkRecord]:
    """What people said of signals, oldest first."""
    found = select(RemarkRecord).where(col(RemarkRecord.signal_id).in_(list(signal_ids)))
    return list(
        session.exec(found.order_by(col(RemarkRecord.at), col(RemarkRecord.kind), col(RemarkRecord.id)))
    )


def undecided(session: Session, limit: int) -> list[tuple[str, int]]:
    """Tenders with signals that no supervisor disposed of yet, and how many; the fullest first."""
    count = func.count()
    rows = (
        select(SignalRecord.tender_id, count)
        .where(SignalRecord.outcome == "")
        .group_by(col(SignalRecord.tender_id))
        .order_by(count.desc(), col(SignalRecord.tender_id))
        .limit(limit)
    )
    return [(tender_id, number) for tender_id, number in session.exec(rows)]


def portfolio(session: Session) -> list[int]:
    """Every price that was ever opened, for Benford's law."""
    rows = select(OpenedBidRecord.price_units).where(col(OpenedBidRecord.price_units).is_not(None))
    return [price for price in session.exec(rows) if price is not None]


def lot_of(session: Session, tender_id: str, lot_id: str) -> LotRecord:
    """A lot of a tender; raises NotFound."""
    found = next((lot for lot in tenders.lots(session, tender_id) if lot.id == lot_id), None)
    if found is None:
        raise NotFound(what="lot", id=lot_id)
    return found


def check_reader(session: Session, actor: Actor, tender_id: str) -> str:
    """Raise unless the actor may read signals: panel and supervisor after the opening, the office after the ranking.

    Returns the seat of a member of the panel, else an empty string.
    """
    actor.require(Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
    tender = tenders.tender(session, tender_id)
    if actor.holds(Duty.SUPERVISOR):
        return ""
    if actor.holds(Duty.EXPERT):
        seat = experts.seat_of(session, tender_id, actor.person_id)
        check_revealed_to(session, actor, tender_id)
        return seat
    ranked = select(func.count()).where(RankingRecord.tender_id == tender_id)
    if tender.tenderer_id != actor.organisation_id or not session.exec(ranked).one():
        raise NotFound(what="signals of tender", id=tender_id)
    return ""
