"""A worker process killed twice loses no job and does none twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from kernel.settings import Settings
from storage.adapters import Adapters, make_adapters
from tests.worker.counting import effects, enqueue, make_tables, states, wait_for

ROOT = Path(__file__).parents[2]
JOBS = 150


def start(kind: str, adapters: Adapters, broker_url: str = "") -> "subprocess.Popen[bytes]":
    arguments = [kind, str(adapters.settings.var), adapters.settings.database, broker_url]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.worker.counting", *arguments], cwd=ROOT, start_new_session=True
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    # The whole group: a prefork worker must not live on without its parent.
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def run_with_two_kills(kind: str, adapters: Adapters, broker_url: str = "") -> None:
    make_tables(adapters)
    enqueue(adapters, "count", range(JOBS))
    for done in (JOBS // 4, JOBS // 2):
        process = start(kind, adapters, broker_url)
        wait_for(adapters, "done", done)
        kill(process)
        assert states(adapters).get("waiting", 0) > 0
    process = start(kind, adapters, broker_url)
    wait_for(adapters, "done", JOBS)
    time.sleep(0.2)
    kill(process)
    assert effects(adapters) == list(range(JOBS))
    assert states(adapters) == {"done": JOBS}


def test_an_embedded_worker_killed_twice_does_every_job_once(tmp_path: Path) -> None:
    adapters = make_adapters(Settings(var=tmp_path))
    run_with_two_kills("embedded", adapters)
    adapters.database.close()


def test_prefork_workers_on_a_broker_killed_twice_do_every_job_once(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    adapters = make_adapters(Settings(var=tmp_path, database_url=postgres_url))
    run_with_two_kills("site", adapters, redis_url)
    adapters.database.close()
