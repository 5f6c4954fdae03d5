"""Opened tenders whose bids hold priced bills, and the job that checks them."""

from datetime import timedelta
from typing import Any

from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from tender.actions import draft, publish
from tests.builders import CLOSES, Platform, PublishedTender, make_bid, make_draft, open_all, release, submit
from tests.evaluation.bills import PLAIN, TEMPLATE
from tests.evaluation.cases import rulebook_data
from worker.jobs import Payload
from worker.price_checks import check_bills, keep_checks

Files = dict[str, bytes]
RIGHT: Files = {"bill.csv": "\n".join(PLAIN).encode()}
WRONG: Files = {"bill.csv": "\n".join(PLAIN).replace("40200.00", "40000.00").encode()}
PRICE = "64728.56"


def tender_with_bills(
    platform: Platform, *bids: Files, template: tuple[str, ...] = TEMPLATE, **rulebook: Any
) -> PublishedTender:
    """A tender with the office's bill, whose bids lie open, each with its files."""
    rules = read_rulebook(rulebook_data(**rulebook))
    tender = make_draft(platform, openers=2)
    now = platform.clock.now()
    body = "\n".join(template).encode()
    stored = platform.adapters.objects.put_once(iter([body]), expected=None, limit_bytes=1 << 20)
    frozen = draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )
    with platform.database.transaction() as session:
        draft.set_rulebook(session, actor=tender.office, tender_id=tender.tender_id, rulebook=frozen)
        draft.add_document(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            name="bill-template.csv",
            media_type="text/csv",
            stored=stored,
            now=now,
        )
        publish.publish(
            session, actor=tender.office, tender_id=tender.tender_id, bid_limit_bytes=10_000_000, now=now
        )
    for number, files in enumerate(bids, 1):
        submit(platform, make_bid(platform, tender, f"bidder-{number}", price=PRICE, files=files), tender)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    return tender


def checked(platform: Platform, tender: PublishedTender) -> None:
    """Do the job that the opening asked for."""
    payload: Payload = {"tender_id": tender.tender_id}
    found = check_bills(platform.adapters, payload, platform.clock.now())
    with platform.database.transaction() as session:
        keep_checks(session, platform.adapters, payload, found, platform.clock.now())
