"""Where large bytes live: put once, under their own digest, never listed, never changed.

`S3Objects` keeps them in any S3 store with object lock: nobody, the operator included, removes one before its
archive date. An object gets its name only when all its bytes are there and fit their digest:
- small ones (one part) are one conditional put;
- large ones with a declared digest stream into a multipart upload, invisible until it is completed;
- large ones without are spooled to a nameless local file first, since their key is known only at the end.
"""

import tempfile
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.etree.ElementTree import Element, SubElement, tostring

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from kernel.clock import Clock, SystemClock
from kernel.errors import IntegrityBroken, NotFound, Unavailable
from kernel.window import window
from storage.intake import Intake
from storage.intake import StoredObject as StoredObject

PART_BYTES = 8 << 20  # S3 wants 5 MiB at least and 10,000 parts at most: objects up to 78 GiB
PARTS_AT_A_TIME = 3
STALE = timedelta(days=7)  # no upload of the largest object over a slow line lasts longer
ALREADY_THERE = ("PreconditionFailed", "ConditionalRequestConflict")
MISSING = ("NoSuchKey", "NoSuchObject", "NoSuchVersion")


class Objects(Protocol):
    """A store of immutable objects, each under its parts digest."""

    def put_once(
        self, stream: Iterable[bytes] | BinaryIO, *, expected: bytes | None, limit_bytes: int
    ) -> StoredObject:
        """Store the bytes under their digest; durable when it returns, nothing left behind when it raises.

        Raises:
            TooLarge: as soon as the limit is passed.
            BadInput: the bytes do not have the `expected` digest.
            Unavailable: the store failed; the same call may be repeated.
        """
        ...

    def open(self, digest: bytes, start: int = 0, end: int | None = None) -> AbstractContextManager[BinaryIO]:
        """The bytes from `start` up to, not including, `end`.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def stat(self, digest: bytes) -> StoredObject | None:
        """What is stored under a digest, if anything is."""
        ...


class S3Objects:
    """Objects in one bucket with object lock."""

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        *,
        secure: bool = True,
        retention_days: int,
        spool: Path,
        region: str = "us-east-1",
        clock: Clock | None = None,
    ) -> None:
        self._bucket = bucket
        self._retention_days = retention_days
        self._clock = clock or SystemClock()
        self._spool = spool
        # The SDK's own settings, but a connection for each of many upload threads.
        pool = PoolManager(
            maxsize=64,
            timeout=Timeout(connect=300, read=300),
            retries=Retry(total=5, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
        )
        self._client = Minio(endpoint, access_key, secret_key, secure=secure, region=region, http_client=pool)
        self._bucket_is_ready = False
        self._preparing = threading.Lock()

    def prepare(self) -> None:
        """Make the bucket if it is missing; refuse one that cannot lock objects.

        Raises:
            RuntimeError: the bucket exists without object lock.
        """
        if self._bucket_is_ready:
            return
        with self._preparing, store_errors():
            if not self._client.bucket_exists(self._bucket):
                with _already_there():
                    self._client.make_bucket(self._bucket, object_lock=True)
            try:
                self._client.get_object_lock_config(self._bucket)
            except S3Error as error:
                raise RuntimeError(
                    f"the bucket {self._bucket} has no object lock; make one that has"
                ) from error
            self.sweep()
            self._bucket_is_ready = True

    def sweep(self) -> int:
        """Give up uploads whose process died: those begun more than a week ago; returns how many."""
        with store_errors():
            begun = self._client._list_multipart_uploads(self._bucket).uploads
        stale = [u for u in begun if u.initiated_time and self._clock.now() - u.initiated_time > STALE]
        for upload in stale:
            self._abort(upload.object_name, upload.upload_id or "")
        return len(stale)

    @property
    def drafts_bucket(self) -> str:
        """The bucket beside this one where uploads lie until they are whole; it locks nothing."""
        return f"{self._bucket}-drafts"

    @property
    def client(self) -> Minio:
        """The store itself, for what is no object yet."""
        return self._client

    def put_once(
        self, stream: Iterable[bytes] | BinaryIO, *, expected: bytes | None, limit_bytes: int
    ) -> StoredObject:
        """Store the bytes under their digest; an object that is there already stays as it is."""
        self.prepare()
        intake = Intake(stream, limit_bytes)
        parts = _parts(intake)
        first = next(parts, b"")
        second = next(parts, None)
        if second is None:
            stored = intake.finish(expected)
            self._put(stored.digest, first)
            return stored
        parts = chain((first, second), parts)
        if expected is None:
            return self._put_spooled(intake, parts)
        return self._put_parts(intake, parts, expected)

    @contextmanager
    def open(self, digest: bytes, start: int = 0, end: int | None = None) -> Iterator[BinaryIO]:
        """The bytes from `start` up to, not including, `end`.

        Raises:
            NotFound: there is no such object.
        """
        stored = self.stat(digest)
        if stored is None:
            raise NotFound(what="object", id=digest.hex())
        size = min(stored.size, stored.size if end is None else end) - start
        if size <= 0:
            yield window(lambda _: b"", 0)
            return
        with store_errors():
            response = self._client.get_object(self._bucket, digest.hex(), offset=start, length=size)

        def read(amount: int) -> bytes:
            with store_errors():
                return response.read(amount)

        try:
            yield window(read, size)
        finally:
            # An abandoned rest is not worth reading: give up the connection.
            response.close()
            response.release_conn()

    def stat(self, digest: bytes) -> StoredObject | None:
        """What is stored under a digest, if anything is."""
        self.prepare()
        with store_errors():
            try:
                found = self._client.stat_object(self._bucket, digest.hex())
            except S3Error as error:
                if error.code in MISSING:
                    return None
                raise
        return StoredObject(digest, found.size or 0)

    def _put(self, digest: bytes, body: bytes) -> None:
        headers = self._lock_headers() | checksum_header(body) | {"If-None-Match": "*"}
        with store_errors(), _already_there():
            response = self._call("PUT", digest.hex(), body, headers)
            compare_checksums(response.headers, headers)

    def _put_spooled(self, intake: Intake, parts: Iterable[bytes]) -> StoredObject:
        self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=self._spool) as spooled:
            for part in parts:
                with store_errors():
                    spooled.write(part)
            stored = intake.finish(None)
            spooled.seek(0)
            return self._put_parts(intake, iter(lambda: spooled.read(PART_BYTES), b""), stored.digest)

    def _put_parts(self, intake: Intake, parts: Iterable[bytes], expected: bytes) -> StoredObject:
        if self.stat(expected) is not None:
            for _ in parts:
                pass  # the sender must still show that it has the bytes
            return intake.finish(expected)
        key = expected.hex()
        with store_errors():
            headers = self._lock_headers() | {"x-amz-checksum-algorithm": "SHA256"}
            upload = self._client._create_multipart_upload(self._bucket, key, dict(headers))
        try:
            sent = self._send_parts(key, upload, parts)
            stored = intake.finish(expected)
            self._complete(key, upload, sent)
        except BaseException:
            self._abort(key, upload)
            raise
        return stored

    def _send_parts(self, key: str, upload: str, parts: Iterable[bytes]) -> list[tuple[str, str]]:
        """Send a few parts at a time, so that hashing, the line and the store work side by side."""
        sent: list[tuple[str, str]] = []
        waiting: deque[Future[tuple[str, str]]] = deque()
        with ThreadPoolExecutor(PARTS_AT_A_TIME, "part") as pool:
            for number, part in enumerate(parts, 1):
                if len(waiting) == PARTS_AT_A_TIME:  # no more than these are in memory
                    sent.append(waiting.popleft().result())
                waiting.append(pool.submit(self._send_part, key, upload, number, part))
            sent += [done.result() for done in waiting]
        return sent

    def _send_part(self, key: str, upload: str, number: int, part: bytes) -> tuple[str, str]:
        headers = checksum_header(part)
        query = {"partNumber": str(number), "uploadId": upload}
        with store_errors():
            response = self._call("PUT", key, part, headers, query)
        compare_checksums(response.headers, headers)
        return response.headers["etag"], headers["x-amz-checksum-sha256"]

    def _complete(self, key: str, upload: str, sent: list[tuple[str, str]]) -> None:
        headers = {"Content-Type": "application/xml", "If-None-Match": "*"}
        with store_errors():
            try:
                self._call("POST", key, parts_list(sent), headers, {"uploadId": upload})
            except S3Error as error:
                if error.code not in ALREADY_THERE:
                    raise
                self._abort(key, upload)

    def _call(
        self,
        method: str,
        key: str,
        body: bytes,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
    ) -> BaseHTTPResponse:
        # The SDK has no public call for a conditional put, nor for checksums of parts.
        return self._client._execute(
            method, self._bucket, key, body=body, headers=dict(headers), query_params=dict(query or {})
        )

    def _abort(self, key: str, upload: str) -> None:
        with suppress(MinioException, HTTPError):
            self._client._abort_multipart_upload(self._bucket, key, upload)

    def _lock_headers(self) -> dict[str, str]:
        until = self._clock.now() + timedelta(days=self._retention_days)
        return {
            "x-amz-object-lock-mode": "COMPLIANCE",
            "x-amz-object-lock-retain-until-date": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Content-Type": "application/octet-stream",
        }


@contextmanager
def store_errors() -> Iterator[None]:
    """Whatever the store or the way to it fails with, the act may be tried again."""
    try:
        yield
    except (MinioException, HTTPError, OSError) as error:
        raise Unavailable(what="The object store") from error


@contextmanager
def _already_there() -> Iterator[None]:
    """The same bytes came first by another way: nothing is left to do."""
    try:
        yield
    except S3Error as error:
        if error.code not in (*ALREADY_THERE, "BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise


def _parts(intake: Intake) -> Iterator[bytes]:
    part = bytearray()
    for chunk in intake:
        part += chunk
        while len(part) >= PART_BYTES:
            yield bytes(part[:PART_BYTES])
            del part[:PART_BYTES]
    if part:
        yield bytes(part)


def parts_list(sent: Iterable[tuple[str, str]]) -> bytes:
    """What completes a multipart upload: ETag and checksum of each part in order."""
    whole = Element("CompleteMultipartUpload")
    for number, (etag, checksum) in enumerate(sent, 1):
        part = SubElement(whole, "Part")
        SubElement(part, "PartNumber").text = str(number)
        SubElement(part, "ETag").text = etag
        SubElement(part, "ChecksumSHA256").text = checksum
    return tostring(whole)


def checksum_header(body: bytes) -> dict[str, str]:
    return {"x-amz-checksum-sha256": b64encode(sha256(body).digest()).decode()}


def compare_checksums(answered: Mapping[str, str], sent: Mapping[str, str]) -> None:
    """Some stores take a body that differs from its signed hash; the checksum they answer tells."""
    checksum = answered.get("x-amz-checksum-sha256", sent["x-amz-checksum-sha256"])
    if checksum != sent["x-amz-checksum-sha256"]:
        raise IntegrityBroken(what="the object store answered another checksum than it was sent")
