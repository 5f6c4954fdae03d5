"""Bytes on their way into a store: counted and hashed as they pass, so no store trusts what was declared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crypto.parts_digest import PartsDigest
from kernel.errors import BadInput, TooLarge

CHUNK_BYTES = 1 << 20  # one part of the parts digest


@dataclass(frozen=True)
class StoredObject:
    """An object by its parts digest, which is also its key, and its length."""

    digest: bytes
    size: int


class Intake:
    """One pass over an upload; iterate it to the end, then ask `finish` what came in."""

    def __init__(self, source: Iterable[bytes] | BinaryIO, limit_bytes: int) -> None:
        self._source = source
        self._limit_bytes = limit_bytes
        self._digest = PartsDigest()

    def __iter__(self) -> Iterator[bytes]:
        """The chunks as they come.

        Raises:
            TooLarge: as soon as the limit is passed; the chunk that passes it is not given out.
        """
        for chunk in _chunks(self._source):
            size = self._digest.size + len(chunk)
            if size > self._limit_bytes:
                raise TooLarge(size_bytes=size, limit_bytes=self._limit_bytes)
            self._digest.update(chunk)
            yield chunk

    def finish(self, expected: bytes | None) -> StoredObject:
        """What came in.

        Raises:
            BadInput: it is not what the sender declared.
        """
        digest = self._digest.digest()
        if expected is not None and digest != expected:
            came = f"{self._digest.size} bytes with the digest {digest.hex()}"
            why = f"{came} came in, {expected.hex()} was declared. It was damaged on its way; send it again"
            raise BadInput(where="upload", why=why)
        return StoredObject(digest, self._digest.size)


def _chunks(source: Iterable[bytes] | BinaryIO) -> Iterator[bytes]:
    # Many small chunks of a network are one write of the store, but nothing waits for more than is there.
    read = getattr(source, "read", None)
    return iter(source) if read is None else iter(lambda: bytes(read(CHUNK_BYTES)), b"")
