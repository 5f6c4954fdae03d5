"""The fee window: open bills, the one place where money is taken, the bank's list compared to the last fen."""

from decimal import Decimal, InvalidOperation
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Stream

from accounts.duties import Duty
from approval.actions import fees
from approval.actions.letters import paper
from approval.fees import Difference, read_bank_file, reconcile
from approval.queries import bills
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from web.cases import send_object
from web.fees import read_date
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@get("/fees")
def show_fees(request: Request[Any, Any, Any], number: FromQuery[str] = "") -> Response[Any]:
    """Bills that wait for their payment; a number leads to its bill."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASHIER)
    assert actor
    if number.strip():
        return see(f"/fees/bills/{number.strip().upper()[:40]}")
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        waiting = bills.open_bills(session)
        paid = bills.paid_on(session, today)
    total = sum(payment.amount_fen for _, payment in paid)
    return render(request, "fees-home.html", waiting=waiting, paid=paid, total=total, today=today)


@get("/fees/bills/{number:str}")
def show_bill(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[str]:
    """One bill with its lines."""
    return render(request, "fees-bill.html", form={}, **bill_page(request, number))


def bill_page(request: Request[Any, Any, Any], number: str) -> dict[str, Any]:
    """A bill, and its paper once that is written."""
    actor_of(request, Duty.CASHIER)
    with adapters_of(request).database.reading() as session:
        bill = bills.bill_data(session, bills.bill_by_number(session, number))
        return {"bill": bill, "has_paper": paper(session, bill["id"], "bill") is not None}


@post("/fees/bills/{number:str}")
def settle_bill(
    request: Request[Any, Any, Any], number: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take the payment of a bill, to the fen, or take an unpaid bill back."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASHIER)
    values, now = bill_page(request, number), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if text(data, "how") == "cancel":
                fees.cancel_bill(session, actor=actor, bill_id=values["bill"]["id"], now=now)
            else:
                amount = read_yuan(text(data, "amount"))
                fees.take_payment(
                    session, actor=actor, bill_number=values["bill"]["number"], amount_fen=amount, now=now
                )
    except TenderingError as error:
        return refuse(request, "fees-bill.html", error, field="amount", form=data, **values)
    return see(f"/fees/bills/{values['bill']['number']}")


def read_yuan(given: str) -> int:
    """An amount in yuan with at most two decimals, as fen; raises BadInput."""
    try:
        fen = Decimal(given) * 100
    except InvalidOperation:
        fen = Decimal("0.5")
    if not given.replace(".", "", 1).isdigit() or fen != int(fen) or len(given) > 15:
        raise BadInput(where="amount", why="give yuan with at most two decimals, such as 120.50")
    return int(fen)


@get("/fees/bills/{number:str}/paper")
def download_bill(request: Request[Any, Any, Any], number: FromPath[str]) -> Stream:
    """The bill as PDF."""
    adapters = adapters_of(request)
    actor_of(request, Duty.CASHIER)
    with adapters.database.reading() as session:
        found = paper(session, bills.bill_by_number(session, number).id, "bill")
    if found is None:
        raise NotFound(what="paper", id=number[:40])
    return send_object(adapters, found.digest, found.size, f"{number[:40]}.pdf")


@get("/fees/reconciliation")
def show_reconciliation(request: Request[Any, Any, Any]) -> Response[str]:
    """The form for the bank's list of a day."""
    actor_of(request, Duty.CASHIER)
    today = business_day(adapters_of(request).clock.now())
    return render(request, "fees-reconciliation.html", form={"day": today}, found=None, booked=0)


@post("/fees/reconciliation")
def compare_bank(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[str]:
    """Compare a pasted list with what is booked; one fen of difference shows."""
    adapters = adapters_of(request)
    actor_of(request, Duty.CASHIER)
    found: tuple[Difference, ...] | None = None
    try:
        day, bank = read_date(text(data, "day")), read_bank_file(text(data, "file"))
        with adapters.database.reading() as session:
            booked = {paid.reference: paid.amount_fen for _, paid in bills.paid_on(session, day)}
        found = reconcile(booked, bank)
    except BadInput as error:
        return refuse(request, "fees-reconciliation.html", error, form=data, found=None, booked=0)
    return render(request, "fees-reconciliation.html", form=data, found=found, booked=len(booked))


ROUTES = [show_fees, show_bill, settle_bill, download_bill, show_reconciliation, compare_bank]
