"""Selects over openings that fail: what bidders handed in, declared failures, until when they can be mended."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from tender import queries
from tender.envelopes import Moment, envelope_key
from tender.failures import OpeningRule, last_moment, read_opening_rule
from tender.outages import Outage
from tender.queries import stages
from tender.records import BidRecord, OutageRecord, TenderRecord
from tender.records.failures import OpeningFailureRecord, OwnSecretRecord

SOME_DAYS = timedelta(days=3)


def opening_rule(record: TenderRecord) -> OpeningRule:
    """What a tender says of its opening."""
    return read_opening_rule(record.opening_rule or {})


def moment_of(session: Session, tender_id: str) -> Moment:
    """Which envelopes open now, or opened last."""
    return Moment.CLOSING if stages.score_lock(session, tender_id) is None else Moment.SCORES_LOCKED


def own_parts_until(session: Session, tender_id: str, moment: Moment) -> datetime | None:
    """The last moment for bidders' own parts; None where the tender needs none, or the time has not begun."""
    record = queries.tender(session, tender_id)
    minutes, lock = opening_rule(record).bidder_also, stages.score_lock(session, tender_id)
    locked_at = lock.locked_at if lock else None
    begins_at = record.closes_at if moment is Moment.CLOSING else locked_at
    if minutes is None or begins_at is None:
        return None
    return last_moment(begins_at, minutes, outages_near(session, begins_at))


def outages_near(session: Session, at: datetime) -> list[Outage]:
    """The outages that may lie in a time that begins then."""
    found = select(OutageRecord).where(OutageRecord.ended_at > at, OutageRecord.began_at < at + SOME_DAYS)
    return [Outage(row.began_at, row.ended_at) for row in session.exec(found)]


def own_secrets(session: Session, bid_id: str) -> dict[tuple[str, str], bytes]:
    """What the bidder handed in for the envelopes of a bid, by kind of envelope and what it is."""
    found = select(OwnSecretRecord).where(OwnSecretRecord.bid_id == bid_id)
    return {(row.kind, row.what): row.secret for row in session.exec(found)}


def secrets_of_tender(session: Session, tender_id: str) -> dict[str, dict[str, bytes]]:
    """All that was handed in for a tender, by envelope as the openers name it and what it is."""
    found = select(OwnSecretRecord).join(BidRecord, col(BidRecord.id) == OwnSecretRecord.bid_id)
    by_envelope: dict[str, dict[str, bytes]] = {}
    for row in session.exec(found.where(BidRecord.tender_id == tender_id)):
        by_envelope.setdefault(envelope_key(row.bid_id, row.kind), {})[row.what] = row.secret
    return by_envelope


def failure(session: Session, failure_id: str, *, lock: bool = False) -> OpeningFailureRecord | None:
    """One failure."""
    return session.get(OpeningFailureRecord, failure_id, with_for_update=lock)


def failures(session: Session, tender_id: str) -> list[OpeningFailureRecord]:
    """The failures of a tender's openings, oldest first."""
    found = select(OpeningFailureRecord).where(OpeningFailureRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(OpeningFailureRecord.declared_at))))


def unconfirmed(session: Session, limit: int) -> list[str]:
    """The tenders that have a failure which waits for a supervisor."""
    found = select(OpeningFailureRecord.tender_id).where(col(OpeningFailureRecord.until).is_(None))
    return list(session.exec(found.distinct().limit(limit)))


def failure_of(session: Session, tender_id: str, bid_id: str, moment: Moment) -> OpeningFailureRecord | None:
    """The confirmed failure that a bid is under at this moment, the one that can be mended longest."""
    found = [
        row
        for row in failures(session, tender_id)
        if row.until is not None and row.moment == moment and row.bid_id in (None, bid_id)
    ]
    return max(found, key=lambda row: row.until or row.declared_at, default=None)
