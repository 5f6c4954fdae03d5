"""One bill for a case or a whole project, paid once at one place; a refused charge leaves its trace."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from accounts.duties import Actor, Duty
from approval.applicant import letters
from approval.fees import Charge, bill_line, total_fen
from approval.queries import cases
from approval.records.cases import AttemptRecord, CaseRecord
from approval.records.fees import BillRecord, FeeAttemptRecord, PaymentRecord
from crypto.canonical import JsonValue
from kernel.errors import BadInput, NotFound, Refused, TenderingError, UnlistedFee
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log, outbox
from storage.audit_log import Fact


def issue_bill(
    session: Session,
    *,
    actor: Actor,
    charges: Sequence[tuple[str, Charge]],
    project_id: str | None = None,
    now: datetime,
) -> BillRecord:
    """Issue one bill over all charges, given as (case id, charge).

    Raises:
        UnlistedFee: the schedule does not allow a charge; the door then keeps the attempt.
    """
    actor.require(Duty.WINDOW_STAFF, Duty.CASHIER)
    if not charges:
        raise BadInput(where="charges", why="name at least one fee")
    lines, billed = [], []
    for case_id, charge in charges:
        case = cases.lock_case(session, case_id)
        if project_id and case.project_id != project_id:
            raise Refused(rule="one bill", why="this case belongs to another project")
        if case.bill_id is not None:
            raise Refused(rule="one bill", why="this case stands on another bill already")
        billed.append(case)
        lines.append(
            {**bill_line(cases.version(session, case.version_id), charge).as_data(), "case_id": case_id}
        )
    bill = BillRecord(
        id=new_id(),
        number=f"B{business_day(now):%Y%m%d}-{letters(secrets.token_bytes(6))}",
        case_id=None if project_id else charges[0][0],
        project_id=project_id,
        lines=lines,
        total_fen=total_fen(lines),
        issued_by=actor.person_id,
        issued_at=now,
    )
    session.add(bill)
    for case in billed:
        case.bill_id = bill.id
    data: dict[str, JsonValue] = {
        "number": bill.number,
        "total_fen": str(bill.total_fen),
        "lines": len(lines),
    }
    audit_log.append(session, Fact("bill.issued", bill.id, data=data), now)
    return bill


def cancel_bill(session: Session, *, actor: Actor, bill_id: str, now: datetime) -> None:
    """Take back a bill that nobody has paid."""
    actor.require(Duty.WINDOW_STAFF, Duty.CASHIER)
    bill = find_bill(session, bill_id)
    if payment_of(session, bill.id):
        raise Refused(rule="one bill", why="it was paid")
    bill.cancelled_at = now
    for case in session.exec(select(CaseRecord).where(CaseRecord.bill_id == bill.id)):
        case.bill_id = None
    audit_log.append(session, Fact("bill.cancelled", bill.id), now)


def record_payment(
    session: Session,
    *,
    bill_number: str,
    channel: str,
    reference: str,
    amount_fen: int,
    by: str,
    now: datetime,
) -> PaymentRecord:
    """Note a payment that the bank or the fee window tells of; told again, it is the same payment.

    Raises:
        Refused: another amount than the bill's, or a second payment.
    """
    known = session.exec(
        select(PaymentRecord).where(PaymentRecord.channel == channel, PaymentRecord.reference == reference)
    ).one_or_none()
    bill = session.exec(
        select(BillRecord).where(BillRecord.number == bill_number).with_for_update()
    ).one_or_none()
    if bill is None or bill.cancelled_at is not None:
        raise NotFound(what="bill", id=bill_number)
    if known is not None:
        if (known.bill_id, known.amount_fen) != (bill.id, amount_fen):
            raise Refused(rule="one payment", why="this reference was used for another payment")
        return known
    if payment_of(session, bill.id):
        raise Refused(rule="one payment", why="this bill is paid; pay back what came twice")
    if amount_fen != bill.total_fen:
        raise Refused(rule="exact amount", why=f"the bill is over {bill.total_fen} fen")
    payment = PaymentRecord(
        id=new_id(),
        bill_id=bill.id,
        channel=channel,
        reference=reference,
        amount_fen=amount_fen,
        paid_at=now,
        recorded_by=by,
    )
    session.add(payment)
    data: dict[str, JsonValue] = {"bill": bill.number, "amount_fen": str(amount_fen), "channel": channel}
    audit_log.append(session, Fact("bill.paid", bill.id, data=data), now)
    outbox.enqueue(session, "make_bill", {"bill_id": bill.id}, now=now)
    return payment


def take_payment(
    session: Session, *, actor: Actor, bill_number: str, amount_fen: int, now: datetime
) -> PaymentRecord:
    """Take a payment at the fee window: the only place in the hall where money is taken."""
    actor.require(Duty.CASHIER)
    reference = f"cash-{bill_number}"
    return record_payment(
        session,
        bill_number=bill_number,
        channel="cashier",
        reference=reference,
        amount_fen=amount_fen,
        by=actor.person_id,
        now=now,
    )


def find_bill(session: Session, bill_id: str) -> BillRecord:
    """One bill; raises NotFound."""
    bill = session.get(BillRecord, bill_id)
    if bill is None:
        raise NotFound(what="bill", id=bill_id)
    return bill


def payment_of(session: Session, bill_id: str) -> PaymentRecord | None:
    """The payment of a bill."""
    return session.exec(select(PaymentRecord).where(PaymentRecord.bill_id == bill_id)).one_or_none()


def keep_attempt(
    session: Session, *, actor: Actor | None, case_id: str, act: str, error: TenderingError, now: datetime
) -> None:
    """Keep what a rule refused, after its transaction was rolled back; some attempts raise a card."""
    by = actor.person_id if actor else "system"
    case: CaseRecord = cases.case(session, case_id)
    session.add(
        AttemptRecord(
            id=new_id(),
            case_id=case.id,
            act=act,
            code=error.code,
            why=str(error.facts.get("rule") or error.facts.get("why") or "")[:400],
            tried_by=by,
            at=now,
        )
    )
    if isinstance(error, UnlistedFee):
        session.add(
            FeeAttemptRecord(
                id=new_id(),
                case_id=case.id,
                fee_code=str(error.facts["fee"])[:40],
                amount_fen=0,
                why=str(error.facts["why"]),
                tried_by=by,
                at=now,
            )
        )
    case.next_check = now
    audit_log.append(session, Fact("case.refused", case.id, data={"act": act, "code": error.code}), now)
