"""A stretch of a stream as a file that can only be read forward."""

import io
from collections.abc import Callable
from typing import BinaryIO

BUFFER_BYTES = 1 << 16


class _Window(io.RawIOBase):
    def __init__(self, read: Callable[[int], bytes], size: int | None) -> None:
        self._read = read
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        data = self._read(wanted) if wanted else b""
        buffer[: len(data)] = data
        if self._left is not None:
            self._left -= len(data)
        return len(data)


def window(read: Callable[[int], bytes], size: int | None) -> BinaryIO:
    """A file over the next `size` bytes that `read` gives; None means all of them."""
    return io.BufferedReader(_Window(read, size), BUFFER_BYTES)
