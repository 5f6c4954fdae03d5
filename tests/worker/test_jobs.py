"""A job's effect and its end are one; what fails is seen."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.clock import FixedClock
from kernel.settings import Settings
from storage import outbox
from storage.adapters import Adapters, make_adapters
from tests.worker.counting import JOBS, effects, enqueue, make_tables, states
from worker.jobs import carry_out
from worker.relay import UNDER_WAY, Relay
from worker.tasks import JOBS as REAL_JOBS

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def adapters(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Adapters]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    adapters = make_adapters(Settings(var=tmp_path, database_url=url), FixedClock(NOW))
    make_tables(adapters)
    yield adapters
    adapters.database.close()


@pytest.fixture
def clock(adapters: Adapters) -> FixedClock:
    assert isinstance(adapters.clock, FixedClock)
    return adapters.clock


def job(adapters: Adapters, job_id: int = 1) -> outbox.JobRecord:
    with adapters.database.reading() as session:
        found = session.get(outbox.JobRecord, job_id)
        assert found is not None
        return found


def test_a_job_delivered_three_times_has_one_effect(adapters: Adapters) -> None:
    enqueue(adapters, "count", range(1))
    for _ in range(3):
        carry_out(JOBS, adapters, 1)
    assert effects(adapters) == [0]
    assert states(adapters) == {"done": 1}
    assert (job(adapters).done_at, job(adapters).attempts) == (NOW, 1)


def test_what_was_prepared_is_given_to_the_act(adapters: Adapters) -> None:
    enqueue(adapters, "prepare", range(7, 8))
    carry_out(JOBS, adapters, 1)
    with adapters.database.reading() as session:
        row = session.connection().exec_driver_sql("SELECT n, prepared FROM effects").one()
    assert tuple(row) == (7, "prepared 7")


def test_a_number_without_a_job_is_ignored(adapters: Adapters) -> None:
    carry_out(JOBS, adapters, 12345)
    assert states(adapters) == {}


def test_what_is_unavailable_is_tried_again_later_each_time(adapters: Adapters, clock: FixedClock) -> None:
    enqueue(adapters, "unavailable", range(1))
    waits = []
    for _ in range(14):
        carry_out(JOBS, adapters, 1)
        waits.append((job(adapters).due_at - clock.at).total_seconds())
        clock.at = job(adapters).due_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]
    assert effects(adapters) == []
    assert (job(adapters).state, job(adapters).last_error) == ("waiting", "unavailable")


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("refuse", "refused", logging.ERROR),
        ("break", "integrity-broken", logging.CRITICAL),
        ("bug", "ZeroDivisionError", logging.ERROR),
        ("nothing", "unknown-job", logging.ERROR),
    ],
)
def test_what_fails_is_seen_and_leaves_no_effect(
    adapters: Adapters, name: str, code: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(adapters, name, range(1))
    carry_out(JOBS, adapters, 1)
    carry_out(JOBS, adapters, 1)
    assert effects(adapters) == []
    assert [record.levelno for record in caplog.records if record.name == "worker.jobs"] == [level]
    with adapters.database.reading() as session:
        assert [(failed.name, failed.last_error) for failed in outbox.failed_jobs(session)] == [(name, code)]


def test_a_failed_job_can_be_tried_again_by_hand(adapters: Adapters) -> None:
    enqueue(adapters, "refuse", range(1))
    carry_out(JOBS, adapters, 1)
    with adapters.database.transaction() as session:
        outbox.retry(session, 1, NOW)
    carry_out(JOBS | {"refuse": JOBS["count"]}, adapters, 1)
    assert (states(adapters), effects(adapters)) == ({"done": 1}, [0])


def test_a_job_is_sent_when_it_is_due_and_not_before(adapters: Adapters, clock: FixedClock) -> None:
    sent: list[int] = []
    relay = Relay(adapters, sent.append)
    with adapters.database.transaction() as session:
        outbox.enqueue(session, "count", {"n": 1}, now=NOW, due_at=NOW + timedelta(hours=1))
    for offset, expected in ((-1, []), (0, [1]), (1, [1])):
        clock.at = NOW + timedelta(hours=1, microseconds=offset)
        relay.send_due()
        assert sent == expected


def test_a_lost_job_is_sent_again_when_its_lease_is_over(adapters: Adapters, clock: FixedClock) -> None:
    enqueue(adapters, "count", range(1))
    sent: list[int] = []
    relay = Relay(adapters, sent.append)
    for offset, expected in ((None, [1]), (-1, [1]), (0, [1, 1])):
        if offset is not None:
            clock.at = NOW + outbox.LEASE + timedelta(microseconds=offset)
        relay.send_due()
        assert sent == expected


def test_no_more_is_leased_than_workers_can_start_in_time(adapters: Adapters) -> None:
    enqueue(adapters, "count", range(UNDER_WAY + 10))
    sent: list[int] = []
    relay = Relay(adapters, sent.append)
    assert [relay.send_due(), relay.send_due()] == [UNDER_WAY, 0]
    for job_id in sent[:7]:
        carry_out(JOBS, adapters, job_id)
    assert relay.send_due() == 7
    assert sent == list(range(1, UNDER_WAY + 8))


def test_an_act_that_rolls_back_asks_for_no_job(adapters: Adapters) -> None:
    with pytest.raises(ZeroDivisionError), adapters.database.transaction() as session:
        outbox.enqueue(session, "count", {"n": 1}, now=NOW)
        raise ZeroDivisionError
    assert states(adapters) == {}


def test_every_real_job_has_a_name_of_the_outbox() -> None:
    assert all(name == name.lower() and len(name) <= 60 for name in REAL_JOBS)
