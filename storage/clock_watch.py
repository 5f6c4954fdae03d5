"""Whether the machine's clock can be trusted: held against other sources, and stopped at a difference above a second.

1. Its own steady counter, which no setting of the time moves: looked at before every stamp.
2. The clock of the database server, where there is one.
3. Time servers by SNTP (RFC 4330), where the settings name some.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from kernel.clock import Clock
from kernel.errors import ClocksDisagree, Unavailable
from storage.database import Database

MOST_DRIFT = timedelta(seconds=1)
SNTP_PORT, SNTP_BYTES, SNTP_SECONDS = 123, 48, 2.0
NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
CLIENT = b"\x23" + bytes(47)  # version 4, mode 3

Source = Callable[[], timedelta | None]
"""How far a source is ahead of the machine's clock; None while it does not answer."""


@dataclass(frozen=True)
class Reading:
    """What one look at the sources gave, in seconds by source."""

    offsets: Mapping[str, float]
    silent: tuple[str, ...]

    @property
    def worst(self) -> float:
        """The largest difference."""
        return max((abs(offset) for offset in self.offsets.values()), default=0.0)


class ClockWatch:
    """Compares the machine's clock with its sources; `require` is what everything of legal weight asks."""

    def __init__(
        self, clock: Clock, sources: Mapping[str, Source], counter: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._sources, self._counter = clock, dict(sources), counter
        self._began = clock.now(), counter()
        self._lock = threading.Lock()
        self._trouble = 0.0
        self.last = Reading({}, ())

    def look(self) -> Reading:
        """Ask every source once and remember what was found."""
        found = {name: source() for name, source in self._sources.items()}
        offsets = {name: offset.total_seconds() for name, offset in found.items() if offset is not None}
        offsets["counter"] = self._jumped().total_seconds()
        reading = Reading(offsets, tuple(name for name, offset in found.items() if offset is None))
        with self._lock:
            self._trouble = reading.worst
            self.last = reading
        return reading

    def require(self) -> None:
        """Raise ClocksDisagree unless the sources agreed at the last look and the clock has not jumped since."""
        worst = max(abs(self._jumped().total_seconds()), self._trouble)
        if worst > MOST_DRIFT.total_seconds():
            raise ClocksDisagree(seconds=f"{worst:.1f}")

    def _jumped(self) -> timedelta:
        """How far the steady counter is ahead of the clock since the process began."""
        # Both are slewed alike by whatever keeps the time, so only steps of the clock show here.
        at, count = self._began
        return at + timedelta(seconds=self._counter() - count) - self._clock.now()


def database_source(database: Database, clock: Clock) -> Source:
    """The clock of a database server."""

    def read() -> timedelta | None:
        try:
            with database.reading() as session:
                before = clock.now()
                said: datetime = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
                after = clock.now()
        except Unavailable:
            return None
        return said.astimezone(UTC) - (before + (after - before) / 2)

    return read


def time_server_source(address: str, clock: Clock) -> Source:
    """A time server, `host` or `host:port`."""
    host, _, port = address.partition(":")

    def read() -> timedelta | None:
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
                asked.settimeout(SNTP_SECONDS)
                before = clock.now()
                asked.sendto(CLIENT, (host, int(port or SNTP_PORT)))
                answer = asked.recv(512)
                after = clock.now()
        except OSError:
            return None
        said = read_sntp(answer)
        return None if said is None else said - (before + (after - before) / 2)

    return read


def read_sntp(answer: bytes) -> datetime | None:
    """The transmit time of an SNTP answer; None for one that cannot be used (RFC 4330, section 5)."""
    if len(answer) < SNTP_BYTES or answer[0] & 7 != 4 or answer[0] >> 6 == 3 or not 1 <= answer[1] <= 15:
        return None
    seconds, fraction = struct.unpack(">II", answer[40:48])
    if not seconds:
        return None
    # Seconds below 2**31 are of the era that begins in 2036.
    era = 0 if seconds >> 31 else 1 << 32
    return NTP_EPOCH + timedelta(seconds=era + seconds, microseconds=fraction * 10**6 >> 32)
