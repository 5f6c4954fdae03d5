"""Reading the priced bills of opened bids and checking them (清标): slow, so outside any transaction."""

from datetime import datetime

from crypto.archive import read_archive
from crypto.canonical import JsonValue
from evaluation.actions import price_checks as actions
from evaluation.actions.price_checks import MISSING, READ, UNREADABLE, CheckedBid
from evaluation.bill.table import FILE_LIMIT
from evaluation.bill.values import Bill
from evaluation.price_checks.check import Checked, check_lot
from evaluation.price_checks.findings import money, write_finding
from evaluation.queries import price_checks as queries
from evaluation.queries.price_checks import LotTask, OpenedBill
from kernel.errors import BadInput
from storage.adapters import Adapters
from storage.database import Session
from worker.bill_reader import read_bill_apart
from worker.jobs import Payload


def check_bills(adapters: Adapters, payload: Payload, now: datetime) -> list[CheckedBid]:
    """Check the bills of every lot of a tender that has not been checked."""
    with adapters.database.reading() as session:
        tasks = queries.lot_tasks(session, str(payload["tender_id"]))
    return [one for task in tasks for one in check_task(adapters, task)]


def check_task(adapters: Adapters, task: LotTask) -> list[CheckedBid]:
    """Check the bills of one lot, each by itself and against the others."""
    template, problem = read_template(adapters, task)
    bills: dict[str, Bill] = {}
    refused: dict[str, BadInput] = {}
    for bid in task.bids:
        if bid.name:
            try:
                bills[bid.bid_id] = read_bid_bill(adapters, task, bid)
            except BadInput as error:
                refused[bid.bid_id] = error
    announced = {bid.bid_id: bid.price for bid in task.bids if bid.price is not None}
    checked = check_lot(bills, template, announced, task.limits)
    found = []
    for bid in task.bids:
        if bid.bid_id in checked:
            body = write_checked(checked[bid.bid_id], bills[bid.bid_id], problem)
            count = len(checked[bid.bid_id].findings)
            found.append(CheckedBid(bid.bid_id, task.lot_id, READ, body, count))
        elif bid.bid_id in refused:
            facts = refused[bid.bid_id].facts
            problems: dict[str, JsonValue] = {"where": str(facts["where"]), "why": str(facts["why"])}
            found.append(CheckedBid(bid.bid_id, task.lot_id, UNREADABLE, problems, 1))
        else:
            found.append(CheckedBid(bid.bid_id, task.lot_id, MISSING, {}, 1))
    return found


def read_template(adapters: Adapters, task: LotTask) -> tuple[Bill | None, str]:
    """The tender office's own bill; where it cannot be read, why: the bids are checked without it."""
    if task.template is None:
        return None, ""
    name, digest = task.template
    with adapters.objects.open(digest) as stored:
        data = stored.read(FILE_LIMIT + 1)
    try:
        return read_bill_apart(name, data, task.scale), ""
    except BadInput as error:
        return None, str(error.facts["where"])


def read_bid_bill(adapters: Adapters, task: LotTask, bid: OpenedBill) -> Bill:
    """The bill of one bid; a file above the limit is never held as a whole."""
    assert bid.contents is not None
    with adapters.objects.open(bid.contents) as stored:
        for entry in read_archive(stored):
            if entry.name == bid.name:
                if entry.size > FILE_LIMIT:
                    raise BadInput(where=bid.name, why=f"a bill has at most {FILE_LIMIT} bytes")
                return read_bill_apart(bid.name, entry.read(), task.scale)
    raise BadInput(where=bid.name, why="it is missing")


def write_checked(checked: Checked, bill: Bill, template_problem: str) -> dict[str, JsonValue]:
    """What is kept of a checked bid."""
    return {
        "v": 1,
        "rows": len(bill.rows),
        "stated": money(bill.grand.total, bill.places),
        "corrected": money(checked.corrected_price, bill.places),
        "corrected_units": str(checked.corrected_price),
        "needs_correction": checked.needs_correction,
        "template_problem": template_problem,
        "findings": [write_finding(one, bill.places) for one in checked.findings],
    }


def keep_checks(
    session: Session, adapters: Adapters, payload: Payload, found: list[CheckedBid], now: datetime
) -> None:
    """Record what was found."""
    actions.keep_checks(session, tender_id=str(payload["tender_id"]), found=found, now=now)
