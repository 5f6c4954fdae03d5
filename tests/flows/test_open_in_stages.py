"""Two envelopes: the price stays sealed until the technical scores are locked."""

import pytest
from sqlmodel import col, select

from accounts.duties import Duty
from crypto.archive import read_archive
from crypto.envelope import open_share
from crypto.signatures import sign_statement
from evaluation.actions import reopen, stages
from evaluation.queries import judging
from kernel.errors import BadInput, MalformedEnvelope, Refused, WrongEnvelope
from storage import audit_log
from tender import queries
from tender.actions import open_prices as open_prices_acts
from tender.envelopes import Moment
from tender.lifecycle import Stage
from tender.opening import RELEASE_TYPE, Release, release_body
from tender.queries import stages as stage_queries
from tests.builders import Platform, PublishedTender, make_bid, release_prices, submit
from tests.flows.databases import ONE_DATABASE
from tests.flows.panels import published_tender
from tests.flows.staged import TWO, open_prices, open_technical, score_all, seal_in_two
from tests.simulator import do_jobs

PRICES = ["300.00", "100.00", "200.00"]


def stage(platform: Platform, tender: PublishedTender) -> str:
    with platform.database.reading() as session:
        return queries.tender(session, tender.tender_id).stage


def kinds(platform: Platform, tender: PublishedTender) -> list[str]:
    with platform.database.reading() as session:
        found = select(audit_log.LogRecord.kind).where(audit_log.LogRecord.tender_id == tender.tender_id)
        return list(session.exec(found.order_by(col(audit_log.LogRecord.index))))


def test_a_staged_tender_is_scored_without_prices_and_ranked_with_them(platform: Platform) -> None:
    tender = open_technical(platform, PRICES)
    with platform.database.reading() as session:
        bids = judging.opened_bids(session, tender.tender_id, tender.lot_id)
        assert [bid.is_priced for bid in bids] == [False] * 3
        assert all(row.price_text == "" for row, _ in queries.opened_bids(session, tender.tender_id))
        record = queries.opening_record(session, tender.tender_id)
    assert record is not None
    first = record.body
    assert [line["price"] for line in first["bids"]] == [""] * 3
    assert [[one["kind"] for one in line["envelopes"]] for line in first["bids"]] == [["technical"]] * 3

    with pytest.raises(Refused, match="scores are locked"):
        release_early(platform, tender)
    chair = score_all(platform, tender)[0]
    assert stage(platform, tender) == Stage.OPENED
    open_prices(platform, tender)
    with platform.database.reading() as session:
        bids = judging.opened_bids(session, tender.tender_id, tender.lot_id)
        assert sorted(bid.price for bid in bids) == [10000, 20000, 30000]
        assert judging.find_ranking(session, tender.lot_id) is None, "the chair has not looked at the prices"
    with platform.database.transaction() as session:
        stages.finish_price_review(session, actor=chair, tender_id=tender.tender_id, now=platform.clock.now())
    do_jobs(platform)
    assert stage(platform, tender) == Stage.EVALUATED
    order = kinds(platform, tender)
    wanted = ["opening.recorded", "scores.locked", "prices.released", "price.opened", "prices.recorded"]
    assert [order.index(kind) for kind in wanted] == sorted(order.index(kind) for kind in wanted)


def release_early(platform: Platform, tender: PublishedTender) -> None:
    """An opener who tries to release prices before the lock, with whatever statement."""
    with platform.database.transaction() as session:
        open_prices_acts.release_prices(
            session,
            actor=tender.openers[0],
            tender_id=tender.tender_id,
            release=Release(1, {}, {}),
            now=platform.clock.now(),
        )


@ONE_DATABASE
def test_what_is_open_becomes_one_archive(platform: Platform) -> None:
    tender = open_technical(platform, PRICES)
    score_all(platform, tender)
    open_prices(platform, tender)
    with platform.database.reading() as session:
        row, _ = queries.opened_bids(session, tender.tender_id)[0]
        assert row.contents_digest is not None
        with platform.adapters.objects.open(row.contents_digest) as stored:
            found = {entry.name: entry.read() for entry in read_archive(stored)}
    assert set(found) == {"bid.json", "offer.txt", "price/offer.txt"}
    assert [file["name"] for file in row.files] == ["bid.json", "offer.txt", "price/offer.txt"]


@ONE_DATABASE
def test_locked_scores_cannot_be_opened_again(platform: Platform) -> None:
    tender = open_technical(platform, PRICES)
    chair = score_all(platform, tender)[0]
    supervisor = platform.person("supervisor", Duty.SUPERVISOR)
    for actor in (chair, supervisor):
        with pytest.raises(Refused, match="locked"), platform.database.transaction() as session:
            reopen.reopen_review(
                session,
                actor=actor,
                tender_id=tender.tender_id,
                lot_id=tender.lot_id,
                reason="again",
                now=platform.clock.now(),
            )


@ONE_DATABASE
def test_envelopes_that_do_not_fit_the_notice_are_refused(platform: Platform) -> None:
    staged, plain = published_tender(platform, {"envelopes": TWO}), published_tender(platform, {})
    with pytest.raises(WrongEnvelope):
        submit(platform, make_bid(platform, staged, "one"), staged)
    with pytest.raises(MalformedEnvelope, match="missing: price"):
        submit(platform, make_bid(platform, staged, "two", kind="technical"), staged)
    with pytest.raises(WrongEnvelope):
        submit(platform, seal_in_two(platform, plain, "three", "1.00"), plain)


@ONE_DATABASE
def test_a_release_made_before_the_lock_is_refused(platform: Platform) -> None:
    """What an opener signs names the head of the log that holds the lock."""
    tender = open_technical(platform, PRICES)
    score_all(platform, tender)
    with platform.database.reading() as session:
        closing = queries.closing(session, tender.tender_id)
        prefixes = stage_queries.prefixes(session, tender.tender_id, Moment.SCORES_LOCKED)
    assert closing is not None
    shares = {name: open_share(one, 1, tender.keys[0].hpke_private) for name, one in prefixes.items()}
    body = release_body(queries.closing_value(closing), 1, shares)
    statement = sign_statement(tender.keys[0].signer, RELEASE_TYPE, body)
    with pytest.raises(BadInput, match="does not describe"), platform.database.transaction() as session:
        open_prices_acts.release_prices(
            session,
            actor=tender.openers[0],
            tender_id=tender.tender_id,
            release=Release(1, shares, statement),
            now=platform.clock.now(),
        )
    assert release_prices(platform, tender, 1) == 1
    assert release_prices(platform, tender, 1) == 1
