"""From the draft to sealed bids: the office writes, openers rehearse, twelve bidders seal and submit."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.demo.bills import bill_for, template
from tools.demo.cast import Cast, Person
from tools.demo.stage import Stage

HERE = Path(__file__).parent
WORKERS = os.cpu_count() or 2
MARGIN_SECONDS = 12
SETTLE_SECONDS = 1


@dataclass
class Bidding:
    """The tender of the demonstration and those who take part in it."""

    tender: dict[str, Any]
    office: Person
    openers: list[Person]
    bidders: list[Person]
    tender_id: str = ""
    closes_at: datetime = datetime.max
    receipts: list[dict[str, Any]] = field(default_factory=list)
    command_seconds: float = 3.0


def gather(cast: Cast, stage: Stage) -> Bidding:
    """Register the office, three openers of three organisations, and the twelve bidders with their signing keys."""
    tender = json.loads((HERE / "op00028341.json").read_text())
    office = cast.add("office", "Tender office", "Tenderer of OP00028341", "tender_office")
    openers = [cast.add(f"opener-{i}", f"Opener {i}", f"Opening house {i}", "opener") for i in range(1, 4)]
    bidders = [
        cast.add(f"bidder-{i:02}", f"Bidder {i}", bid["bidder"], "bidder")
        for i, bid in enumerate(tender["bids"], start=1)
    ]
    stage.say(f"{len(bidders)} bidders, {len(openers)} openers, one tender office have accounts")
    started = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda person: person.run("sign-in", cast.server, person.name), [*openers, *bidders]))
        list(pool.map(lambda person: person.run("key", "new"), bidders))
    commands = len(openers) + 2 * len(bidders)
    seconds = (time.monotonic() - started) / commands
    stage.say(f"every bidder made a signing key on their own machine ({commands} client processes)")
    return Bidding(tender, office, openers, bidders, command_seconds=seconds)


def publish(bidding: Bidding, stage: Stage) -> None:
    """Draft, be refused while incomplete, rehearse the openers' keys, publish."""
    office, real = bidding.office, bidding.tender
    made = office.call(
        "POST",
        "/api/tenders",
        {
            "reference": real["reference"],
            "title": {"zh": "公路建设工程 OP00028341", "en": "Expressway construction OP00028341"},
            "summary": {
                "zh": "世界银行项目 P106235 的真实招标：投标人与开标价格均为公开事实。",
                "en": "A real tender of World Bank project P106235: bidders and opening prices are public facts.",
            },
            "lots": [{"zh": "唯一标段", "en": "The only lot"}],
            "suite": "hybrid",
            "threshold": 2,
            "openers": [person.id for person in bidding.openers],
        },
    )
    bidding.tender_id = made["id"]
    path = f"/api/tenders/{bidding.tender_id}"
    office.call("PUT", f"{path}/rulebook", json.loads((HERE / "rulebook.json").read_text()))
    terms = "招标文件（演示）\nTender documents of the demonstration\n".encode()
    office.call(
        "POST", f"{path}/documents?name=tender-documents.txt", terms, **{"Content-Type": "text/plain"}
    )
    office.call(
        "POST", f"{path}/documents?name=bill-template.csv", template(), **{"Content-Type": "text/csv"}
    )
    missing = office.call("GET", f"{path}/missing")["missing"]
    stage.say(f"draft saved; publishing would be refused, still missing: {', '.join(missing)}")
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda person: prove_key(person, bidding.tender_id), bidding.openers))
    stage.say("three openers made their keys and opened a test envelope (2 of 3 open the bids)")
    bidding.closes_at = set_deadline(bidding)
    notice = office.call("POST", f"{path}/publish")
    stage.say(f"published; notice {notice['digest'][:16]}…, bids close at {bidding.closes_at:%H:%M:%S} UTC")


def prove_key(opener: Person, tender_id: str) -> None:
    """One opener makes a key and rehearses."""
    opener.run("key", "new", "--tender", tender_id)
    opener.run("key", "rehearse", "opener.key")


def set_deadline(bidding: Bidding) -> datetime:
    """A closing time that leaves this machine about twice the time it needs for all bids."""
    needed = 2 * len(bidding.bidders) * bidding.command_seconds  # sealing and submitting
    closes_at = datetime.now(UTC).replace(microsecond=0) + timedelta(
        seconds=round(2 * needed) + MARGIN_SECONDS
    )
    path = f"/api/tenders/{bidding.tender_id}"
    version = bidding.office.call("GET", path)["version"]
    bidding.office.call(
        "PUT",
        path,
        {
            "timetable": {
                "questions_until": closes_at.isoformat(),
                "closes_at": closes_at.isoformat(),
                "settle_seconds": SETTLE_SECONDS,
            },
            "shortening_reason": "Demonstration: minutes instead of weeks.",
        },
        **{"If-Match": f'"{version}"'},
    )
    return closes_at


def submit_all(bidding: Bidding, stage: Stage) -> None:
    """Every bidder seals and submits; one replaces a bid, one asks a question."""
    question = bidding.bidders[0].call(
        "POST", f"/api/tenders/{bidding.tender_id}/questions", {"text": "Is the price to include taxes?"}
    )
    bidding.office.call("POST", f"/api/questions/{question['id']}/answer", {"text": "Yes. 含税。"})
    with (
        stage.bar("sealed and submitted", len(bidding.bidders)) as advance,
        ThreadPoolExecutor(WORKERS) as pool,
    ):

        def one(pair: tuple[int, Person, dict[str, str]]) -> dict[str, Any]:
            number, person, bid = pair
            receipt = seal_and_submit(person, bidding.tender_id, bid["price"], number)
            advance()
            return receipt

        pairs = zip(range(1, len(bidding.bidders) + 1), bidding.bidders, bidding.tender["bids"], strict=True)
        bidding.receipts = list(pool.map(one, pairs))
    stage.say(f"{len(bidding.receipts)} receipts, each checked on the bidder's machine against pinned keys")


def seal_and_submit(bidder: Person, tender_id: str, price: str, number: int) -> dict[str, Any]:
    """Two processes of one bidder: seal here, then upload what nobody can read."""
    offer, bill = bidder.folder / "offer.txt", bidder.folder / "bill.csv"
    offer.write_text(f"Technical and commercial offer of {bidder.organisation}\n")
    bill.write_bytes(bill_for(price, number))
    bidder.run("seal", tender_id, str(offer), str(bill), "--price", price)
    return bidder.run("submit", "bid.sealed")
