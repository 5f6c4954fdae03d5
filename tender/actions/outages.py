"""The ledger of outages: a pulse while the platform can be used; its gaps are outages, and closing times move by rule.

Nobody decides anything here: the pulse that comes first after a gap writes the outage down, moves every closing time
that the published rules move, and signs the certificate, all in one transaction.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from approval.queries.calendar import calendar
from crypto.canonical import canonical
from crypto.signatures import sign_statement
from kernel.clock import write_time
from kernel.ids import new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from tender import queries
from tender.actions.publish import issue_notice
from tender.lifecycle import Stage
from tender.outages import STATEMENT, Outage, certificate_body, moved_closing, read_rule
from tender.records import OutageRecord, PulseRecord, TenderRecord

THE_PULSE = 1
GAP = timedelta(seconds=30)  # several pulses; a restart that is shorter is no outage


def beat(session: Session, *, keys: PlatformKeys, cause: str, now: datetime) -> OutageRecord | None:
    """One pulse; the outage where the last one lies too far back. `cause` is what the pulse knows of a gap."""
    found = select(PulseRecord).where(PulseRecord.id == THE_PULSE).with_for_update()
    pulse = session.exec(found).one_or_none()
    if pulse is None:
        session.add(PulseRecord(id=THE_PULSE, at=now))
        return None
    last = pulse.at
    pulse.at = max(now, last)
    session.add(pulse)
    return _record(session, keys, Outage(last, now), cause, now) if now - last > GAP else None


def is_down(session: Session, now: datetime) -> bool:
    """Whether the pulse is missing: then a closing time may still move, and nothing may rest on it."""
    pulse = session.get(PulseRecord, THE_PULSE)
    return pulse is not None and now - pulse.at > GAP


def _record(session: Session, keys: PlatformKeys, outage: Outage, cause: str, now: datetime) -> OutageRecord:
    found = select(TenderRecord).where(TenderRecord.stage == Stage.PUBLISHED).order_by(col(TenderRecord.id))
    moved: dict[str, tuple[datetime, datetime]] = {}
    for tender in session.exec(found.with_for_update()):
        assert tender.closes_at is not None
        later = (
            moved_closing(tender.closes_at, outage, read_rule(tender.outage_rule), calendar(session))
            if tender.outage_rule is not None
            else None
        )
        if later is not None:
            moved[tender.id] = (tender.closes_at, later)
            _move(session, tender, outage, later, now)
        elif tender.closes_at <= now:  # the job that records the closing found the platform down, and is gone
            outbox.enqueue(session, "close_tender", {"tender_id": tender.id}, now=now)
    certificate = sign_statement(keys.receipts, STATEMENT, certificate_body(outage, cause, moved))
    digest = sha256(canonical(certificate)).hexdigest()
    record = OutageRecord(
        id=new_id(),
        began_at=outage.began_at,
        ended_at=outage.ended_at,
        cause=cause,
        moved=len(moved),
        certificate=certificate,
        recorded_at=now,
    )
    session.add(record)
    audit_log.append(session, Fact("outage.recorded", record.id, None, {"certificate": digest}), now)
    return record


def _move(session: Session, tender: TenderRecord, outage: Outage, later: datetime, now: datetime) -> None:
    """A new version of the notice with the later closing time, as the published rule demands."""
    span = f"{write_time(outage.began_at)} – {write_time(outage.ended_at)}"
    changes = (
        f"平台于 {span} 不可用，按公告载明的规则顺延截止时间。"
        f" The platform was unavailable {span}; the closing time moves by the published rule."
    )
    limit = int(queries.current_notice(session, tender.id).body["sealing"]["limit_bytes"])
    tender.closes_at = later
    issue_notice(session, tender, limit, "tender.amended", changes, now)
