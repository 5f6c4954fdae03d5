"""The bank: the door where it tells of payments, and in embedded mode a twin of its page, for trials without one."""

from hashlib import sha256
from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery, JSONBody, URLEncodedBody

from approval.actions.fees import record_payment
from approval.bank_message import BankPayment, read_message, sign_message, write_message
from approval.queries import bills
from kernel.clock import write_time
from kernel.errors import NotFound, TenderingError
from storage.adapters import Adapters
from web.guards import adapters_of, check_same_origin
from web.pages.forms import text
from web.pages.render import refuse, render, see
from web.routes import get, post
from web.shapes import Shape


class BankRequest(Shape):
    """What the bank sends: the canonical message as text, and its proof."""

    message: str
    proof: str


@post("/api/bank/payments", status_code=200)
def hear_bank(request: Request[Any, Any, Any], data: JSONBody[BankRequest]) -> dict[str, str]:
    """The bank tells of a payment, as often as it likes; who it is stands in the proof, not in a token."""
    return take_message(adapters_of(request), data.message.encode(), data.proof)


def take_message(adapters: Adapters, message: bytes, proof: str) -> dict[str, str]:
    """Record the payment that a signed message tells of; the same message again changes nothing."""
    payment = read_message(adapters.keys.bank, message, proof)
    with adapters.database.transaction() as session:
        recorded = record_payment(
            session,
            bill_number=payment.bill,
            channel="bank",
            reference=payment.reference,
            amount_fen=payment.amount_fen,
            by="bank",
            now=adapters.clock.now(),
        )
        return {"bill": payment.bill, "paid_at": write_time(recorded.paid_at)}


@get("/bank/pay")
def show_bank(request: Request[Any, Any, Any], bill: FromQuery[str] = "") -> Response[str]:
    """The twin's page: what is to be paid. It knows a bill by its number, and nothing of who pays."""
    return render(request, "bank-pay.html", **bank_values(request, bill))


def bank_values(request: Request[Any, Any, Any], number: str) -> dict[str, Any]:
    """The bill as a bank sees it; a platform with a real bank has no such page."""
    adapters = adapters_of(request)
    if not adapters.settings.embedded:
        raise NotFound(what="page", id="bank")
    with adapters.database.reading() as session:
        bill = bills.bill_data(session, bills.bill_by_number(session, number))
    return {"number": bill["number"], "total_fen": bill["total_fen"], "paid_at": bill["paid_at"]} | {
        "is_cancelled": bill["cancelled"]
    }


@post("/bank/pay")
def pay(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """The twin pays, and tells the platform by a signed message; pressed twice, it is the same payment."""
    check_same_origin(request)
    adapters, values = adapters_of(request), bank_values(request, text(data, "bill"))
    reference = "TWIN-" + sha256(values["number"].encode()).hexdigest()[:16].upper()
    message = write_message(BankPayment(values["number"], reference, values["total_fen"]))
    try:
        take_message(adapters, message, sign_message(adapters.keys.bank, message))
    except TenderingError as error:
        return refuse(request, "bank-pay.html", error, **values)
    return see(f"/bank/pay?bill={values['number']}")


ROUTES = [hear_bank, show_bank, pay]
