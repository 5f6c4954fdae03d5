"""Closing and opening: nothing can be opened before, two of three openers open all after."""

import time
from datetime import UTC, datetime
from typing import Any

from tools.demo.bidding import SETTLE_SECONDS, Bidding
from tools.demo.stage import Stage


def close_and_open(bidding: Bidding, stage: Stage) -> dict[str, Any]:
    """Wait for the closing time, show that a late bid is refused, release shares, read the record."""
    early = bidding.openers[0].run("key", "release", "opener.key", fails=True)
    stage.say(f"an opener tries before the closing time: {early['error']['detail']}")
    left = (bidding.closes_at - datetime.now(UTC)).total_seconds() + SETTLE_SECONDS + 0.5
    if left > 0:
        stage.say(f"waiting {left:.0f} s for the closing time")
        time.sleep(left)
    late = bidding.bidders[0]
    late.run("seal", bidding.tender_id, "offer.txt", "--price", "1.00", "--out", "late.sealed")
    refused = late.run("submit", "late.sealed", "--replaces", bidding.receipts[0]["bid_id"], fails=True)
    stage.say(f"a bid a moment too late: {refused['error']['detail']}")
    for opener in (bidding.openers[0], bidding.openers[2]):
        done = opener.run("key", "release", "opener.key")
        stage.say(f"{opener.name} released {done['shares']} shares ({done['openers_so_far']} of 2 needed)")
    path = f"/api/tenders/{bidding.tender_id}/opening"
    stage.wait_until(lambda: "record" in bidding.office.call("GET", path), "the opening record")
    record: dict[str, Any] = bidding.office.call("GET", path)["record"]
    for line in record["bids"]:
        stage.say(f"{line['outcome']}: {line['price']:>20} {record['currency']}  {line['bidder']}")
    return record
