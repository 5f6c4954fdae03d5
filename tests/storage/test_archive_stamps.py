"""Stamps of the archive: when one is due, and which of them prove an old head to this day."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crypto.timestamps import AuthorityKey, issue, make_authority, validity_of
from storage import archive_stamps, audit_log
from storage.archive_stamps import EVERY, OWN
from storage.audit_log import Fact
from storage.outbox import JobRecord
from tests.builders import NOW, Platform, make_platform
from worker.ticker import Ticker
from worker.timestamps import RENEW


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


def stamp(platform: Platform, authority: AuthorityKey, at: datetime) -> int:
    """Log something, stamp the head with it, and give its size."""
    with platform.database.transaction() as session:
        audit_log.append(session, Fact("something.happened", "it"), at)
        head = audit_log.frontier(session)
        tokens = {OWN: (issue(authority, head.root(), at, head.size), at)}
        archive_stamps.keep(session, size=head.size, tokens=tokens, now=at)
        return head.size


def test_a_chain_leaps_as_far_as_each_certificate_holds(platform: Platform) -> None:
    first, second = make_authority("first", NOW), make_authority("second", NOW + timedelta(days=5000))
    until = validity_of(first.certificate)[1]
    times = [
        (first, NOW),
        (first, NOW + timedelta(days=4000)),
        (second, NOW + timedelta(days=6000)),
        (second, until + timedelta(days=1)),
        (second, until + timedelta(days=2)),
    ]
    sizes = [stamp(platform, authority, at) for authority, at in times]
    with platform.database.reading() as session:
        assert [link.size for link in archive_stamps.chain(session, sizes[0])] == [
            sizes[0],
            sizes[2],
            sizes[4],
        ]
        assert [link.size for link in archive_stamps.chain(session, sizes[0] + 1)] == [
            sizes[1],
            sizes[2],
            sizes[4],
        ]
        assert [link.size for link in archive_stamps.chain(session, sizes[4])] == [sizes[4]]
        found = archive_stamps.chain(session, sizes[0])
        assert [link.certificate for link in found] == [one.certificate for one in (first, second, second)]
        assert all(link.entry.kind == "archive.stamped" for link in found)
        assert archive_stamps.chain(session, sizes[4] + 1) == []


@pytest.mark.parametrize(
    ("away", "is_due"), [(EVERY - timedelta(microseconds=1), False), (EVERY, True), (EVERY * 2, True)]
)
def test_the_ticker_asks_for_a_stamp_when_a_month_has_passed(
    platform: Platform, away: timedelta, is_due: bool
) -> None:
    def asked() -> int:
        Ticker(platform.adapters).tick()
        with platform.database.reading() as session:
            return len(session.exec(select(JobRecord).where(JobRecord.name == RENEW)).all())

    stamp(platform, platform.adapters.keys.authority, platform.clock.now())
    assert asked() == 0
    platform.clock.at += away
    assert asked() == is_due


def test_the_first_stamp_is_due_at_once(platform: Platform) -> None:
    with platform.database.reading() as session:
        assert archive_stamps.due(session, (OWN, "other"), NOW) == [OWN, "other"]
