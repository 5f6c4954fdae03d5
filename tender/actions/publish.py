"""Publishing and amending: the notice is frozen, hashed and logged; the closing is scheduled as a convenience."""

from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue
from storage import audit_log, outbox
from storage.audit_log import Fact
from tender import queries
from tender.actions.draft import own_tender
from tender.clarification import check_amendment, check_text
from tender.lifecycle import Move, Stage, after
from tender.notice import check_complete, notice_body, notice_digest
from tender.records import NoticeRecord, TenderRecord
from tender.timetable import Periods, Timetable


def publish(
    session: Session, *, actor: Actor, tender_id: str, bid_limit_bytes: int, now: datetime
) -> NoticeRecord:
    """Publish a complete draft; raises IncompleteNotice with everything that is missing."""
    record = own_tender(session, actor, tender_id)
    stage = after(Stage(record.stage), Move.PUBLISH)
    check_complete(queries.draft(session, record, bid_limit_bytes), now)
    record.stage, record.published_at = stage, now
    return issue_notice(session, record, bid_limit_bytes, "tender.published", "", now)


def amend(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    changes: str,
    timetable: Timetable,
    shortening_reason: str,
    bid_limit_bytes: int,
    now: datetime,
) -> NoticeRecord:
    """Publish an addendum; the closing time may only move later (招标投标法 art. 23)."""
    record = own_tender(session, actor, tender_id)
    record.stage = after(Stage(record.stage), Move.AMEND)
    old = queries.timetable(record)
    assert old is not None
    check_amendment(old, timetable, Periods(**record.periods), shortening_reason, now)
    record.questions_until, record.closes_at = timetable.questions_until, timetable.closes_at
    record.settle_seconds = timetable.settle_seconds
    record.shortening_reason = shortening_reason or record.shortening_reason
    return issue_notice(
        session, record, bid_limit_bytes, "tender.amended", check_text("changes", changes), now
    )


def issue_notice(
    session: Session, record: TenderRecord, bid_limit_bytes: int, kind: str, changes: str, now: datetime
) -> NoticeRecord:
    """Freeze the tender as its next notice, log it, and ask for its closing."""
    version = len(queries.notices(session, record.id)) + 1
    record.version += 1
    session.add(record)
    draft = queries.draft(session, record, bid_limit_bytes)
    body = notice_body(draft, version, now, changes)
    notice = NoticeRecord(
        tender_id=record.id, version=version, body=body, digest=notice_digest(body), published_at=now
    )
    session.add(notice)
    data: dict[str, JsonValue] = {
        "version": version,
        "notice": notice.digest,
        "rulebook": record.rulebook_digest,
    }
    own: dict[str, JsonValue] = {
        str(lot.number): lot.rulebook_digest
        for lot in queries.lots(session, record.id)
        if lot.rulebook_digest
    }
    if own:  # the fact of a tender with one rulebook stays as it was
        data["lot_rulebooks"] = own
    audit_log.append(session, Fact(kind, record.id, record.id, data), now)
    assert draft.timetable is not None
    outbox.enqueue(
        session, "close_tender", {"tender_id": record.id}, now=now, due_at=draft.timetable.close_recorded_from
    )
    return notice
