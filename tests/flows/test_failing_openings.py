"""Openings that need the bidder too, and openings that fail: who is answerable, what follows, what mends it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from accounts.duties import Duty, Presence
from crypto.own_secrets import own_part
from kernel.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    NotYetClosed,
    PasskeyNeeded,
    Refused,
    TenderingError,
    TooFewBids,
)
from storage.audit_log import LogRecord
from storage.outbox import JobRecord
from tender import queries
from tender.actions import own_secrets
from tender.failures import OpeningRule
from tender.lifecycle import Stage
from tender.queries import failures as found_failures
from tender.records import OutageRecord
from tests.builders import (
    CLOSES,
    Platform,
    make_bid,
    make_tender,
    open_all,
    release,
    submit,
)
from tests.flows.databases import ONE_DATABASE
from tests.flows.failing import (
    ALSO,
    BOTH,
    REMEDY,
    SECOND,
    bid_ids,
    closed,
    confirm,
    declare,
    give,
    lines,
    outcomes,
    released,
    spoil,
    undecryptable,
)


def test_openers_and_bidders_open_together(platform: Platform) -> None:
    tender, bids = closed(platform, ALSO)
    released(platform, tender, 1, 2)
    open_all(platform, tender)
    assert lines(platform, tender) == []
    for bid in bids:
        assert give(platform, tender, bid) == 1
        assert give(platform, tender, bid) == 0
    open_all(platform, tender)
    assert [line["price"] for line in lines(platform, tender)] == ["100.00", "200.00", "300.00"]


@ONE_DATABASE
@pytest.mark.parametrize(("late", "is_taken"), [(-SECOND, True), (timedelta(), True), (SECOND, False)])
def test_own_part_is_taken_until_its_time_is_over_and_then_the_bid_counts_as_revoked(
    platform: Platform, late: timedelta, is_taken: bool
) -> None:
    tender, bids = closed(platform, ALSO, count=4)
    released(platform, tender, 1, 2)
    for bid in bids[1:]:
        give(platform, tender, bid)
    platform.clock.at = CLOSES + timedelta(minutes=30) + late
    if is_taken:
        give(platform, tender, bids[0])
    else:
        with pytest.raises(Refused, match="until"):
            give(platform, tender, bids[0])
    open_all(platform, tender)
    first = ("opened", "", None) if is_taken else ("unopened", "bidder", "revoked")
    assert outcomes(platform, tender) == [first, *[("opened", "", None)] * 3]


@ONE_DATABASE
def test_what_the_platform_was_down_is_given_back(platform: Platform) -> None:
    tender, _ = closed(platform, ALSO)
    with platform.database.transaction() as session:
        session.add(
            OutageRecord(
                id="o" * 36,
                began_at=CLOSES + timedelta(minutes=20),
                ended_at=CLOSES + timedelta(minutes=32),
                cause="unreachable",
                moved=0,
                certificate={},
                recorded_at=CLOSES + timedelta(minutes=32),
            )
        )
        moment = found_failures.moment_of(session, tender.tender_id)
        session.flush()
        until = found_failures.own_parts_until(session, tender.tender_id, moment)
    assert until == CLOSES + timedelta(minutes=42)


@ONE_DATABASE
def test_a_job_comes_when_the_time_for_own_parts_is_over(platform: Platform) -> None:
    tender, _ = closed(platform, ALSO)
    released(platform, tender, 1, 2)
    with platform.database.reading() as session:
        due = session.exec(select(JobRecord.due_at).where(JobRecord.name == "open_bid")).all()
    assert sorted(due)[-3:] == [CLOSES + timedelta(minutes=30) + SECOND] * 3


@ONE_DATABASE
def test_own_secrets_are_the_bidders_own_and_never_leave_before_the_closing(platform: Platform) -> None:
    tender, bids = closed(platform, ALSO)
    platform.clock.at = CLOSES
    with pytest.raises(NotYetClosed):
        give(platform, tender, bids[0])
    platform.clock.at = CLOSES + SECOND
    released(platform, tender, 1)
    with platform.database.reading() as session:
        ids = {bid.bidder_id: bid.id for bid in queries.sealed_bids(session, tender.tender_id)}
    own, other = ids[bids[0].bidder.organisation_id], ids[bids[1].bidder.organisation_id]
    right = own_part(bids[0].signer, bids[0].header.ctx())

    def hand_in(key: str, part: bytes) -> None:
        with platform.database.transaction() as session:
            own_secrets.give_own(
                session,
                keys=platform.adapters.keys,
                actor=bids[0].bidder,
                tender_id=tender.tender_id,
                parts={key: part},
                seeds={},
                now=platform.clock.now(),
            )

    with pytest.raises(NotFound):
        hand_in(other, right)
    with pytest.raises(BadInput, match="commits to"):
        hand_in(own, bytes(32))
    with pytest.raises(Refused, match="nothing of this kind"):
        give(platform, tender, bids[0], seed=True)
    hand_in(own, right)
    with platform.database.reading() as session:
        facts = b"".join(session.exec(select(LogRecord.fact)).all())
    assert right.hex().encode() not in facts


@ONE_DATABASE
def test_a_tender_without_the_policy_wants_no_part(platform: Platform) -> None:
    tender, bids = closed(platform, OpeningRule())
    with pytest.raises(BadInput, match="commits to"):
        give(platform, tender, bids[0])


@ONE_DATABASE
def test_too_few_bids_stay_sealed_for_their_bidders_too(platform: Platform) -> None:
    tender, bids = closed(platform, ALSO, count=2)
    with platform.database.transaction() as session:
        own_secrets.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
    with pytest.raises(TooFewBids):
        give(platform, tender, bids[0])


@ONE_DATABASE
@pytest.mark.parametrize("is_also", [True, False])
def test_a_bid_sealed_by_another_policy_than_the_notices_is_refused(
    platform: Platform, is_also: bool
) -> None:
    tender = make_tender(platform, opening_rule=OpeningRule() if is_also else ALSO)
    bid = make_bid(platform, tender, "bidder-1", bidder_also=is_also)
    with pytest.raises(TenderingError, match="seal it again"):
        submit(platform, bid, tender)


@ONE_DATABASE
def test_shares_that_working_openers_cannot_read_are_their_bidders_fault(platform: Platform) -> None:
    tender, _ = closed(platform, OpeningRule())
    ids = bid_ids(platform, tender)
    undecryptable(platform, tender, 1, 2, 3, ids=ids[:1])
    open_all(platform, tender)
    assert outcomes(platform, tender)[0] == ("unopened", "bidder", "revoked")


@ONE_DATABASE
def test_openers_whose_keys_open_nothing_are_answerable_and_the_bids_count_as_withdrawn(
    platform: Platform,
) -> None:
    tender, _ = closed(platform, OpeningRule())
    ids = bid_ids(platform, tender)
    undecryptable(platform, tender, 1, 2, ids=ids)
    release(platform, tender, 3)
    open_all(platform, tender)
    assert outcomes(platform, tender) == [("unopened", "opener", "withdrawn")] * 3


@ONE_DATABASE
@pytest.mark.parametrize(("late", "is_mended"), [(-SECOND, True), (timedelta(), True), (SECOND, False)])
def test_where_the_notice_has_a_remedy_the_bidders_seed_opens_what_openers_could_not(
    platform: Platform, late: timedelta, is_mended: bool
) -> None:
    tender, bids = closed(platform, REMEDY)
    ids = bid_ids(platform, tender)
    undecryptable(platform, tender, 1, 2, ids=ids)
    release(platform, tender, 3)
    open_all(platform, tender)
    assert lines(platform, tender) == []  # left open, each with a time of its own
    noticed = platform.clock.now()
    give(platform, tender, bids[1], seed=True)
    give(platform, tender, bids[2], seed=True)
    platform.clock.at = noticed + timedelta(minutes=60) + late
    if is_mended:
        give(platform, tender, bids[0], seed=True)
    else:
        with pytest.raises(Refused, match="until"):
            give(platform, tender, bids[0], seed=True)
    open_all(platform, tender)
    first = ("opened", "", None) if is_mended else ("unopened", "opener", "withdrawn")
    assert outcomes(platform, tender) == [first, *[("opened", "", None)] * 2]
    assert lines(platform, tender)[1]["price"] == "200.00"


def test_openers_who_never_come_are_given_up_by_two_people_and_the_bidders_mend_it(
    platform: Platform,
) -> None:
    tender, bids = closed(platform, BOTH)
    released(platform, tender, 2)
    failure = declare(platform, tender)
    open_all(platform, tender)
    assert lines(platform, tender) == []
    assert confirm(platform, failure) == platform.clock.now() + timedelta(minutes=60)
    for bid in bids[:2]:
        give(platform, tender, bid)
        give(platform, tender, bid, seed=True)
    open_all(platform, tender)
    platform.clock.at += timedelta(minutes=60) + SECOND
    open_all(platform, tender)
    assert outcomes(platform, tender) == [
        ("opened", "", None),
        ("opened", "", None),
        ("unopened", "opener", "withdrawn"),
    ]
    with platform.database.reading() as session:
        assert queries.tender(session, tender.tender_id).stage == Stage.OPENED


@ONE_DATABASE
def test_openers_who_come_after_all_open_what_was_given_up(platform: Platform) -> None:
    tender, _ = closed(platform, REMEDY)
    bid_ids(platform, tender)
    confirm(platform, declare(platform, tender))
    released(platform, tender, 1, 3)
    open_all(platform, tender)
    assert outcomes(platform, tender) == [("opened", "", None)] * 3


@ONE_DATABASE
def test_without_a_remedy_a_confirmed_failure_ends_at_once(platform: Platform) -> None:
    tender, bids = closed(platform, OpeningRule())
    bid_ids(platform, tender)
    confirm(platform, declare(platform, tender))
    platform.clock.at += SECOND
    with pytest.raises(Refused):
        give(platform, tender, bids[0], seed=True)
    open_all(platform, tender)
    assert outcomes(platform, tender) == [("unopened", "opener", "withdrawn")] * 3


@ONE_DATABASE
def test_a_lost_file_is_the_platforms_fault_once_two_people_say_so(platform: Platform) -> None:
    tender, _ = closed(platform, OpeningRule())
    ids = bid_ids(platform, tender)
    with platform.database.reading() as session:
        spoil(platform, queries.bid(session, ids[2]).digest)
    released(platform, tender, 1, 2)
    with pytest.raises(TenderingError, match="changed after it was received"):
        open_all(platform, tender)
    assert lines(platform, tender) == []  # nobody is awarded anything while a file is missing
    confirm(platform, declare(platform, tender, "stored-bid", ids[2]))
    platform.clock.at += SECOND
    open_all(platform, tender)
    assert outcomes(platform, tender)[2] == ("unopened", "platform", "withdrawn")
    assert [line["outcome"] for line in lines(platform, tender)][:2] == ["opened", "opened"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("failing", "of_bid", "error", "match"),
    [
        ("openers", True, BadInput, "no bid"),
        ("stored-bid", False, BadInput, "name the bid"),
        ("weather", False, BadInput, "choose one"),
        ("stored-bid", None, NotFound, "no bid"),
    ],
)
def test_what_cannot_be_declared(
    platform: Platform, failing: str, of_bid: bool | None, error: type[Exception], match: str
) -> None:
    tender, _ = closed(platform, OpeningRule())
    ids = bid_ids(platform, tender)
    with pytest.raises(error, match=match):
        declare(platform, tender, failing, "nothing" if of_bid is None else ids[0] if of_bid else None)


@ONE_DATABASE
def test_a_failure_needs_something_that_waits_and_openers_who_did_not_act(platform: Platform) -> None:
    tender, _ = closed(platform, OpeningRule())
    with pytest.raises(Refused, match="waits"):
        declare(platform, tender)  # the closing is not recorded yet
    released(platform, tender, 1, 2)
    with pytest.raises(Refused, match="enough openers"):
        declare(platform, tender)
    open_all(platform, tender)
    with pytest.raises(Refused, match="waits"):
        declare(platform, tender)


def test_who_may_not_confirm(platform: Platform) -> None:
    tender, _ = closed(platform, OpeningRule())
    bid_ids(platform, tender)
    failure = declare(platform, tender)
    with pytest.raises(NotAllowed):
        confirm(platform, failure, tender.office)
    with pytest.raises(NotFound):
        confirm(platform, "nothing")
    confirm(platform, failure)
    with pytest.raises(Refused, match="already"):
        confirm(platform, failure)


@ONE_DATABASE
def test_where_the_site_demands_passkeys_nobody_gives_up_without_one(platform: Platform) -> None:
    tender, _ = closed(platform, OpeningRule())
    bid_ids(platform, tender)
    asked = Presence(demanded=frozenset({Duty.TENDER_OFFICE, Duty.SUPERVISOR}))
    with pytest.raises(PasskeyNeeded):
        declare(platform, replace(tender, office=replace(tender.office, presence=asked)))
    failure, supervisor = declare(platform, tender), platform.person("supervisor", Duty.SUPERVISOR)
    with pytest.raises(PasskeyNeeded):
        confirm(platform, failure, replace(supervisor, presence=asked))
    confirm(platform, failure, supervisor)
