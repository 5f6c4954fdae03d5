"""Selects over the ledger of outages."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from tender.records import OutageRecord

KEPT_IN_SIGHT = timedelta(days=3 * 365)


def recent(session: Session, now: datetime) -> list[OutageRecord]:
    """The outages of the last three years, newest first."""
    found = select(OutageRecord).where(OutageRecord.ended_at > now - KEPT_IN_SIGHT)
    return list(session.exec(found.order_by(col(OutageRecord.ended_at).desc())))
