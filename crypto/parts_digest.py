"""The digest of a stored object: RFC 6962 tree hash over its 1 MiB parts.

An object can be hashed in parallel, uploaded in parts and checked part by part, and still has one digest.
Format: docs/formats/parts-digest.md.
"""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from crypto.merkle import Frontier

PART_BYTES = 1 << 20
EMPTY = Frontier()


def part_hash(part: bytes | bytearray | memoryview) -> bytes:
    """The leaf hash of one part: 1 MiB, or less at the end of the object."""
    hasher = sha256(b"\x00")
    hasher.update(part)  # large updates release the interpreter lock
    return hasher.digest()


class PartsDigest:
    """The digest of bytes that arrive in chunks of any size; memory stays constant.

    With a frontier it goes on after that many whole parts.
    """

    def __init__(self, frontier: Frontier = EMPTY) -> None:
        self.size = frontier.size * PART_BYTES
        self._frontier = frontier
        self._part = sha256(b"\x00")
        self._room = PART_BYTES

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes."""
        view = memoryview(data)
        self.size += len(view)
        while view:
            piece = view[: self._room]
            self._part.update(piece)
            self._room -= len(piece)
            view = view[len(piece) :]
            if not self._room:
                self._close_part()

    def add_part_hash(self, leaf: bytes, size: int) -> None:
        """Take a part that was hashed elsewhere; only whole parts may precede it."""
        if self._room != PART_BYTES or self.size % PART_BYTES:
            raise ValueError("internal: a part hash may follow whole parts only")
        self.size += size
        self._frontier = self._frontier.append(leaf)

    @property
    def frontier(self) -> Frontier:
        """The whole parts so far: all that is needed to go on later."""
        return self._frontier

    def digest(self) -> bytes:
        """The 32-byte digest of everything so far."""
        if self._room == PART_BYTES:
            return self._frontier.root()
        return self._frontier.append(self._part.digest()).root()

    def _close_part(self) -> None:
        self._frontier = self._frontier.append(self._part.digest())
        self._part = sha256(b"\x00")
        self._room = PART_BYTES


def parts_digest(data: bytes | bytearray | memoryview, threads: int = 1) -> bytes:
    """The digest of bytes in memory."""
    view = memoryview(data)
    return _digest_of(
        (view[start : start + PART_BYTES] for start in range(0, len(view), PART_BYTES)),
        threads,
    )


def file_parts_digest(file: str | PathLike[str] | BinaryIO, threads: int = 1) -> bytes:
    """The digest of a file, from its current position when it is open already."""
    if isinstance(file, str | PathLike):
        with Path(file).open("rb") as opened:
            return file_parts_digest(opened, threads)
    return _digest_of(iter(lambda: read_fully(file, PART_BYTES), b""), threads)


def read_fully(source: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, or what is left before the end; a pipe or socket may give less per read."""
    data = source.read(size)
    if len(data) == size or not data:
        return data
    pieces = [data]
    missing = size - len(data)
    while missing and (data := source.read(missing)):
        pieces.append(data)
        missing -= len(data)
    return b"".join(pieces)


def _digest_of(parts: Iterable[bytes | memoryview], threads: int) -> bytes:
    frontier = Frontier()
    if threads <= 1:
        for part in parts:
            frontier = frontier.append(part_hash(part))
        return frontier.root()
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[bytes]] = deque()
        for part in parts:
            if len(waiting) > 2 * threads:  # bounded: a file is never in memory as a whole
                frontier = frontier.append(waiting.popleft().result())
            waiting.append(pool.submit(part_hash, part))
        for hashed in waiting:
            frontier = frontier.append(hashed.result())
    return frontier.root()
