"""Bids of two tenders come in at once through two processes: each is admitted once, and the log stays one log."""

import json
from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from crypto.merkle import leaf_hash, root_of
from kernel.errors import AlreadySubmitted
from storage import audit_log
from storage.adapters import Adapters, make_adapters
from tender.records import BidRecord
from tender.traces import SubmissionTrace
from tests.builders import Platform, PublishedTender, SealedBid, make_bid, make_tender, prefixes_in, store
from web.bids import admit

BIDDERS = 8


def send(adapters: Adapters, platform: Platform, tender: PublishedTender, bid: SealedBid) -> str:
    """The receipt, or the name of the refusal."""
    stored = store(platform, bid.envelope)
    place = {"tender_id": tender.tender_id, "lot_id": tender.lot_id}
    try:
        return admit(
            adapters,
            bid.bidder,
            prefixes_in(bid.envelope),
            stored,
            replaces=None,
            trace=SubmissionTrace("", ""),
            **place,
        )
    except AlreadySubmitted as error:
        return type(error).__name__


def test_a_crowd_at_two_doors_is_admitted_once_each(platform: Platform) -> None:
    doors = [platform.adapters, make_adapters(platform.adapters.settings, platform.clock)]
    tenders = [make_tender(platform), make_tender(platform)]
    bids = [(tender, make_bid(platform, tender, f"bidder-{n}")) for n in range(BIDDERS) for tender in tenders]
    with ThreadPoolExecutor(4 * BIDDERS) as pool:
        answers = [[pool.submit(send, door, platform, *bid) for door in doors] for bid in bids]
    receipts = [{future.result() for future in pair} for pair in answers]
    assert [len(pair) for pair in receipts] == [1] * len(bids)  # both doors gave the same receipt
    assert len(set.union(*receipts)) == len(bids)
    with platform.database.reading() as session:
        for tender in tenders:
            rows = session.exec(select(BidRecord.sequence).where(BidRecord.tender_id == tender.tender_id))
            assert sorted(rows) == list(range(1, BIDDERS + 1))
        head = audit_log.frontier(session)
        assert root_of(map(leaf_hash, audit_log.leaves(session, 0, head.size))) == head.root()
    doors[1].database.close()


def test_a_submission_id_used_twice_at_once_is_admitted_once(platform: Platform) -> None:
    tender = make_tender(platform)
    first = make_bid(platform, tender, "bidder")
    rivals = [
        make_bid(platform, tender, f"rival-{n}", submission_id=first.header.submission_id) for n in range(6)
    ]
    with ThreadPoolExecutor(7) as pool:
        answers = list(pool.map(lambda bid: send(platform.adapters, platform, tender, bid), [first, *rivals]))
    receipts = [json.loads(answer) for answer in answers if answer != "AlreadySubmitted"]
    assert len(receipts) == 1
    with platform.database.reading() as session:
        assert len(session.exec(select(BidRecord)).all()) == 1
