"""The pulse of a web process: it tries the clocks, the database and the store, and says that all of them serve.

A pulse that is missing is an outage; the first one after it writes the ledger (tender.actions.outages).
"""

import threading

import structlog

from kernel.clock import write_time
from kernel.errors import ClocksDisagree
from storage.adapters import Adapters
from tender.actions.outages import beat
from tender.outages import CLOCKS, UNREACHABLE

LOG = structlog.get_logger("web")
NOWHERE = bytes(32)  # no object has this digest


class Pulse:
    """A thread that beats until it is stopped."""

    def __init__(self, adapters: Adapters) -> None:
        self._adapters = adapters
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
        self._cause = UNREACHABLE

    def start(self) -> None:
        """Begin, with one beat at once: what was missed is in the ledger before the first request."""
        self.try_once()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()

    def try_once(self) -> bool:
        """One beat, unless something does not serve; returns whether it beat."""
        adapters = self._adapters
        try:
            reading = adapters.clock_watch.look()
            adapters.clock_watch.require()
            adapters.objects.stat(NOWHERE)
            with adapters.database.transaction() as session:
                made = beat(session, keys=adapters.keys, cause=self._cause, now=adapters.clock.now())
        except ClocksDisagree:
            self._cause = CLOCKS
            LOG.critical("the clocks disagree: nothing is accepted", offsets=dict(reading.offsets))
            return False
        except Exception as error:
            # Whatever it is, the platform does not serve.
            LOG.error("no pulse: the platform does not serve", kind=type(error).__name__)
            return False
        self._cause = UNREACHABLE
        if made is not None:
            span = {"began": write_time(made.began_at), "ended": write_time(made.ended_at)}
            LOG.error("an outage was recorded", moved=made.moved, cause=made.cause, **span)
        return True

    def _run(self) -> None:
        while not self._stopping.wait(self._adapters.settings.pulse_seconds):
            self.try_once()
