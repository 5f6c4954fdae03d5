"""The receipt of a bid: the one green page, and its forms to keep: JSON for programs, PDF for people; withdrawing."""

import json
from hashlib import sha256
from typing import Any, NoReturn

import segno
from litestar import Request, Response
from litestar.params import FromPath
from markupsafe import Markup

from accounts.duties import Actor, Duty
from kernel.errors import TenderingError
from storage.database import Session
from tender import queries
from tender.actions import submit_bid as acts
from tender.records import BidRecord
from web.bids import stamp
from web.guards import adapters_of
from web.pages.render import actor_of, page_text, refuse, render, see
from web.routes import get, post


def receipt_values(session: Session, actor: Actor, bid_id: str) -> dict[str, Any]:
    """A bid of the actor's with what its receipts say."""
    bid = acts.own_bid(session, actor, bid_id)
    tender = queries.tender(session, bid.tender_id)
    lot = next(lot for lot in queries.lots(session, bid.tender_id) if lot.id == bid.lot_id)
    return {"bid": bid, "tender": tender, "lot": lot, "receipt": in_force(bid), "body": statement(bid)}


def in_force(bid: BidRecord) -> str:
    """The newest receipt of a bid: of its withdrawal, where it was withdrawn."""
    return bid.end_receipt or bid.receipt


def statement(bid: BidRecord) -> dict[str, Any]:
    """What the newest receipt states."""
    body: dict[str, Any] = json.loads(in_force(bid))["statement"]["body"]
    return body


def mark(receipt: str) -> str:
    """The short text of the printed code: enough to find the receipt, and to see that the paper is its print."""
    body = json.loads(receipt)["statement"]["body"]
    return f"mingtang:1:{body['bid']}:{body['log_index']}:{sha256(receipt.encode()).hexdigest()}"


@get("/bidder/bids/{bid_id:str}")
def show_receipt(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Response[str]:
    """The receipt of one of the bidder's own bids."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    with adapters.database.reading() as session:
        values = receipt_values(session, actor, bid_id)
    return render(request, "bidder-receipt.html", **values, **may_change(request, values))


def may_change(request: Request[Any, Any, Any], values: dict[str, Any]) -> dict[str, bool]:
    """Whether the bid can still be replaced or withdrawn."""
    is_early = adapters_of(request).clock.now() <= values["tender"].closes_at
    return {"may_change": is_early and values["bid"].status == queries.SEALED}


@get("/bidder/bids/{bid_id:str}/receipt.json")
def download_json(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Response[bytes]:
    """The receipt that `mingtang receipt check` reads."""
    actor = actor_of(request, Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        bid = acts.own_bid(session, actor, bid_id)
    return attachment(in_force(bid).encode(), f"receipt-{bid_id}.json", "application/json")


@get("/bidder/bids/{bid_id:str}/receipt.pdf")
def download_pdf(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Response[bytes]:
    """The receipt on paper, with a code that ties it to the JSON."""
    actor = actor_of(request, Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        values = receipt_values(session, actor, bid_id)
    text = mark(values["receipt"])
    code = Markup(segno.make(text, error="m").svg_inline(scale=3, border=2))  # noqa: S704 - our own drawing
    page = page_text(request, "bidder-receipt-pdf.html", person=actor, code=code, mark=text, **values)
    # Loaded here: it takes as long as the rest of the server, and most of them print no receipt soon.
    from weasyprint import HTML  # type: ignore[import-untyped]

    pdf: bytes = HTML(string=page, url_fetcher=refuse_to_fetch).write_pdf()
    return attachment(pdf, f"receipt-{bid_id}.pdf", "application/pdf")


def refuse_to_fetch(url: str, *_: object, **__: object) -> NoReturn:
    """No document may load anything, from the network or from the disk."""
    raise ValueError("a receipt loads nothing from outside")


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """A file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


@get("/bidder/bids/{bid_id:str}/withdraw")
def ask_withdraw(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Response[str]:
    """Whether the bid shall really be withdrawn."""
    actor = actor_of(request, Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        values = receipt_values(session, actor, bid_id)
    return render(request, "bidder-withdraw.html", **values)


@post("/bidder/bids/{bid_id:str}/withdraw")
def withdraw(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Response[Any]:
    """Withdraw a bid before the closing time."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    with adapters.database.reading() as session:
        values = receipt_values(session, actor, bid_id)
    token, stamped_at = stamp(adapters, values["bid"].digest)
    try:
        with adapters.database.transaction() as session:
            acts.withdraw_bid(
                session,
                keys=adapters.keys,
                actor=actor,
                bid_id=bid_id,
                token=token,
                stamped_at=stamped_at,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, "bidder-withdraw.html", error, **values)
    return see(f"/bidder/bids/{bid_id}")


ROUTES = [show_receipt, download_json, download_pdf, ask_withdraw, withdraw]
