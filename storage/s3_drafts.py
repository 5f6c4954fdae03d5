"""Uploads of a site that are not whole yet: pieces in a bucket of their own without lock, shared by all web hosts.

A piece is one object under the upload's id, its first byte and a random part, so two writers never touch each other's;
which pieces count stands in the upload's row, and only there.
"""

import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO

from minio.error import S3Error

from kernel.clock import Clock
from kernel.window import window
from storage.drafts import ORPHAN_SECONDS, DraftWriter, Pieces
from storage.objects import (
    S3Objects,
    StoredObject,
    checksum_header,
    compare_checksums,
    store_errors,
)

PIECE_BYTES = 8 << 20
READ_BYTES = 1 << 20
OWNED = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")


class S3Drafts:
    """Uploads as pieces in a bucket."""

    checkpoint_bytes = PIECE_BYTES
    secures_beside = False

    def __init__(self, objects: S3Objects, clock: Clock) -> None:
        self.objects, self.client, self.bucket = objects, objects.client, objects.drafts_bucket
        self._clock = clock
        self._is_ready = False
        self._preparing = threading.Lock()

    def prepare(self) -> None:
        """Make the bucket if it is missing."""
        with self._preparing, store_errors():
            if not self._is_ready and not self.client.bucket_exists(self.bucket):
                try:
                    self.client.make_bucket(self.bucket)
                except S3Error as error:
                    if error.code not in OWNED:
                        raise
            self._is_ready = True

    @contextmanager
    def writing(self, upload_id: str, offset: int, pieces: Pieces) -> Iterator[DraftWriter]:
        """Write from a byte on; of two writers, the row of the upload lets one go on."""
        self.prepare()
        yield _PieceWriter(self, upload_id, offset, list(pieces))

    def is_free(self, upload_id: str) -> bool:
        """Always: nobody holds a lock, and a late writer's pieces do not count."""
        return True

    @contextmanager
    def open(self, upload_id: str, pieces: Pieces, start: int, end: int) -> Iterator[BinaryIO]:
        """The bytes of a stretch, piece after piece."""
        yield window(_reader(self._stretch(pieces, start, end)), max(0, end - start))

    def _stretch(self, pieces: Pieces, start: int, end: int) -> Iterator[bytes]:
        at = 0
        for name, size in pieces:
            first, last = max(start - at, 0), min(end - at, size)
            if first < last:
                yield from self.read(name, first, last - first)
            at += size

    def read(self, name: str, start: int, size: int) -> Iterator[bytes]:
        """A stretch of one object."""
        with store_errors():
            response = self.client.get_object(self.bucket, name, offset=start, length=size)
        try:
            while size > 0:
                with store_errors():
                    chunk = response.read(min(READ_BYTES, size))
                if not chunk:
                    return
                size -= len(chunk)
                yield chunk
        finally:
            response.close()
            response.release_conn()

    def put(self, name: str, body: bytes) -> None:
        """Store one object; the store checks what it got."""
        headers = checksum_header(body)
        with store_errors():
            # The SDK has no public put that compares the checksum which the store answers.
            response = self.client._execute("PUT", self.bucket, name, body=body, headers=dict(headers))
        compare_checksums(response.headers, headers)

    def keep(self, upload_id: str, pieces: Pieces, whole: StoredObject) -> None:
        """Send all pieces into the locked bucket; they are hashed once more on their way, as any object is."""
        if self.objects.stat(whole.digest) is None:
            chunks = self._stretch(pieces, 0, whole.size)
            self.objects.put_once(chunks, expected=whole.digest, limit_bytes=whole.size)

    def drop(self, upload_id: str) -> None:
        """Remove all pieces, and what has come of a multipart upload."""
        self.prepare()
        with store_errors():
            for begun in self.client._list_multipart_uploads(self.bucket, prefix=f"{upload_id}/").uploads:
                self.client._abort_multipart_upload(self.bucket, begun.object_name, begun.upload_id or "")
            for found in list(self.client.list_objects(self.bucket, f"{upload_id}/", recursive=True)):
                self.client.remove_object(self.bucket, found.object_name or "")

    def sweep(self, known: Collection[str]) -> int:
        """Remove pieces of uploads that nobody knows."""
        self.prepare()
        swept, before = 0, self._clock.now() - timedelta(seconds=ORPHAN_SECONDS)
        with store_errors():
            for begun in self.client._list_multipart_uploads(self.bucket).uploads:
                is_old = begun.initiated_time is not None and begun.initiated_time < before
                if begun.object_name.partition("/")[0] not in known and is_old:
                    self.client._abort_multipart_upload(self.bucket, begun.object_name, begun.upload_id or "")
                    swept += 1
            for found in list(self.client.list_objects(self.bucket, recursive=True)):
                name = found.object_name or ""
                is_old = found.last_modified is not None and found.last_modified < before
                if name.partition("/")[0] not in known and is_old:
                    self.client.remove_object(self.bucket, name)
                    swept += 1
        return swept


class _PieceWriter:
    def __init__(self, area: S3Drafts, upload_id: str, offset: int, pieces: list[object]) -> None:
        self._area, self._upload_id, self._at, self._pieces = area, upload_id, offset, pieces
        self._buffer = bytearray()

    def write(self, data: bytes) -> None:
        """Add bytes; a full piece goes out at once."""
        self._buffer += data
        while len(self._buffer) >= PIECE_BYTES:
            self._put(bytes(self._buffer[:PIECE_BYTES]))
            del self._buffer[:PIECE_BYTES]

    def secure(self) -> Pieces:
        """Send what is left as a smaller piece."""
        if self._buffer:
            self._put(bytes(self._buffer))
            self._buffer.clear()
        return tuple(self._pieces)

    def _put(self, piece: bytes) -> None:
        name = f"{self._upload_id}/{self._at:016x}-{os.urandom(8).hex()}"
        self._area.put(name, piece)
        self._pieces.append([name, len(piece)])
        self._at += len(piece)


def _reader(chunks: Iterator[bytes]) -> Callable[[int], bytes]:
    """A read function over chunks."""
    rest = bytearray()

    def read(amount: int) -> bytes:
        while not rest and (chunk := next(chunks, b"")):
            rest.extend(chunk)
        taken = bytes(rest[:amount])
        del rest[:amount]
        return taken

    return read
