"""From closing to opening record: quorum, shares that do not fit, bids that cannot be read."""

import json
from datetime import timedelta

import pytest

from crypto.canonical import canonical, unb64
from crypto.envelope import check_announcement
from crypto.envelope_prefix import read_prefix
from kernel.errors import BadInput, IntegrityBroken, NotYetClosed, TooFewBids, WrongShare
from tender import queries
from tender.actions import close, unseal
from tender.lifecycle import Stage
from tests.builders import CLOSES, Platform, PublishedTender, make_bid, make_tender, open_all, release, submit


def with_bids(platform: Platform, count: int = 3, **changes: object) -> PublishedTender:
    tender = make_tender(platform, **changes)
    for number in range(1, count + 1):
        submit(platform, make_bid(platform, tender, f"bidder-{number}", price=f"{number}00.00"), tender)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    return tender


def record(platform: Platform, tender: PublishedTender) -> dict[str, object]:
    with platform.database.reading() as session:
        found = queries.opening_record(session, tender.tender_id)
        assert found is not None
        return found.body


def test_two_of_three_openers_open_every_bid(platform: Platform) -> None:
    tender = with_bids(platform)
    assert release(platform, tender, 3) == 1
    open_all(platform, tender)
    with platform.database.reading() as session:
        assert queries.opened_bids(session, tender.tender_id) == []
    assert release(platform, tender, 1) == 2
    open_all(platform, tender)
    body = record(platform, tender)
    assert [bid["price"] for bid in body["bids"]] == ["100.00", "200.00", "300.00"]
    with platform.database.reading() as session:
        assert queries.tender(session, tender.tender_id).stage == Stage.OPENED


def test_announced_price_is_the_one_sealed_before_closing(platform: Platform) -> None:
    tender = with_bids(platform)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    with platform.database.reading() as session:
        prefixes = {bid.id: read_prefix(bid.prefix) for bid in queries.sealed_bids(session, tender.tender_id)}
    for line in record(platform, tender)["bids"]:
        check_announcement(prefixes[line["bid"]], unb64(line["blind"]), unb64(line["bid_json"]))


def test_shares_are_not_taken_before_the_closing_time(platform: Platform) -> None:
    tender = with_bids(platform)
    platform.clock.at = CLOSES
    with pytest.raises(NotYetClosed):
        release(platform, tender, 1)


def test_two_bids_are_too_few_and_stay_sealed(platform: Platform) -> None:
    tender = with_bids(platform, 2)
    with pytest.raises(TooFewBids) as refusal:
        release(platform, tender, 1)
    assert refusal.value.facts == {"bids": 2, "minimum": 3}
    platform.adapters.clock.now()
    with platform.database.transaction() as session:
        close.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
    with platform.database.reading() as session:
        assert queries.tender(session, tender.tender_id).stage == Stage.FAILED
        assert queries.releases(session, tender.tender_id) == []


def test_share_that_does_not_fit_names_opener_and_bid_and_changes_nothing(platform: Platform) -> None:
    tender = with_bids(platform)
    with platform.database.reading() as session:
        bid_id = queries.sealed_bids(session, tender.tender_id)[0].id
    with pytest.raises(WrongShare) as refusal:
        release(platform, tender, 2, **{bid_id: bytes(64)})
    assert refusal.value.facts == {"opener": 2, "bid_id": bid_id}
    with platform.database.reading() as session:
        assert queries.releases(session, tender.tender_id) == []


def test_release_signed_by_another_opener_is_refused(platform: Platform) -> None:
    tender = with_bids(platform)
    tender.openers[0], tender.openers[1] = tender.openers[1], tender.openers[0]
    with pytest.raises(BadInput, match="its signature"):
        release(platform, tender, 1)


def test_releasing_twice_counts_once(platform: Platform) -> None:
    tender = with_bids(platform)
    assert release(platform, tender, 1) == 1
    assert release(platform, tender, 1) == 1


@pytest.mark.parametrize(
    ("bid_json", "problem"),
    [
        (canonical({"price": {"amount": "1.005", "currency": "CNY"}}), "at most 2 decimals"),
        (canonical({"price": {"amount": "1.00", "currency": "VND"}}), "priced in CNY"),
        (b"no json", "cannot be read"),
        (b"[]", "cannot be read"),
        (canonical({"price": "1.00"}), "cannot be read"),
    ],
)
def test_unusable_price_is_recorded_and_stops_nobody(
    platform: Platform, bid_json: bytes, problem: str
) -> None:
    tender = make_tender(platform)
    for number in (1, 2):
        submit(platform, make_bid(platform, tender, f"bidder-{number}"), tender)
    submit(platform, make_bid(platform, tender, "bidder-3", bid_json=bid_json), tender)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    lines = record(platform, tender)["bids"]
    assert [line["outcome"] for line in lines] == ["opened"] * 3
    assert problem in lines[2]["problem"]
    with platform.database.reading() as session:
        assert queries.opened_bids(session, tender.tender_id)[2][0].price_units is None


def test_changed_object_is_the_platforms_fault_not_the_bidders(platform: Platform) -> None:
    tender = with_bids(platform)
    release(platform, tender, 1)
    release(platform, tender, 2)
    with platform.database.reading() as session:
        bid = queries.sealed_bids(session, tender.tender_id)[0]
        task = unseal.opening_task(session, bid.id, platform.clock.now())
    folder = platform.adapters.settings.var / "objects"
    [stored] = [
        path
        for path in folder.rglob("*")
        if path.is_file() and bid.digest.hex() in path.as_posix().replace("/", "")
    ]
    stored.chmod(0o600)
    content = bytearray(stored.read_bytes())
    content[-100] ^= 1
    stored.write_bytes(content)
    with pytest.raises(IntegrityBroken, match="changed after it was received"):
        unseal.unseal(platform.adapters.objects, folder.parent / "spool", task)


def test_receipts_and_records_hold_no_share_or_seed(platform: Platform) -> None:
    tender = with_bids(platform)
    release(platform, tender, 1)
    with platform.database.reading() as session:
        rows = queries.releases(session, tender.tender_id)
    assert all(
        set(json.loads(json.dumps(row.statement))) == {"type", "body", "key", "signature"} for row in rows
    )
    assert all(len(value) == 64 for row in rows for value in row.statement["body"]["shares"].values())
