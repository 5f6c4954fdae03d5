"""Worker and relay inside the web process, for an installation without a broker.

Nothing is lost when the process dies, whole or in part: the outbox knows which jobs are not done.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from celery.bootsteps import CLOSE
from celery.concurrency.thread import TaskPool

from storage.adapters import Adapters
from storage.outbox import LEASE
from worker.app import make_celery, send
from worker.jobs import Job, carry_out
from worker.relay import Relay
from worker.tasks import JOBS
from worker.ticker import make_tickers

THREADS = 2
START_SECONDS = 30.0
NO_JOB = 0  # a number that no job has: its delivery only wakes the worker


class Threads(TaskPool):  # type: ignore[misc]
    """Celery's threads, each of which knows its application: one process may hold several."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.executor = ThreadPoolExecutor(self.limit, "job", initializer=self.app.set_current)


class EmbeddedWorker:
    """A Celery worker with threads and its relay; `start` once, `stop` once."""

    def __init__(self, adapters: Adapters, jobs: Mapping[str, Job] = JOBS, lease: timedelta = LEASE) -> None:
        self._app = make_celery(adapters.settings, lambda job_id: carry_out(jobs, adapters, job_id))
        self._relay = Relay(adapters, lambda job_id: send(self._app, job_id), lease)
        self._tickers = make_tickers(adapters)
        self._ready = threading.Event()
        self._controller = self._app.WorkController(
            pool_cls=Threads,
            concurrency=THREADS,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda _: self._ready.set(),
        )
        self._thread = threading.Thread(target=self._controller.start, name="embedded-worker", daemon=True)

    def start(self) -> None:
        """Begin to work; returns when the worker takes jobs.

        Raises:
            RuntimeError: the worker did not come up.
        """
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError("internal: the embedded worker did not start")
        self._relay.start()
        for ticker in self._tickers:
            ticker.start()

    def stop(self) -> None:
        """End: running jobs are finished, waiting ones stay in the outbox."""
        for ticker in self._tickers:
            ticker.stop()
        self._relay.stop()
        # In this order: its loop looks at the state once a message came, else only every two seconds.
        self._controller.consumer.blueprint.state = CLOSE
        send(self._app, NO_JOB)
        self._thread.join()
        self._controller.stop()
        self._app.close()
