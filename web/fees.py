"""Bills and payments over JSON: one bill, paid once; the bank's list compared to the last fen."""

from datetime import date
from typing import Any

from litestar import MediaType, Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from approval.actions import fees
from approval.fees import Charge, bill_rows, read_bank_file, reconcile
from approval.queries import bills, cases
from kernel.clock import write_time
from kernel.errors import BadInput, UnlistedFee
from storage.adapters import Adapters
from storage.database import Session
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class ChargeShape(Shape):
    """One charge: a fee of a case's item; an amount is only compared, never taken over."""

    case: str
    fee: str
    units: int = 1
    amount_fen: int | None = None


class BillRequest(Shape):
    """What one bill is over."""

    charges: tuple[ChargeShape, ...]
    project: str | None = None


class PaymentRequest(Shape):
    """A payment as the bank tells it."""

    bill: str
    reference: str
    amount_fen: int


class BankFile(Shape):
    """A day of the bank's list, as CSV lines `reference,amount in yuan`."""

    day: str
    text: str


@post("/api/bills")
def issue(request: Request[Any, Any, Any], data: JSONBody[BillRequest]) -> Any:
    """Issue one bill; a charge that the schedule does not allow is refused and kept."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.reading() as session:
        charges = read_charges(session, data)
    try:
        return create_once(
            request,
            adapters,
            actor,
            data,
            lambda session: bills.bill_data(
                session,
                fees.issue_bill(
                    session, actor=actor, charges=charges, project_id=data.project, now=adapters.clock.now()
                ),
            ),
        )
    except UnlistedFee as error:
        keep_refused(adapters, actor, charges, error)
        raise


def read_charges(session: Session, data: BillRequest) -> list[tuple[str, Charge]]:
    """The charges of a request, each with the item of its case."""
    return [
        (
            shape.case,
            Charge(cases.case(session, shape.case).item_code, shape.fee, shape.units, shape.amount_fen),
        )
        for shape in data.charges
    ]


def keep_refused(
    adapters: Adapters, actor: Actor, charges: list[tuple[str, Charge]], error: UnlistedFee
) -> None:
    """Keep a refused charge with the case it was tried on; a rule raises a red card for it."""
    case_id = next((c for c, charge in charges if charge.fee_code == error.facts["fee"]), charges[0][0])
    with adapters.database.transaction() as session:
        fees.keep_attempt(
            session, actor=actor, case_id=case_id, act="charge", error=error, now=adapters.clock.now()
        )


@post("/api/bills/{bill_id:str}/cancel", status_code=200)
def cancel(request: Request[Any, Any, Any], bill_id: FromPath[str]) -> dict[str, bool]:
    """Take back a bill that nobody has paid."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        fees.cancel_bill(session, actor=actor, bill_id=bill_id, now=adapters.clock.now())
    return {"cancelled": True}


@get("/api/bills/{number:str}")
def show(request: Request[Any, Any, Any], number: FromPath[str]) -> dict[str, Any]:
    """One bill by its number."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.READ)
    actor.require(Duty.CASHIER, Duty.WINDOW_STAFF, Duty.APPLICANT, Duty.SUPERVISOR, Duty.CENTRE_OFFICE)
    with adapters.database.reading() as session:
        return bills.bill_data(session, bills.bill_by_number(session, number))


@post("/api/payments", status_code=200)
def tell_payment(request: Request[Any, Any, Any], data: JSONBody[PaymentRequest]) -> dict[str, Any]:
    """The bank tells of a payment, as often as it likes: the same reference is the same payment."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASHIER)
    with adapters.database.transaction() as session:
        payment = fees.record_payment(
            session,
            bill_number=data.bill,
            channel="bank",
            reference=data.reference,
            amount_fen=data.amount_fen,
            by=actor.person_id,
            now=adapters.clock.now(),
        )
        return {"bill": data.bill, "paid_at": write_time(payment.paid_at)}


@post("/api/reconciliation", status_code=200)
def compare(request: Request[Any, Any, Any], data: JSONBody[BankFile]) -> dict[str, Any]:
    """Compare a day's bank list with what is booked; a difference of one fen shows."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASHIER, Duty.SUPERVISOR)
    bank = read_bank_file(data.text)
    with adapters.database.reading() as session:
        booked = {paid.reference: paid.amount_fen for _, paid in bills.paid_on(session, read_date(data.day))}
    return {"differences": [vars(found) for found in reconcile(booked, bank)], "booked": len(booked)}


@get("/api/bills.csv")
def export(request: Request[Any, Any, Any], day: str) -> Response[str]:
    """The paid bills of a day as the finance bureau takes them (docs/formats/fee-export.md)."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    actor.require(Duty.CASHIER, Duty.SUPERVISOR, Duty.CENTRE_OFFICE)
    with adapters.database.reading() as session:
        rows = [
            {"number": bill.number, "lines": bill.lines, "paid_at": write_time(paid.paid_at)}
            for bill, paid in bills.paid_on(session, read_date(day))
        ]
    return Response(bill_rows(rows), media_type=MediaType.TEXT)


def read_date(text: str) -> date:
    """A day; raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(where="day", why="give a date such as 2026-12-01") from None


ROUTES = [issue, cancel, show, tell_payment, compare, export]
