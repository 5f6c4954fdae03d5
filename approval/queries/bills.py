"""Selects over bills and payments."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from approval.records.fees import BillRecord, PaymentRecord
from kernel.clock import BEIJING, write_time
from kernel.errors import NotFound


def bill_by_number(session: Session, number: str) -> BillRecord:
    """The bill with this number; raises NotFound."""
    found = session.exec(select(BillRecord).where(BillRecord.number == number.strip().upper())).one_or_none()
    if found is None:
        raise NotFound(what="bill", id=number.strip()[:40])
    return found


def payment(session: Session, bill_id: str) -> PaymentRecord | None:
    """The payment of a bill."""
    return session.exec(select(PaymentRecord).where(PaymentRecord.bill_id == bill_id)).one_or_none()


def bill_data(session: Session, bill: BillRecord) -> dict[str, Any]:
    """A bill as its readers see it."""
    paid = payment(session, bill.id)
    return {
        "id": bill.id,
        "number": bill.number,
        "case": bill.case_id,
        "project": bill.project_id,
        "lines": bill.lines,
        "total_fen": bill.total_fen,
        "issued_at": write_time(bill.issued_at),
        "cancelled": bill.cancelled_at is not None,
        "paid_at": write_time(paid.paid_at) if paid else None,
        "channel": paid.channel if paid else None,
    }


def open_bills(session: Session, limit: int = 200) -> list[BillRecord]:
    """Bills that wait for their payment, oldest first."""
    rows = (
        select(BillRecord)
        .outerjoin(PaymentRecord, col(PaymentRecord.bill_id) == BillRecord.id)
        .where(col(BillRecord.cancelled_at).is_(None), col(PaymentRecord.id).is_(None))
    )
    return list(session.exec(rows.order_by(col(BillRecord.issued_at)).limit(limit)))


def paid_on(session: Session, day: date) -> list[tuple[BillRecord, PaymentRecord]]:
    """The bills paid on a day in Beijing."""
    rows = select(BillRecord, PaymentRecord).join(PaymentRecord, col(PaymentRecord.bill_id) == BillRecord.id)
    found = session.exec(rows.order_by(col(PaymentRecord.paid_at))).all()
    return [(bill, paid) for bill, paid in found if paid.paid_at.astimezone(BEIJING).date() == day]


def bill(session: Session, bill_id: str) -> BillRecord:
    """One bill; raises NotFound."""
    found = session.get(BillRecord, bill_id)
    if found is None:
        raise NotFound(what="bill", id=bill_id)
    return found
