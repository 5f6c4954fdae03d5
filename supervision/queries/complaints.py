"""Selects over complaints and opinions."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from kernel.errors import NotFound
from supervision.records import ComplaintEventRecord, ComplaintRecord, OpinionRecord


def complaint(session: Session, complaint_id: str, *, lock: bool = False) -> ComplaintRecord:
    """One complaint; raises NotFound."""
    wanted = select(ComplaintRecord).where(ComplaintRecord.id == complaint_id)
    found = session.exec(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound(what="complaint", id=complaint_id)
    return found


def find_by_number(session: Session, number: str) -> ComplaintRecord | None:
    """The complaint with this number."""
    wanted = select(ComplaintRecord).where(ComplaintRecord.number == number.strip().upper())
    return session.exec(wanted).one_or_none()


def page(
    session: Session,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
    sites: frozenset[str] | None = None,
    **equal: str,
) -> list[ComplaintRecord]:
    """Complaints about cases and tenders alike, newest first; empty values ask nothing."""
    rows = select(ComplaintRecord)
    for name, value in equal.items():
        if value:
            rows = rows.where(getattr(ComplaintRecord, name) == value)
    if sites is not None:
        rows = rows.where(col(ComplaintRecord.site_code).in_(sites))
    if after:
        moment, complaint_id = after
        earlier = col(ComplaintRecord.made_at) < moment
        same: Any = (col(ComplaintRecord.made_at) == moment) & (ComplaintRecord.id < complaint_id)
        rows = rows.where(earlier | same)
    ordered = rows.order_by(col(ComplaintRecord.made_at).desc(), col(ComplaintRecord.id).desc())
    return list(session.exec(ordered.limit(limit)))


def complaint_events(session: Session, complaint_id: str) -> list[ComplaintEventRecord]:
    """The life of a complaint, in order."""
    rows = select(ComplaintEventRecord).where(ComplaintEventRecord.complaint_id == complaint_id)
    return list(session.exec(rows.order_by(col(ComplaintEventRecord.sequence))))


def opinions(session: Session, person_id: str = "") -> list[OpinionRecord]:
    """What monitors wrote, newest first; of one of them where a person is given."""
    rows = select(OpinionRecord).order_by(col(OpinionRecord.made_at).desc()).limit(200)
    return list(session.exec(rows.where(OpinionRecord.person_id == person_id) if person_id else rows))


def opinion(session: Session, opinion_id: str) -> OpinionRecord:
    """One opinion; raises NotFound."""
    found = session.get(OpinionRecord, opinion_id)
    if found is None:
        raise NotFound(what="opinion", id=opinion_id)
    return found
