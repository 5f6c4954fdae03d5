"""The pulse stops and goes on: closing times move by the published rule, nothing closes meanwhile, all is signed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from crypto.signatures import check_statement
from kernel.errors import NotYetClosed, SubmissionClosed, Unavailable
from storage.outbox import JobRecord
from tender import queries
from tender.actions import close, outages
from tender.outages import UNREACHABLE
from tender.queries import outages as ledger
from tests.builders import CLOSES, Platform, PublishedTender, make_bid, make_tender, submit
from tests.simulator import do_jobs


def beat(platform: Platform) -> int | None:
    """One pulse; how many closing times it moved where it found an outage."""
    with platform.database.transaction() as session:
        made = outages.beat(session, keys=platform.adapters.keys, cause=UNREACHABLE, now=platform.clock.now())
        return None if made is None else made.moved


def closes(platform: Platform, tender: PublishedTender) -> object:
    with platform.database.reading() as session:
        return queries.tender(session, tender.tender_id).closes_at


def test_a_closing_time_in_an_outage_moves_and_bids_come_in_until_then(platform: Platform) -> None:
    tender, other = make_tender(platform), make_tender(platform)
    with platform.database.transaction() as session:
        queries.tender(session, other.tender_id).outage_rule = None
    platform.clock.at = CLOSES - timedelta(minutes=10)
    assert beat(platform) is None
    platform.clock.at = CLOSES + timedelta(minutes=20)
    with pytest.raises(Unavailable):
        submit(platform, make_bid(platform, tender, "early"), tender)
    with pytest.raises(NotYetClosed), platform.database.transaction() as session:
        close.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
    do_jobs(platform)  # the job of the closing comes, finds the platform down and goes
    assert beat(platform) == 1
    moved_to = platform.clock.now() + timedelta(minutes=120)
    assert closes(platform, tender) == moved_to
    assert closes(platform, other) == CLOSES
    submit(platform, make_bid(platform, tender, "after"), tender)
    with pytest.raises(SubmissionClosed):
        submit(platform, make_bid(platform, other, "too-late"), other)
    do_jobs(platform)
    with platform.database.reading() as session:
        assert queries.closing(session, other.tender_id) is not None, "its closing was asked for again"
        assert queries.closing(session, tender.tender_id) is None
        notice = queries.current_notice(session, tender.tender_id)
        [row] = ledger.recent(session, platform.clock.now())
        jobs = session.exec(select(JobRecord).where(JobRecord.name == "close_tender"))
        again = [job.payload["tender_id"] for job in jobs if job.due_at > moved_to]
    assert again == [tender.tender_id], "the closing is asked for at its new time"
    assert notice.version == 2
    assert "unavailable" in notice.body["changes"]
    body = check_statement(row.certificate, "unavailability", platform.adapters.keys.receipts.public)
    assert list(body["moved"]) == [tender.tender_id]
    platform.clock.at = moved_to + timedelta(seconds=2)
    beat(platform)
    do_jobs(platform)


@pytest.mark.parametrize(("gap", "is_outage"), [(29.9, False), (30.0, False), (30.1, True)])
def test_a_short_gap_is_no_outage(platform: Platform, gap: float, is_outage: bool) -> None:
    beat(platform)
    platform.clock.advance(seconds=gap)
    with platform.database.reading() as session:
        assert outages.is_down(session, platform.clock.now()) == is_outage
    assert (beat(platform) is not None) == is_outage
    assert beat(platform) is None
    platform.clock.advance(seconds=-100)
    assert beat(platform) is None, "a clock that went back makes no outage"
