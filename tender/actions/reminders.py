"""Reminders to bidders whose file is uploaded and not submitted. They are a help, never a legal moment.

The sweep asks for each once; a job sends it. The log hears of a draft only when it is over, a day after the closing: a
line at the moment of a reminder would tell that somebody bids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from accounts import queries as accounts
from accounts.contacts import Contact
from accounts.duties import Duty
from crypto.canonical import JsonValue
from kernel.ids import new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from tender import queries
from tender.actions import uploads
from tender.drafts import AFTER_CLOSING, REMINDERS, due_reminder
from tender.records import ReminderRecord, TenderRecord, UploadRecord

FIRST = timedelta(minutes=max(REMINDERS))


@dataclass(frozen=True)
class Reminder:
    """A reminder before it is sent: until when bids are taken, and whom it reaches."""

    reminder_id: str
    closes_at: datetime
    contacts: Sequence[tuple[str, Contact]]
    """by person"""


def ask_for_reminders(session: Session, now: datetime) -> int:
    """Ask for every reminder that is due and was not asked for yet; returns how many."""
    due: dict[tuple[str, str, datetime], int] = {}
    for draft in uploads.open_drafts(session, now=now, closes_before=now + FIRST):
        closes_at = draft.tender.closes_at
        assert closes_at is not None
        minutes = due_reminder(draft.upload.begun_at, closes_at, now)
        if minutes is not None and not draft.has_bid:
            key = (draft.tender.id, draft.upload.bidder_id, closes_at)
            due[key] = min(minutes, due.get(key, minutes))
    asked = 0
    for (tender_id, bidder_id, closes_at), minutes in due.items():
        asked += _ask_once(session, tender_id, bidder_id, closes_at, minutes, now)
    return asked


def _ask_once(
    session: Session, tender_id: str, bidder_id: str, closes_at: datetime, minutes: int, now: datetime
) -> bool:
    queries.tender(session, tender_id, lock=True)  # of two sweeps side by side, one asks
    known = select(ReminderRecord.id).where(
        ReminderRecord.tender_id == tender_id,
        ReminderRecord.bidder_id == bidder_id,
        ReminderRecord.closes_at == closes_at,
        ReminderRecord.minutes == minutes,
    )
    if session.exec(known).first() is not None:
        return False
    record = ReminderRecord(
        id=new_id(),
        tender_id=tender_id,
        bidder_id=bidder_id,
        closes_at=closes_at,
        minutes=minutes,
        asked_at=now,
    )
    session.add(record)
    outbox.enqueue(session, "remind_bidder", {"reminder_id": record.id}, now=now)
    return True


def reminder(session: Session, reminder_id: str, now: datetime) -> Reminder | None:
    """A reminder that is still true; None when it was sent, a bid stands, the draft is gone or the closing moved."""
    record = session.get(ReminderRecord, reminder_id)
    if record is None or record.sent_at is not None:
        return None
    drafts = [
        draft
        for draft in uploads.open_drafts(session, bidder_id=record.bidder_id, now=now)
        if (draft.tender.id, draft.tender.closes_at) == (record.tender_id, record.closes_at)
    ]
    if all(draft.has_bid for draft in drafts):
        return None
    people = accounts.members_with_duty(session, record.bidder_id, Duty.BIDDER)
    contacts = [(person_id, accounts.contact(session, person_id)) for person_id in people]
    return Reminder(record.id, record.closes_at, contacts)


def keep_sent(session: Session, *, reminder_id: str, people: int, now: datetime) -> None:
    """Note that a reminder went out, and to how many."""
    record = session.get_one(ReminderRecord, reminder_id)
    record.sent_at, record.people = now, people
    session.add(record)


def log_ended_draft(session: Session, upload: UploadRecord, now: datetime) -> None:
    """Write into the log that a file was uploaded and never submitted, once its tender is long closed."""
    tender = session.get_one(TenderRecord, upload.tender_id)
    if tender.closes_at is None or now < tender.closes_at + AFTER_CLOSING:
        return
    sent = select(ReminderRecord.minutes).where(
        ReminderRecord.tender_id == upload.tender_id,
        ReminderRecord.bidder_id == upload.bidder_id,
        ReminderRecord.closes_at == tender.closes_at,
        col(ReminderRecord.sent_at).is_not(None),
    )
    reminded: list[JsonValue] = []
    reminded.extend(sorted(session.exec(sent), reverse=True))
    data: dict[str, JsonValue] = {
        "state": "complete" if upload.stored_at else "incomplete",
        "received": upload.received,
        "size": upload.size,
        "reminded_minutes_before": reminded,
    }
    audit_log.append(session, Fact("upload.not-submitted", upload.id, data=data), now)
