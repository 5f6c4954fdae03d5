"""Selects over the stages of an opening: which envelopes open when, what came out of each, the lock of the scores."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, func, select

from crypto.bid_file import Place, places, read_prefixes
from crypto.envelope_prefix import EnvelopePrefix
from crypto.signatures import fingerprint
from tender import queries
from tender.envelopes import ONE_ENVELOPE, EnvelopeTerm, Moment, envelope_key, opens_in_stages, read_envelopes
from tender.opening import BidOutcome, Closing, LockedScores
from tender.records import (
    BidRecord,
    ClosingRecord,
    OpenedBidRecord,
    OpenedEnvelopeRecord,
    OpenerRecord,
    PriceReleaseRecord,
    ReleaseRecord,
    ScoreLockRecord,
    TenderRecord,
)

Prefixes = Mapping[str, EnvelopePrefix]


def envelope_terms(record: TenderRecord) -> tuple[EnvelopeTerm, ...]:
    """The envelopes that a tender asks for."""
    return read_envelopes(record.envelopes or []) or ONE_ENVELOPE


def envelopes(session: Session, tender_id: str, moment: Moment) -> dict[str, Place]:
    """The envelopes that open at a moment, of the bids that count, under the names that openers give them.

    Once the scores are locked these are the envelopes of the bids that came out of the first opening readable.
    """
    kinds = kinds_at(queries.tender(session, tender_id), moment)
    bids = bids_at(session, tender_id, moment)
    return {key: place for bid in bids for key, place in _places(bid, kinds).items()}


def bids_at(session: Session, tender_id: str, moment: Moment) -> list[BidRecord]:
    """The bids of which something opens at a moment, in the order they came in."""
    bids = queries.sealed_bids(session, tender_id)
    if moment is Moment.CLOSING:
        return bids
    readable = readable_bids(session, tender_id)
    return [bid for bid in bids if bid.id in readable]


def waiting_bids(session: Session, tender_id: str, moment: Moment) -> set[str]:
    """The bids that were not opened yet of which something opens at a moment."""
    return {bid.id for bid in bids_at(session, tender_id, moment)} - opened_at(session, tender_id, moment)


def envelopes_of_bid(session: Session, bid: BidRecord, moment: Moment) -> dict[str, Place]:
    """The envelopes of one bid that open at a moment."""
    return _places(bid, kinds_at(queries.tender(session, bid.tender_id), moment))


def kinds_at(record: TenderRecord, moment: Moment) -> set[str]:
    """The kinds of the envelopes that open at a moment."""
    return {term.kind for term in envelope_terms(record) if term.opens is moment}


def _places(bid: BidRecord, kinds: set[str]) -> dict[str, Place]:
    return {
        envelope_key(bid.id, place.prefix.header.kind): place
        for place in places(read_prefixes(bid.prefix))
        if place.prefix.header.kind in kinds
    }


def readable_bids(session: Session, tender_id: str) -> set[str]:
    """The bids of which the first opening could read every envelope."""
    spoiled = select(OpenedEnvelopeRecord.bid_id).where(
        OpenedEnvelopeRecord.tender_id == tender_id,
        col(OpenedEnvelopeRecord.kind).in_(kinds_at(queries.tender(session, tender_id), Moment.CLOSING)),
        OpenedEnvelopeRecord.outcome != BidOutcome.OPENED,
    )
    opened = select(OpenedBidRecord.bid_id).where(
        OpenedBidRecord.tender_id == tender_id, col(OpenedBidRecord.bid_id).not_in(spoiled)
    )
    return set(session.exec(opened))


def prefixes(session: Session, tender_id: str, moment: Moment = Moment.CLOSING) -> dict[str, EnvelopePrefix]:
    """The prefixes of the envelopes that open at a moment, as `envelopes` names them."""
    return {key: place.prefix for key, place in envelopes(session, tender_id, moment).items()}


def score_lock(session: Session, tender_id: str) -> ScoreLockRecord | None:
    """The lock of the technical scores, once the panel's work on them is over."""
    return session.get(ScoreLockRecord, tender_id)


def prices_are_sealed(session: Session, tender_id: str) -> bool:
    """Whether the tender opens in stages and its prices have not been opened yet."""
    lock = score_lock(session, tender_id)
    return stays_sealed(session, tender_id) and (lock is None or lock.recorded_at is None)


def bids_at_work(session: Session, tender_id: str) -> list[tuple[OpenedBidRecord, BidRecord]]:
    """The opened bids that a panel works on: with a price that was read, or readable where prices open later."""
    rows = queries.opened_bids(session, tender_id)
    if stays_sealed(session, tender_id):
        readable = readable_bids(session, tender_id)
        return [(row, bid) for row, bid in rows if bid.id in readable]
    return [(row, bid) for row, bid in rows if row.price_units is not None]


def stays_sealed(session: Session, tender_id: str) -> bool:
    """Whether the tender opens in stages, so that prices stay sealed while the panel scores."""
    return opens_in_stages(envelope_terms(queries.tender(session, tender_id)))


def opened_envelopes(session: Session, tender_id: str) -> dict[str, list[OpenedEnvelopeRecord]]:
    """What came out of single envelopes, by bid, in the order in which they open."""
    found = select(OpenedEnvelopeRecord).where(OpenedEnvelopeRecord.tender_id == tender_id)
    by_bid: dict[str, list[OpenedEnvelopeRecord]] = {}
    kinds = [term.kind for term in envelope_terms(queries.tender(session, tender_id))]
    for row in sorted(session.exec(found), key=lambda row: kinds.index(row.kind)):
        by_bid.setdefault(row.bid_id, []).append(row)
    return by_bid


def opened_envelopes_of(session: Session, record: TenderRecord, bid_id: str) -> list[OpenedEnvelopeRecord]:
    """What came out of the envelopes of one bid so far, in the order in which they open."""
    kinds = [term.kind for term in envelope_terms(record)]
    found = session.exec(select(OpenedEnvelopeRecord).where(OpenedEnvelopeRecord.bid_id == bid_id))
    return sorted(found, key=lambda row: kinds.index(row.kind))


def releases_at(
    session: Session, tender_id: str, moment: Moment
) -> Sequence[ReleaseRecord | PriceReleaseRecord]:
    """The releases of what opens at a moment so far, by opener."""
    find = queries.releases if moment is Moment.CLOSING else price_releases
    return find(session, tender_id)


def price_releases(session: Session, tender_id: str) -> list[PriceReleaseRecord]:
    """The releases of the shares of the prices so far, by opener."""
    found = select(PriceReleaseRecord).where(PriceReleaseRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(PriceReleaseRecord.position))))


def locked_value(closing: ClosingRecord, lock: ScoreLockRecord) -> Closing:
    """The closing with the lock of the scores, as the openers sign it when they release the prices."""
    return replace(queries.closing_value(closing), locked=LockedScores(lock.log_size, lock.log_root.hex()))


def opened_at(session: Session, tender_id: str, moment: Moment) -> set[str]:
    """The bids of which all was recorded that opens at a moment."""
    if moment is Moment.CLOSING:
        return set(session.exec(select(OpenedBidRecord.bid_id).where(OpenedBidRecord.tender_id == tender_id)))
    kinds = kinds_at(queries.tender(session, tender_id), moment)
    found = opened_envelopes(session, tender_id)
    return {bid_id for bid_id, parts in found.items() if any(part.kind in kinds for part in parts)}


def count_opened(session: Session, tender_id: str) -> int:
    """How many bids were opened so far."""
    found = select(func.count()).where(OpenedBidRecord.tender_id == tender_id)
    return session.exec(found).one()


def count_sealed(session: Session, tender_id: str) -> int:
    """How many bids count."""
    found = select(func.count()).where(BidRecord.tender_id == tender_id, BidRecord.status == queries.SEALED)
    return session.exec(found).one()


def key_marks(record: OpenerRecord) -> dict[str, Any]:
    """Fingerprints of an opener's keys for pages and facts."""
    return {
        "position": record.position,
        "hpke": fingerprint(record.hpke_public) if record.hpke_public else None,
        "ed25519": fingerprint(record.sign_public) if record.sign_public else None,
    }
