"""RT22: a file that is uploaded, not submitted. Its bidder is told four times, each once, and never that it counts."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from accounts import actions as accounts
from accounts import queries as account_queries
from accounts.contacts import Contact
from accounts.duties import Duty
from crypto.envelope_prefix import read_prefix
from storage.audit_log import LogRecord
from storage.outbox import WAITING, JobRecord
from tender import queries
from tender.actions import reminders, uploads
from tender.drafts import REMINDERS, due_reminder, expires_at
from tender.records import ReminderRecord, UploadRecord
from tests.builders import (
    CLOSES,
    NOW,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_platform,
    make_tender,
    store,
    submit,
)
from worker.jobs import carry_out
from worker.tasks import JOBS

MICRO = timedelta(microseconds=1)
TELEPHONE = "13800000000"


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


@pytest.fixture
def tender(platform: Platform) -> PublishedTender:
    return make_tender(platform)


def draft(platform: Platform, tender: PublishedTender, name: str = "late-bidder") -> SealedBid:
    """A bid that lies at the platform whole, and is not submitted."""
    bid = make_bid(platform, tender, name)
    stored = store(platform, bid.envelope)
    command = uploads.BeginUpload(tender.tender_id, tender.lot_id, stored.size, stored.digest, "b.sealed")
    prefixes = read_prefix(bid.envelope).to_bytes()
    now = platform.clock.now()
    with platform.database.transaction() as session:
        accounts.set_contact(session, actor=bid.bidder, contact=Contact(TELEPHONE), now=now)
        uploads.keep_form_upload(session, actor=bid.bidder, command=command, prefixes=prefixes, now=now)
    return bid


def sweep(platform: Platform, at: datetime) -> None:
    """What the worker does once a minute, and then with what the sweep asked for."""
    platform.clock.at = at
    with platform.database.transaction() as session:
        reminders.ask_for_reminders(session, at)
    with platform.database.reading() as session:
        due = select(JobRecord.id).where(JobRecord.state == WAITING, JobRecord.name == "remind_bidder")
        jobs = [job for job in session.exec(due) if job is not None]
    for job in jobs:
        carry_out(JOBS, platform.adapters, job)


def messages(platform: Platform) -> list[str]:
    folder = platform.adapters.settings.var / "messages"
    return [json.loads(path.read_text())["text"] for path in sorted(folder.glob("*.json"))]


def test_four_reminders_each_once_and_none_says_that_it_counts(
    platform: Platform, tender: PublishedTender
) -> None:
    draft(platform, tender)
    seen = []
    for minutes in REMINDERS:
        moment = CLOSES - timedelta(minutes=minutes)
        for at in (moment - MICRO, moment, moment + MICRO, moment + timedelta(minutes=3)):
            sweep(platform, at)
            seen.append(len(messages(platform)))
    assert seen == [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4]
    for text in messages(platform):
        assert "尚未递交" in text
        assert "NO BID YET" in text
        assert "submitted" not in text.lower()
        assert not {tender.tender_id, "T-1", "道路", "Road", "b.sealed"} & set(text.split())
    with platform.database.reading() as session:
        rows = session.exec(select(ReminderRecord).order_by(col(ReminderRecord.minutes).desc())).all()
        kinds = session.exec(select(LogRecord.kind)).all()
    assert [(row.minutes, row.people) for row in rows] == [(minutes, 1) for minutes in REMINDERS]
    assert not [kind for kind in kinds if "upload" in kind or "remind" in kind]


def test_everybody_of_the_bidder_who_may_submit_is_told_and_nobody_else(
    platform: Platform, tender: PublishedTender
) -> None:
    bid = draft(platform, tender)
    people = {
        "colleague": platform.person("colleague", Duty.BIDDER, organisation="late-bidder Ltd"),
        "applicant": platform.person("applicant", Duty.APPLICANT, organisation="late-bidder Ltd"),
        "rival": platform.person("rival", Duty.BIDDER),
        "silent": platform.person("silent", Duty.BIDDER, organisation="late-bidder Ltd"),
    }
    contact = Contact("13900000000", "a@example.org")
    with platform.database.transaction() as session:
        for name in ("colleague", "applicant", "rival"):
            accounts.set_contact(session, actor=people[name], contact=contact, now=NOW)
    sweep(platform, CLOSES - timedelta(minutes=30))
    folder = platform.adapters.settings.var / "messages"
    told = sorted(json.loads(path.read_text())["to"] for path in folder.glob("*.json"))
    assert told == [TELEPHONE, "13900000000", "a@example.org"]
    assert bid.bidder.person_id not in "".join(path.name for path in folder.iterdir())


def test_nobody_is_reminded_once_a_bid_stands(platform: Platform, tender: PublishedTender) -> None:
    bid = draft(platform, tender)
    sweep(platform, CLOSES - timedelta(hours=24))
    submit(platform, bid, tender)
    for minutes in (120, 30, 10):
        sweep(platform, CLOSES - timedelta(minutes=minutes))
    assert len(messages(platform)) == 1


def test_reminder_that_is_asked_for_is_not_sent_when_it_is_no_longer_true(
    platform: Platform, tender: PublishedTender
) -> None:
    bid = draft(platform, tender)
    platform.clock.at = CLOSES - timedelta(minutes=30)
    with platform.database.transaction() as session:
        assert reminders.ask_for_reminders(session, platform.clock.at) == 1
    submit(platform, bid, tender)
    sweep(platform, platform.clock.at)
    assert messages(platform) == []


def test_moments_move_with_the_closing(platform: Platform, tender: PublishedTender) -> None:
    draft(platform, tender)
    sweep(platform, CLOSES - timedelta(hours=2))
    later = CLOSES + timedelta(days=2)
    with platform.database.transaction() as session:
        queries.tender(session, tender.tender_id).closes_at = later
    for at in (CLOSES - timedelta(minutes=30), later - timedelta(hours=24), later - timedelta(hours=2)):
        sweep(platform, at)
    assert len(messages(platform)) == 3


@pytest.mark.parametrize(
    ("begun", "now", "minutes"),
    [
        (-2000, -1440.0001, None),
        (-2000, -1440, 1440),
        (-1440, -1440, 1440),
        (-1439, -1300, None),
        (-2000, -119, 120),  # what a standstill skipped is not made up for
        (-100, -31, None),
        (-100, -29.9, 30),
        (-20, -10, 10),
        (-9, -1, None),
        (-2000, -0.0001, 10),
        (-2000, 0, 10),
        (-2000, 0.0001, None),
    ],
)
def test_due_reminder_is_the_latest_whose_moment_the_file_has_seen(
    begun: float, now: float, minutes: int | None
) -> None:
    at = [CLOSES + timedelta(minutes=each) for each in (begun, now)]
    assert due_reminder(at[0], CLOSES, at[1]) == minutes


@pytest.mark.parametrize(("late", "left"), [(-MICRO, 1), (timedelta(0), 0), (MICRO, 0)])
def test_draft_is_swept_a_day_after_the_closing_and_the_log_says_so_then(
    platform: Platform, tender: PublishedTender, late: timedelta, left: int
) -> None:
    platform.clock.at = CLOSES - timedelta(hours=3)
    draft(platform, tender)
    sweep(platform, CLOSES - timedelta(minutes=10))
    platform.clock.at = CLOSES + timedelta(days=1) + late
    assert (expires_at(NOW, CLOSES, is_stored=True) <= platform.clock.at) == (left == 0)
    with platform.database.transaction() as session:
        job = JobRecord(name="clear_drafts", payload={}, due_at=platform.clock.at)
        session.add(job)
        session.flush()
        number = job.id
    assert number is not None
    carry_out(JOBS, platform.adapters, number)
    with platform.database.reading() as session:
        assert len(session.exec(select(UploadRecord)).all()) == left
        logged = session.exec(select(LogRecord).where(LogRecord.kind == "upload.not-submitted")).all()
    assert len(logged) == 1 - left
    if logged:
        assert logged[0].tender_id is None
        assert json.loads(logged[0].fact)["data"]["reminded_minutes_before"] == [10]


def test_contact_is_kept_sealed_and_only_for_its_person(platform: Platform) -> None:
    one, other = (platform.person(name, Duty.BIDDER) for name in ("one", "other"))
    for contact in (Contact(TELEPHONE, ""), Contact("", "b@example.org")):
        with platform.database.transaction() as session:
            accounts.set_contact(session, actor=one, contact=contact, now=NOW)
        with platform.database.reading() as session:
            assert account_queries.contact(session, one.person_id) == contact
            assert account_queries.contact(session, other.person_id) == Contact()
    assert TELEPHONE not in repr(replace(Contact(TELEPHONE), email="x@example.org"))
