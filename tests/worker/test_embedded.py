"""The worker inside the web process."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.settings import Settings
from storage.adapters import Adapters, make_adapters
from tests.worker.counting import JOBS, LEASE, effects, enqueue, make_tables, wait_for
from worker.embedded import EmbeddedWorker


@pytest.fixture
def adapters(tmp_path: Path) -> Iterator[Adapters]:
    adapters = make_adapters(Settings(var=tmp_path))
    make_tables(adapters)
    yield adapters
    adapters.database.close()


def test_a_job_that_is_committed_is_done(adapters: Adapters) -> None:
    worker = EmbeddedWorker(adapters, JOBS, LEASE)
    worker.start()
    enqueue(adapters, "count", range(30))
    wait_for(adapters, "done", 30)
    worker.stop()
    assert effects(adapters) == list(range(30))


def test_stopping_is_quick_and_leaves_no_thread(adapters: Adapters) -> None:
    before = threading.active_count()
    for _ in range(3):
        worker = EmbeddedWorker(adapters, JOBS, LEASE)
        worker.start()
        started = time.monotonic()
        worker.stop()
        assert time.monotonic() - started < 1.5
    assert threading.active_count() <= before


def test_two_workers_in_one_process_do_not_share_jobs(tmp_path: Path) -> None:
    sites = [make_adapters(Settings(var=tmp_path / name)) for name in ("one", "two")]
    workers = [EmbeddedWorker(adapters, JOBS, LEASE) for adapters in sites]
    for adapters, worker in zip(sites, workers, strict=True):
        make_tables(adapters)
        worker.start()
    enqueue(sites[0], "count", range(10))
    enqueue(sites[1], "count", range(10, 20))
    for adapters, worker in zip(sites, workers, strict=True):
        wait_for(adapters, "done", 10)
        worker.stop()
    assert [effects(adapters) for adapters in sites] == [list(range(10)), list(range(10, 20))]
