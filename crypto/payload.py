"""The sealed payload as a stream: its suite's chunk cipher and the parts digest of the ciphertext, in one pass.

Encryption runs in the calling thread, hashing in `threads` others when there is more than one: both release the
interpreter lock. Memory is bounded by a few slabs whatever the size. Format: docs/formats/sealed-envelope.md.
"""

import io
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from crypto.merkle import Frontier
from crypto.parts_digest import PART_BYTES, part_hash
from crypto.suites import ChunkCipher
from kernel.errors import BadInput, MalformedEnvelope

HEAD_BYTES = 56
CHUNK_BYTES = 16 * 1024
TAG_BYTES = 16
STEP_BYTES = PART_BYTES
SLABS = 3
MAX_PAYLOAD_BYTES = 1 << 46


def payload_bytes(plaintext_bytes: int) -> int:
    """How long the payload of so many plaintext bytes is: a head, and a tag for each 16 KiB and for the end."""
    return HEAD_BYTES + plaintext_bytes + TAG_BYTES * (plaintext_bytes // CHUNK_BYTES + 1)


def plaintext_bytes(payload_size: int) -> int:
    """The inverse of `payload_bytes`.

    Raises:
        MalformedEnvelope: no plaintext has a payload of this size.
    """
    rest = payload_size - HEAD_BYTES
    chunks = max(1, -(-rest // (CHUNK_BYTES + TAG_BYTES)))
    size = rest - TAG_BYTES * chunks
    if size < 0 or payload_bytes(size) != payload_size:
        raise MalformedEnvelope(why="no content has a payload of this size")
    return size


class PartHasher:
    """Hashes 1 MiB parts, elsewhere when it has a pool, and keeps their order."""

    def __init__(self, pool: ThreadPoolExecutor | None) -> None:
        self._pool = pool
        self._frontier = Frontier()
        self._waiting: deque[Future[bytes]] = deque()

    def add(self, part: memoryview) -> None:
        """Take the next part; its memory must stay as it is until `wait` has passed it."""
        if self._pool:
            self._waiting.append(self._pool.submit(part_hash, part))
        else:
            self._frontier = self._frontier.append(part_hash(part))

    def wait(self, unfinished: int) -> None:
        """Let at most so many of the newest parts be unfinished."""
        while len(self._waiting) > unfinished:
            self._frontier = self._frontier.append(self._waiting.popleft().result())

    def digest(self) -> bytes:
        """The digest over all parts."""
        self.wait(0)
        return self._frontier.root()


@contextmanager
def part_hasher(threads: int) -> Iterator[PartHasher]:
    """A hasher with that many threads; one means the calling thread itself."""
    if threads <= 1:
        yield PartHasher(None)
    else:
        with ThreadPoolExecutor(threads) as pool:
            yield PartHasher(pool)


class PartWriter:
    """Ciphertext on its way out: written to the target, and hashed in 1 MiB parts where it lies.

    It lies in a few slabs used in turn; only a part that a slab's end cuts through is copied into the next.
    """

    def __init__(self, hasher: PartHasher, target: BinaryIO, threads: int) -> None:
        self._hasher, self._target = hasher, target
        size = PART_BYTES * (threads + 3)
        self._slabs = [memoryview(bytearray(size)) for _ in range(SLABS)]
        self._in_use = [0] * SLABS
        self._at, self._hashed, self._filled = 0, 0, 0

    def room(self) -> memoryview:
        """Where the next ciphertext may be put, STEP_BYTES of plaintext at a time."""
        if len(self._slabs[self._at]) - self._filled < payload_bytes(STEP_BYTES):
            self._turn()
        return self._slabs[self._at][self._filled :]

    def add(self, count: int) -> None:
        """Take so many bytes that were put into `room`."""
        slab = self._slabs[self._at]
        self._target.write(slab[self._filled : self._filled + count])
        self._filled += count
        while self._filled - self._hashed >= PART_BYTES:
            self._hash(PART_BYTES)

    def digest(self) -> bytes:
        """The parts digest of everything written."""
        if self._filled > self._hashed:
            self._hash(self._filled - self._hashed)
        return self._hasher.digest()

    def _hash(self, size: int) -> None:
        self._hasher.add(self._slabs[self._at][self._hashed : self._hashed + size])
        self._hashed += size
        self._in_use[self._at] += 1

    def _turn(self) -> None:
        """Go on in the next slab, once the parts that lay there are hashed."""
        rest = self._slabs[self._at][self._hashed : self._filled]
        self._at = (self._at + 1) % SLABS
        self._in_use[self._at] = 0
        self._hasher.wait(sum(self._in_use))
        self._slabs[self._at][: len(rest)] = rest
        self._hashed, self._filled = 0, len(rest)


def encrypt_stream(
    source: BinaryIO, size: int, target: BinaryIO, *, cipher: ChunkCipher, threads: int
) -> bytes:
    """Encrypt exactly `size` bytes of a stream and give the parts digest of the ciphertext.

    Raises:
        BadInput: the stream holds fewer or more bytes.
    """
    plain = memoryview(bytearray(STEP_BYTES))
    with part_hasher(threads) as hasher:
        writer = PartWriter(hasher, target, threads)
        left = size
        while left:
            wanted = plain[: min(left, STEP_BYTES)]
            if read_exactly(source, wanted) < len(wanted):
                raise BadInput(where="content", why="it became shorter while it was sealed")
            writer.add(cipher.update_into(wanted, writer.room()))
            left -= len(wanted)
        if source.read(1):
            raise BadInput(where="content", why="it became longer while it was sealed")
        end = cipher.finalize()
        writer.room()[: len(end)] = end
        writer.add(len(end))
        return writer.digest()


def encrypt_memory(plaintext: bytes, sealed: memoryview, *, cipher: ChunkCipher, threads: int) -> bytes:
    """Encrypt into memory of exactly `payload_bytes` and give the parts digest of the ciphertext."""
    view, filled, hashed = memoryview(plaintext), 0, 0
    with part_hasher(threads) as hasher:
        for start in range(0, len(view), STEP_BYTES):
            filled += cipher.update_into(view[start : start + STEP_BYTES], sealed[filled:])
            while filled - hashed >= PART_BYTES:
                hasher.add(sealed[hashed : hashed + PART_BYTES])
                hashed += PART_BYTES
        sealed[filled:] = cipher.finalize()
        for start in range(hashed, len(sealed), PART_BYTES):
            hasher.add(sealed[start : start + PART_BYTES])
        return hasher.digest()


def decrypt_stream(
    source: BinaryIO, size: int, target: BinaryIO, *, cipher: ChunkCipher, threads: int
) -> bytes:
    """Decrypt exactly `size` bytes of ciphertext and give their parts digest.

    Every byte written was authentic under the key, but the whole is complete only when this returns.

    Raises:
        MalformedEnvelope: truncated, followed by other bytes, or not what the key encrypted.
    """
    slabs = [memoryview(bytearray(PART_BYTES)) for _ in range(2 * threads + 1)]
    plain = memoryview(bytearray(PART_BYTES + CHUNK_BYTES))
    with part_hasher(threads) as hasher:
        for number, start in enumerate(range(0, size, PART_BYTES)):
            hasher.wait(len(slabs) - 1)
            part = slabs[number % len(slabs)][: min(PART_BYTES, size - start)]
            if read_exactly(source, part) < len(part):
                raise MalformedEnvelope(why="the file is cut off")
            hasher.add(part)
            target.write(plain[: _decrypt(cipher, part, plain)])
        if source.read(1):
            raise MalformedEnvelope(why="the file goes on after its end")
        target.write(_finish(cipher))
        return hasher.digest()


def decrypt_memory(sealed: memoryview, *, cipher: ChunkCipher, threads: int) -> tuple[bytearray, bytes]:
    """The plaintext of a payload in memory, and the parts digest of its ciphertext."""
    plain = bytearray(len(sealed))
    view, filled = memoryview(plain), 0
    with part_hasher(threads) as hasher:
        for start in range(0, len(sealed), PART_BYTES):
            part = sealed[start : start + PART_BYTES]
            hasher.add(part)
            filled += _decrypt(cipher, part, view[filled:])
        rest = _finish(cipher)
        view[filled : filled + len(rest)] = rest
        view.release()
        del plain[filled + len(rest) :]
        return plain, hasher.digest()


def read_exactly(source: BinaryIO, buffer: memoryview) -> int:
    """Fill the buffer from a stream that may give less per read; give how much came before the end."""
    filled = 0
    while filled < len(buffer):
        count = _read_some(source, buffer[filled:])
        if not count:
            break
        filled += count
    return filled


def _read_some(source: BinaryIO, buffer: memoryview) -> int:
    """One read, without a copy where the stream can do that."""
    if isinstance(source, io.BufferedIOBase | io.RawIOBase):
        return source.readinto(buffer) or 0
    data = source.read(len(buffer))
    buffer[: len(data)] = data
    return len(data)


def _decrypt(cipher: ChunkCipher, data: memoryview, plain: memoryview) -> int:
    try:
        return cipher.update_into(data, plain)
    except InvalidTag:
        raise MalformedEnvelope(
            why="the payload was not encrypted with the dealt seed, or was changed"
        ) from None


def _finish(cipher: ChunkCipher) -> bytes:
    try:
        return cipher.finalize()
    except InvalidTag:
        raise MalformedEnvelope(why="the payload ends too early or was changed") from None
