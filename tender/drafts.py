"""Uploads that are not submitted yet: how long they are kept, how many, and hashing that goes on where it stopped.

- An upload is given up a week after its last byte, or a day after the closing, whichever is earlier.
- What an upload promises is never more than what is safe: progress is written down after the bytes are.
- Both digests of an envelope, its own and its payload's, grow as the bytes come; going on later reads at most the
  last, unfinished part of each again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto.envelope_prefix import FIXED_BYTES, EnvelopePrefix, prefix_length_needed, read_prefix
from crypto.merkle import HASH_BYTES, Frontier
from crypto.parts_digest import PART_BYTES, PartsDigest
from kernel.errors import BadInput, MalformedEnvelope, Refused, TooLarge

KEPT = timedelta(days=7)  # after the last byte
AFTER_CLOSING = timedelta(days=1)
MOST_DRAFTS = 10  # of one person at a time

Reread = Callable[[int, int], bytes]
"""Gives the bytes of an upload from a start up to, not including, an end."""


def expires_at(written_at: datetime, closes_at: datetime | None) -> datetime:
    """When an upload is given up."""
    unfinished = written_at + KEPT
    return unfinished if closes_at is None else min(unfinished, closes_at + AFTER_CLOSING)


def check_room(drafts: int) -> None:
    """Raise Refused when a person has as many drafts as one may have."""
    if drafts >= MOST_DRAFTS:
        raise Refused(
            rule="ten uploads at a time", why="submit or discard one of your uploads before you begin another"
        )


@dataclass(frozen=True)
class Progress:
    """How far an upload has come, as it is written down."""

    received: int = 0
    peaks: bytes = b""
    payload_peaks: bytes = b""
    prefix: bytes | None = None

    @property
    def whole(self) -> Frontier:
        """The whole parts of the envelope."""
        return _frontier(self.received, self.peaks)

    @property
    def payload(self) -> Frontier:
        """The whole parts of the payload."""
        return _frontier(self.received - len(self.prefix or b""), self.payload_peaks)


def _frontier(size: int, peaks: bytes) -> Frontier:
    hashes = tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES))
    return Frontier(size // PART_BYTES if hashes else 0, hashes)


class Arriving:
    """An envelope that arrives in stretches, perhaps over days and through several processes."""

    def __init__(self, size: int, digest: bytes, progress: Progress, reread: Reread) -> None:
        self.size, self.digest = size, digest
        self.received = progress.received
        self.prefix: EnvelopePrefix | None = None
        self.prefix_bytes = progress.prefix
        self._head = bytearray()  # what came of the prefix before it was whole
        self._whole = PartsDigest(progress.whole)
        self._whole.update(reread(self._whole.size, self.received))
        self._payload = PartsDigest()
        if progress.prefix is None:
            self._head += reread(0, self.received)
            return
        self.prefix = read_prefix(progress.prefix)
        self._payload = PartsDigest(progress.payload)
        self._payload.update(reread(self.prefix.length + self._payload.size, self.received))

    def look(self, data: bytes) -> EnvelopePrefix | None:
        """The prefix, as soon as these next bytes make it whole; called before `take`, refuses what is no envelope.

        Raises:
            TooLarge: more comes than was announced.
            MalformedEnvelope: the bytes cannot be an envelope of the announced size.
        """
        if self.received + len(data) > self.size:
            raise TooLarge(size_bytes=self.received + len(data), limit_bytes=self.size)
        if self.prefix is not None:
            return None
        head = bytes(self._head) + data
        needed = prefix_length_needed(head[:FIXED_BYTES])
        if len(head) < needed and self.received + len(data) < self.size:
            return None
        prefix = read_prefix(head[:needed])
        if prefix.total_size != self.size:
            why = f"{self.size} bytes were announced, its header says {prefix.total_size}"
            raise MalformedEnvelope(why=why)
        return prefix

    def take(self, data: bytes, prefix: EnvelopePrefix | None) -> None:
        """Take the next bytes; `prefix` is what `look` found in them."""
        self._whole.update(data)
        self.received += len(data)
        if self.prefix is not None:
            self._payload.update(data)
            return
        self._head += data
        if prefix is not None:
            self.prefix, self.prefix_bytes = prefix, bytes(self._head[: prefix.length])
            self._payload.update(bytes(self._head[prefix.length :]))
            self._head.clear()

    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(
            self.received,
            b"".join(self._whole.frontier.peaks),
            b"".join(self._payload.frontier.peaks),
            self.prefix_bytes,
        )

    def check_whole(self) -> EnvelopePrefix:
        """The prefix of an envelope that has arrived whole.

        Raises:
            MalformedEnvelope: its payload is not the one that the bidder signed.
            BadInput: it is not what was declared.
        """
        if self.prefix is None or self._payload.size != self.prefix.payload_size:
            raise MalformedEnvelope(why="its prefix is cut off")
        if self._payload.digest() != self.prefix.payload_digest:
            raise MalformedEnvelope(why="its payload was changed after sealing")
        found = self._whole.digest()
        if found != self.digest:
            came = f"{self.received} bytes with the digest {found.hex()}"
            why = (
                f"{came} came in, {self.digest.hex()} was declared. It was damaged on its way; send it again"
            )
            raise BadInput(where="upload", why=why)
        return self.prefix
