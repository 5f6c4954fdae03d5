"""A sealed bid from arrival to receipt; and everything that is refused, with nothing half-written."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from crypto.envelope_prefix import read_prefix
from crypto.receipts import check_receipt
from kernel.errors import (
    AlreadySubmitted,
    BidAlreadyWithdrawn,
    IntegrityBroken,
    Refused,
    SubmissionClosed,
    WrongBidder,
    WrongOpeningKey,
    WrongTender,
)
from storage.audit_log import LogRecord
from tender import queries
from tender.actions import close, submit_bid
from tender.records import BidRecord
from tests.builders import CLOSES, Platform, SealedBid, make_bid, make_bidder, make_tender, submit
from web.bids import stamp


def check(platform: Platform, receipt: str, **changes: object) -> None:
    keys = platform.adapters.keys
    check_receipt(
        {**json.loads(receipt), **changes},
        log_vkey=keys.log_vkey,
        platform_public=keys.receipts.public,
        tsa_certificate=keys.authority.certificate,
    )


def counts(platform: Platform) -> tuple[int, int]:
    with platform.database.reading() as session:
        return len(session.exec(select(BidRecord)).all()), len(session.exec(select(LogRecord)).all())


def test_receipt_of_a_bid_holds_without_the_server(platform: Platform) -> None:
    tender = make_tender(platform)
    receipt = submit(platform, make_bid(platform, tender, "bidder"), tender)
    check(platform, receipt)
    with pytest.raises(IntegrityBroken):
        check(platform, receipt, salt="A" * 43)


def test_same_envelope_again_gives_the_same_receipt(platform: Platform) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    first = submit(platform, bid, tender)
    before = counts(platform)
    platform.clock.advance(seconds=5)
    assert submit(platform, bid, tender) == first
    assert counts(platform) == before


@pytest.mark.parametrize(("shift", "on_time"), [(-1, True), (0, True), (1, False)])
def test_stamp_decides_to_the_microsecond(platform: Platform, shift: int, on_time: bool) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    platform.clock.at = CLOSES + timedelta(microseconds=shift)
    before = counts(platform)
    if on_time:
        check(platform, submit(platform, bid, tender))
    else:
        with pytest.raises(SubmissionClosed):
            submit(platform, bid, tender)
        assert counts(platform) == before


def test_bid_stamped_in_time_is_taken_while_the_closing_settles(platform: Platform) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    platform.clock.at = CLOSES
    receipt = submit(platform, bid, tender)
    platform.clock.advance(seconds=1)
    with platform.database.transaction() as session:
        closing = close.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
    assert closing.last_sequence == 1
    assert json.loads(receipt)["statement"]["body"]["received_at"] == "2026-12-02T01:00:00.000000Z"


def test_second_bid_must_name_the_one_it_replaces(platform: Platform) -> None:
    tender = make_tender(platform)
    first = make_bid(platform, tender, "bidder")
    bid_id = json.loads(submit(platform, first, tender))["statement"]["body"]["bid"]
    second = make_bid(platform, tender, "bidder", price="2.00")
    with pytest.raises(Refused, match=bid_id):
        submit(platform, second, tender)
    check(platform, submit(platform, second, tender, replaces=bid_id))
    with platform.database.reading() as session:
        rows = queries.bids_of_bidder(session, tender.tender_id, first.bidder.organisation_id)
    assert [row.status for row in rows] == [queries.SEALED, queries.REPLACED]


def withdraw(platform: Platform, bid: SealedBid, bid_id: str) -> str:
    token, stamped_at = stamp(platform.adapters, _digest(platform, bid_id))
    with platform.database.transaction() as session:
        return submit_bid.withdraw_bid(
            session,
            keys=platform.adapters.keys,
            actor=bid.bidder,
            bid_id=bid_id,
            token=token,
            stamped_at=stamped_at,
            now=platform.clock.now(),
        )


def _digest(platform: Platform, bid_id: str) -> bytes:
    with platform.database.reading() as session:
        return queries.bid(session, bid_id).digest


def test_withdrawn_bid_has_a_receipt_and_no_longer_counts(platform: Platform) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    bid_id = json.loads(submit(platform, bid, tender))["statement"]["body"]["bid"]
    receipt = withdraw(platform, bid, bid_id)
    check(platform, receipt)
    assert withdraw(platform, bid, bid_id) == receipt
    with pytest.raises(BidAlreadyWithdrawn):
        submit(platform, make_bid(platform, tender, "bidder"), tender, replaces=bid_id)
    with platform.database.reading() as session:
        assert queries.sealed_bids(session, tender.tender_id) == []


def test_nothing_is_withdrawn_after_closing(platform: Platform) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    bid_id = json.loads(submit(platform, bid, tender))["statement"]["body"]["bid"]
    platform.clock.at = CLOSES + timedelta(microseconds=1)
    with pytest.raises(SubmissionClosed):
        withdraw(platform, bid, bid_id)


def _other_tender(platform: Platform, tender: object) -> SealedBid:
    return make_bid(platform, make_tender(platform), "bidder")


def _other_bidder(platform: Platform, tender: object) -> SealedBid:
    bid = make_bid(platform, tender, "rival")  # type: ignore[arg-type]
    return SealedBid(bid.envelope, make_bidder(platform, "bidder")[0], bid.signer, bid.header)


def _other_keys(platform: Platform, tender: object) -> SealedBid:
    keys = make_tender(platform)
    keys.tender_id, keys.lot_id = tender.tender_id, tender.lot_id  # type: ignore[attr-defined]
    return make_bid(platform, keys, "bidder")


@pytest.mark.parametrize(
    ("make", "error"),
    [(_other_tender, WrongTender), (_other_bidder, WrongBidder), (_other_keys, WrongOpeningKey)],
)
def test_wrong_envelope_leaves_no_trace(
    platform: Platform, make: Callable[[Platform, object], SealedBid], error: type[Exception]
) -> None:
    tender = make_tender(platform)
    bid = make(platform, tender)
    before = counts(platform)
    with pytest.raises(error):
        submit(platform, bid, tender)
    assert counts(platform) == before


def test_envelope_replayed_under_another_bidder_is_refused_even_after_its_own_submission(
    platform: Platform,
) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "rival")
    submit(platform, bid, tender)
    copied = SealedBid(bid.envelope, make_bidder(platform, "bidder")[0], bid.signer, bid.header)
    with pytest.raises(WrongBidder):
        submit(platform, copied, tender)


def test_submission_id_is_used_once(platform: Platform) -> None:
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    submit(platform, bid, tender)
    with pytest.raises(AlreadySubmitted):
        submit(platform, make_bid(platform, tender, "bidder", submission_id=bid.header.submission_id), tender)


def test_database_itself_refuses_a_bid_after_the_closing_row(platform: Platform) -> None:
    tender = make_tender(platform)
    submit(platform, make_bid(platform, tender, "bidder"), tender)
    platform.clock.at = CLOSES + timedelta(seconds=2)
    with platform.database.transaction() as session:
        close.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
    for change in ("status", "insert"):
        with pytest.raises(Exception, match="its bids are final"), platform.database.transaction() as session:
            row = session.exec(select(BidRecord)).one()
            if change == "status":
                row.status = queries.WITHDRAWN
                session.add(row)
            else:
                values = {
                    **row.model_dump(),
                    "id": "x",
                    "submission_id": "x",
                    "sequence": 9,
                    "digest": b"9" * 32,
                }
                session.add(BidRecord(**values))
            session.flush()


def test_second_bid_is_refused_by_its_header_before_anything_is_stored(platform: Platform) -> None:
    tender = make_tender(platform)
    submit(platform, make_bid(platform, tender, "bidder"), tender)
    second = make_bid(platform, tender, "bidder", price="2.00")
    with platform.database.reading() as session, pytest.raises(Refused, match="one bid per bidder"):
        submit_bid.check_arrival(
            session,
            actor=second.bidder,
            tender_id=tender.tender_id,
            lot_id=tender.lot_id,
            prefix=read_prefix(second.envelope),
            digest=bytes(32),
            size_bytes=len(second.envelope),
            replaces=None,
            now=platform.clock.now(),
        )
