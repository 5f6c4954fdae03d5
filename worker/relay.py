"""From the outbox to the workers: leases due jobs and sends their numbers, at least once each."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from storage import outbox
from storage.adapters import Adapters

UNDER_WAY = (
    64  # jobs that are leased at a time: enough to keep workers busy, few enough to start within the lease
)
PAUSE_SECONDS = 0.1  # how long a new job waits at most before it is sent
PAUSE_AFTER_FAILURE_SECONDS = 2.0
log = logging.getLogger(__name__)


class Relay:
    """A thread that sends due jobs until it is stopped; any number of relays may run side by side."""

    def __init__(
        self, adapters: Adapters, send: Callable[[int], None], lease: timedelta = outbox.LEASE
    ) -> None:
        self._adapters = adapters
        self._send = send
        self._lease = lease
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is leased and not sent is sent again after its lease."""
        self._stopping.set()
        self._thread.join()

    def send_due(self) -> int:
        """Send what is due now; returns how many jobs were sent."""
        database, now = self._adapters.database, self._adapters.clock.now()
        with database.reading() as session:
            if not outbox.is_anything_due(session, now):
                return 0
        with database.transaction() as session:
            leased = outbox.lease_due(session, now, UNDER_WAY, self._lease)
        # Only after the commit: a worker must find the job, and no other relay may send it too.
        for job_id in leased:
            self._send(job_id)
        return len(leased)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                self.send_due()
                pause = PAUSE_SECONDS
            except Exception as error:
                log.warning("the relay could not send: %s; it tries again", type(error).__name__)
                pause = PAUSE_AFTER_FAILURE_SECONDS
