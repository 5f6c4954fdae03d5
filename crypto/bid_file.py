"""The file of a bid: its sealed envelopes one after the other, and nothing else.

A tender that opens in stages asks for several envelopes, each with a seed of its own; all carry one submission's
id, so an envelope of another submission cannot take a place here. Format: docs/formats/sealed-envelope.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crypto.envelope_prefix import (
    FIXED_BYTES,
    EnvelopePrefix,
    check_signature,
    prefix_length_needed,
    read_prefix,
)
from crypto.parts_digest import PartsDigest
from kernel.errors import MalformedEnvelope

BID = "bid"
"""The kind of a bid's only envelope."""
MAX_ENVELOPES = 8


@dataclass(frozen=True)
class Place:
    """Where an envelope lies in the file of a bid."""

    start: int
    prefix: EnvelopePrefix

    @property
    def payload_start(self) -> int:
        """The first byte of the payload."""
        return self.start + self.prefix.length


def read_prefixes(prefixes: bytes) -> tuple[EnvelopePrefix, ...]:
    """The prefixes of a bid's envelopes, kept one after the other without their payloads.

    Raises:
        MalformedEnvelope: they are no such prefixes, or not of one submission.
    """
    found: list[EnvelopePrefix] = []
    while prefixes:
        found.append(read_prefix(prefixes))
        prefixes = prefixes[found[-1].length :]
    check_one_submission(found)
    return tuple(found)


def places(prefixes: Sequence[EnvelopePrefix]) -> tuple[Place, ...]:
    """Where each envelope lies."""
    found, start = [], 0
    for prefix in prefixes:
        found.append(Place(start, prefix))
        start += prefix.total_size
    return tuple(found)


def check_one_submission(prefixes: Sequence[EnvelopePrefix]) -> None:
    """Raise MalformedEnvelope unless these are 1 to 8 envelopes of one submission that differ in their kinds."""
    kinds = [prefix.header.kind for prefix in prefixes]
    if not 1 <= len(kinds) <= MAX_ENVELOPES or len(set(kinds)) != len(kinds):
        raise MalformedEnvelope(why=f"a bid has 1 to {MAX_ENVELOPES} envelopes, each of another kind")
    if len({replace(prefix.header, kind=BID) for prefix in prefixes}) != 1:
        raise MalformedEnvelope(why="its envelopes are of different submissions")


class BidFileReader:
    """Checks the envelopes of a bid while their bytes arrive: each signed, each with the payload that was signed.

    Feed every byte to `update`, then call `finish`; `check` sees all prefixes so far as soon as one more is read.
    """

    def __init__(self, check: Callable[[Sequence[EnvelopePrefix]], None] = check_one_submission) -> None:
        self.prefixes: list[EnvelopePrefix] = []
        self._check = check
        self._head = bytearray()  # of a prefix that is not complete yet
        self._left = 0  # bytes of payload still to come
        self._payload = PartsDigest()

    def go_on(self, prefixes: Sequence[EnvelopePrefix], left: int, payload: PartsDigest, head: bytes) -> None:
        """Stand where another reader stopped.

        `left` bytes of the last payload are to come, its first ones are in `payload`; or `head` has come of the next
        prefix.
        """
        self.prefixes, self._left, self._payload = list(prefixes), left, payload
        self._head = bytearray(head)

    @property
    def left(self) -> int:
        """How many bytes of the payload under way are still to come."""
        return self._left

    @property
    def payload_peaks(self) -> tuple[bytes, ...]:
        """The roots of what has come of the payload under way; none between payloads."""
        return self._payload.frontier.peaks if self._left else ()

    def update(self, chunk: bytes) -> None:
        """Take in the next bytes.

        Raises:
            MalformedEnvelope, UnsignedEnvelope, WrongSuite: as soon as it shows.
        """
        view = memoryview(chunk)
        while view:
            if self._left:
                taken = min(self._left, len(view))
                self._payload.update(view[:taken])
                self._left -= taken
                if not self._left:
                    self._end_payload()
            else:
                taken = self._take_head(view)
            view = view[taken:]

    def finish(self) -> tuple[EnvelopePrefix, ...]:
        """The prefixes, once every byte was seen.

        Raises:
            MalformedEnvelope: the file ends in the middle of an envelope.
        """
        if self._left:
            size = self.prefixes[-1].payload_size
            raise MalformedEnvelope(
                why=f"{size - self._left} bytes of payload arrived, its header says {size}"
            )
        if self._head or not self.prefixes:
            raise MalformedEnvelope(why="its prefix is cut off")
        return tuple(self.prefixes)

    def _take_head(self, view: memoryview) -> int:
        needed = prefix_length_needed(bytes(self._head[:FIXED_BYTES]))
        taken = min(needed - len(self._head), len(view))
        self._head += view[:taken]
        if len(self._head) == prefix_length_needed(bytes(self._head[:FIXED_BYTES])):
            prefix = read_prefix(bytes(self._head))
            check_one_submission([*self.prefixes, prefix])
            check_signature(prefix)
            self.prefixes.append(prefix)
            self._check(self.prefixes)
            self._head.clear()
            self._left, self._payload = prefix.payload_size, PartsDigest()
        return taken

    def _end_payload(self) -> None:
        if self._payload.digest() != self.prefixes[-1].payload_digest:
            raise MalformedEnvelope(why="its payload was changed after sealing")
