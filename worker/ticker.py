"""The beat of supervision: asks for a sweep every minute or as the settings say, by a job like any other.

Any number of tickers may run, one in each worker of a site: a sweep that waits already is not asked for twice, and
two sweeps side by side pass over each other's cases.
"""

import logging
import threading
from datetime import timedelta

from storage import archive_stamps, national_log, outbox
from storage.adapters import Adapters
from worker import revocation
from worker.timestamps import RENEW
from worker.witnesses import ASK

SWEEP = "sweep"
PUBLISH = "publish_head"
KEEP_NODES = "keep_national_nodes"
KEPT = timedelta(hours=1)  # of sweeps that are done
log = logging.getLogger(__name__)


class Ticker:
    """A thread that ticks until it is stopped; the first tick comes after the first pause."""

    def __init__(self, adapters: Adapters, every_seconds: float | None = None) -> None:
        self._adapters = adapters
        self._every_seconds = every_seconds or adapters.settings.sweep_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()

    def tick(self) -> bool:
        """Ask for a sweep, and for witnesses of the log; returns whether a sweep had to be asked for."""
        now = self._adapters.clock.now()
        with self._adapters.database.transaction() as session:
            outbox.forget_done(session, SWEEP, now - KEPT)
            outbox.forget_done(session, RENEW, now - KEPT)
            if archive_stamps.due(session, (archive_stamps.OWN, *self._adapters.authorities), now):
                outbox.enqueue_once(session, RENEW, {}, now=now)
            if revocation.due(session, self._adapters.signing_authorities.values(), now):
                outbox.forget_done(session, revocation.FETCH, now - KEPT)
                outbox.enqueue_once(session, revocation.FETCH, {}, now=now)
            if self._adapters.keys.national and national_log.is_due(session):
                outbox.forget_done(session, KEEP_NODES, now - KEPT)
                outbox.enqueue_once(session, KEEP_NODES, {}, now=now)
            if self._adapters.witnesses:
                outbox.forget_done(session, ASK, now - KEPT)
                outbox.enqueue_once(session, ASK, {}, now=now)
            return outbox.enqueue_once(session, SWEEP, {}, now=now)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            try:
                self.tick()
            except Exception as error:
                log.warning("a tick failed: %s; the next one tries", type(error).__name__)


class HeadTicker(Ticker):
    """The beat at which the public sees new heads of the log; it comes whether anything happened or not."""

    def __init__(self, adapters: Adapters) -> None:
        super().__init__(adapters, adapters.settings.log_pace_seconds)

    def tick(self) -> bool:
        """Ask for a head to be published; returns whether it had to be asked for."""
        now = self._adapters.clock.now()
        with self._adapters.database.transaction() as session:
            outbox.forget_done(session, PUBLISH, now - KEPT)
            return outbox.enqueue_once(session, PUBLISH, {}, now=now)


def make_tickers(adapters: Adapters) -> list[Ticker]:
    """The beats that a worker keeps."""
    return [Ticker(adapters), *([HeadTicker(adapters)] if adapters.settings.log_pace_seconds else [])]
