"""Uploads that are not submitted yet: how long they are kept, how many, and hashing that goes on where it stopped.

- An upload that is not whole is given up a week after its last byte, any other a day after the closing.
- While a file is uploaded, no bid stands and the closing comes near, its bidder is reminded 24 hours, 2 hours,
  30 minutes and 10 minutes before; when the closing moves, so do these moments.
- What an upload promises is never more than what is safe: progress is written down after the bytes are.
- Both digests of an envelope, its own and its payload's, grow as the bytes come; going on later reads at most the
  last, unfinished part of each again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto.bid_file import BidFileReader, places, read_prefixes
from crypto.envelope_prefix import EnvelopePrefix
from crypto.merkle import HASH_BYTES, Frontier
from crypto.parts_digest import PART_BYTES, PartsDigest
from kernel.errors import BadInput, MalformedEnvelope, Refused, TooLarge

KEPT = timedelta(days=7)  # after the last byte
AFTER_CLOSING = timedelta(days=1)
MOST_DRAFTS = 10  # of one person at a time

REMINDERS = (1440, 120, 30, 10)  # minutes before the closing

Reread = Callable[[int, int], bytes]
"""Gives the bytes of an upload from a start up to, not including, an end."""
Work = Callable[[], None]
Both = Callable[[Work, Work], None]
"""Does two things, in any order or at the same time; raises what the first one raised."""
Check = Callable[[Sequence[EnvelopePrefix]], None]


def expires_at(written_at: datetime, closes_at: datetime | None, *, is_stored: bool = False) -> datetime:
    """When an upload is given up; one that is whole waits for its bidder until the tender has closed."""
    unfinished = written_at + KEPT
    if closes_at is None:
        return unfinished
    closed = closes_at + AFTER_CLOSING
    return closed if is_stored else min(unfinished, closed)


def due_reminder(begun_at: datetime, closes_at: datetime, now: datetime) -> int | None:
    """The reminder that is due: the latest whose moment has come while the draft was there, none after the closing.

    Reminders that a standstill of the platform has skipped are not sent after a later one.
    """
    if now > closes_at:
        return None
    moments = ((minutes, closes_at - timedelta(minutes=minutes)) for minutes in REMINDERS)
    return min((minutes for minutes, moment in moments if begun_at <= moment <= now), default=None)


def check_room(drafts: int) -> None:
    """Raise Refused when a person has as many drafts as one may have."""
    if drafts >= MOST_DRAFTS:
        raise Refused(
            rule="ten uploads at a time", why="submit or discard one of your uploads before you begin another"
        )


def one_after_the_other(first: Work, second: Work) -> None:
    """Do both, here."""
    first()
    second()


@dataclass(frozen=True)
class Progress:
    """How far an upload has come, as it is written down."""

    received: int = 0
    peaks: bytes = b""
    payload_peaks: bytes = b""
    prefixes: bytes = b""
    """of the envelopes that have begun, one after the other"""

    @property
    def whole(self) -> Frontier:
        """The whole parts of the file."""
        return _frontier(self.received, self.peaks)


def _frontier(size: int, peaks: bytes) -> Frontier:
    hashes = tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES))
    return Frontier(size // PART_BYTES if hashes else 0, hashes)


class Arriving:
    """A bid that arrives in stretches, perhaps over days and through several processes.

    `check` sees all prefixes so far as soon as one more is whole, and refuses what is no bid for its lot.
    """

    def __init__(self, size: int, digest: bytes, progress: Progress, reread: Reread, check: Check) -> None:
        self.size, self.digest = size, digest
        self.received = progress.received
        self._check = check
        self._whole = PartsDigest(progress.whole)
        self._whole.update(reread(self._whole.size, self.received))
        self._reader = BidFileReader(self._judge)
        if self.received:
            self._go_on(progress, reread)

    def _go_on(self, progress: Progress, reread: Reread) -> None:
        prefixes = read_prefixes(progress.prefixes) if progress.prefixes else ()
        last = places(prefixes)[-1] if prefixes else None
        end = last.start + last.prefix.total_size if last else 0
        if last is None or self.received >= end:
            self._reader.go_on(prefixes, 0, PartsDigest(), reread(end, self.received))
            return
        payload = PartsDigest(_frontier(self.received - last.payload_start, progress.payload_peaks))
        payload.update(reread(last.payload_start + payload.size, self.received))
        self._reader.go_on(prefixes, end - self.received, payload, b"")

    def _judge(self, prefixes: Sequence[EnvelopePrefix]) -> None:
        last = places(prefixes)[-1]
        end = last.start + last.prefix.total_size
        if end > self.size:
            raise MalformedEnvelope(why=f"{self.size} bytes were announced, its header says {end}")
        self._check(prefixes)

    def take(self, data: bytes, both: Both = one_after_the_other) -> None:
        """Take the next bytes; `both` may make the two hashes at the same time.

        Raises:
            TooLarge: more comes than was announced.
            MalformedEnvelope, Refused: as soon as it shows that this is no bid for its lot.
        """
        if self.received + len(data) > self.size:
            raise TooLarge(size_bytes=self.received + len(data), limit_bytes=self.size)
        if self._reader.left < len(data):
            both = one_after_the_other  # a prefix is in it, to be judged before anything else is done
        both(lambda: self._reader.update(data), lambda: self._whole.update(data))
        self.received += len(data)

    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(
            self.received,
            b"".join(self._whole.frontier.peaks),
            b"".join(self._reader.payload_peaks),
            b"".join(prefix.to_bytes() for prefix in self._reader.prefixes),
        )

    def check_whole(self) -> None:
        """Look at a file that has arrived whole.

        Raises:
            MalformedEnvelope: it ends in the middle of an envelope.
            BadInput: it is not what was declared.
        """
        self._reader.finish()
        found = self._whole.digest()
        if found != self.digest:
            came = f"{self.received} bytes with the digest {found.hex()}"
            why = (
                f"{came} came in, {self.digest.hex()} was declared. It was damaged on its way; send it again"
            )
            raise BadInput(where="upload", why=why)
