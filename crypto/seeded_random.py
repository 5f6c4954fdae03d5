"""The number source of public draws: a seed in, the same unbiased integers out, for anyone and for ever.

Block i is SHA-256("mingtang-seeded-random/v1" || 0x00 || seed || i as 8 big-endian bytes); blocks follow each other as
one stream of bytes. Format with a program for a stranger: docs/formats/seeded-random.md.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeVar

from kernel.errors import BadInput

LABEL = b"mingtang-seeded-random/v1\x00"
SEED_BYTES = 32
Item = TypeVar("Item")


class SeededRandom:
    """Integers and orders that follow from a 32-byte seed alone."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise BadInput(where="draw seed", why=f"{SEED_BYTES} bytes are needed, {len(seed)} were given")
        self._start = LABEL + bytes(seed)
        self._block = 0
        self._rest, self._used = b"", 0

    def below(self, n: int) -> int:
        """The next integer from 0 to n - 1, each equally likely; takes nothing from the stream when n is 1."""
        if n < 1:
            raise ValueError("internal: n must be positive")
        bits = (n - 1).bit_length()
        while True:
            value = int.from_bytes(self._take((bits + 7) // 8), "big") & ((1 << bits) - 1)
            if value < n:
                return value

    def shuffle(self, items: Iterable[Item]) -> list[Item]:
        """A new list in random order (Fisher and Yates, from the last place down)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def _take(self, count: int) -> bytes:
        end = self._used + count
        if end > len(self._rest):
            blocks = range(self._block, self._block + (end - len(self._rest) + 31) // 32)
            more = [sha256(self._start + block.to_bytes(8, "big")).digest() for block in blocks]
            self._rest = self._rest[self._used :] + b"".join(more)
            self._block, self._used, end = blocks.stop, 0, count
        taken, self._used = self._rest[self._used : end], end
        return taken
