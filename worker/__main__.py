"""`python -m worker`: a worker of its own for a site with a broker, with Celery's options if any."""

import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from os import getpid

from celery.signals import worker_ready, worker_shutting_down

from kernel.settings import read_settings
from storage.adapters import Adapters, make_adapters
from storage.logs import configure_logs
from storage.outbox import LEASE
from worker.app import make_celery, send
from worker.jobs import Job, carry_out
from worker.relay import Relay
from worker.tasks import JOBS
from worker.ticker import Ticker, make_tickers


@lru_cache(maxsize=1)
def _adapters_of(process: int) -> Adapters:
    # Connections must not be shared across a fork: every process of the pool opens its own.
    return make_adapters(read_settings())


def main(options: list[str], jobs: Mapping[str, Job] = JOBS, lease: timedelta = LEASE) -> None:
    """Work until told to stop."""
    settings = read_settings()
    if settings.embedded:
        sys.exit(
            "MINGTANG_BROKER_URL is not set, so the worker lives inside the web process; nothing to do here"
        )
    configure_logs()  # before Celery, which leaves loggers alone that somebody has configured
    app = make_celery(settings, lambda job_id: carry_out(jobs, _adapters_of(getpid()), job_id))
    threads: list[Relay | Ticker] = []

    def start_threads(**_: object) -> None:
        # After the pool has forked, so that no process of it inherits their connections.
        adapters = _adapters_of(getpid())
        threads.extend((Relay(adapters, lambda job_id: send(app, job_id), lease), *make_tickers(adapters)))
        for thread in threads:
            thread.start()

    def stop_threads(**_: object) -> None:
        for thread in threads:
            thread.stop()

    worker_ready.connect(start_threads, weak=False)
    worker_shutting_down.connect(stop_threads, weak=False)
    app.worker_main(["worker", "--without-gossip", "--without-mingle", *options])


if __name__ == "__main__":
    main(sys.argv[1:])
