"""The centre office brings in a notice about working days; every open case is then counted anew."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.calendar import DayRow, changes, check_rows, notice_body
from approval.queries.calendar import calendar
from approval.records.calendar import CalendarDayRecord, CalendarImportRecord
from crypto.canonical import JsonValue, canonical
from kernel.ids import new_id
from kernel.working_days import ChangedDay
from storage import audit_log, outbox
from storage.audit_log import Fact


def import_calendar(
    session: Session, *, actor: Actor, rows: Sequence[DayRow], notice_no: str, now: datetime
) -> tuple[ChangedDay, ...]:
    """Take over the days of a notice, all or none; returns those that are new or changed."""
    actor.require(Duty.CENTRE_OFFICE)
    notice_no = notice_no.strip()
    before = calendar(session)
    check_rows(before, rows, notice_no)
    changed = changes(before, rows, notice_no)
    if not changed:
        return ()
    digest = sha256(canonical(notice_body(rows, notice_no))).digest()
    made = CalendarImportRecord(
        id=new_id(), notice_no=notice_no, digest=digest, imported_by=actor.person_id, imported_at=now
    )
    session.add(made)
    session.flush()
    for row in changed:
        session.merge(
            CalendarDayRecord(day=row.day, is_working=row.is_working, notice_no=notice_no, import_id=made.id)
        )
    session.flush()
    data: dict[str, JsonValue] = {"notice_no": notice_no, "digest": digest.hex(), "changed": len(changed)}
    audit_log.append(session, Fact("calendar.imported", made.id, data=data), now)
    outbox.enqueue(session, "recompute_due_dates", {"import_id": made.id, "notice_no": notice_no}, now=now)
    return changed
