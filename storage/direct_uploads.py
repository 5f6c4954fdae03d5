"""Uploads that go from the bidder's machine straight to the store: presigned parts of one multipart upload.

The web tier hands out addresses and never carries the bytes. Each address is good for one part with one SHA-256, which
is signed, so the store itself refuses another body. What the parts make up is proven later, by reading the whole once
(docs/decisions/0032-uploads-are-read-once.md).
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from minio.error import S3Error

from kernel.clock import SystemClock
from kernel.errors import Refused
from storage.objects import parts_list, store_errors
from storage.s3_drafts import S3Drafts

PART_BYTES = 16 << 20  # S3 wants 5 MiB at least and 10,000 parts at most
URL_SECONDS = 3600
WRONG_PARTS = (
    "InvalidPart",
    "InvalidPartOrder",
    "BadDigest",
    "InvalidRequest",
    "XAmzContentChecksumMismatch",
)
LISTED = 1000  # parts of one answer of the store


@dataclass(frozen=True)
class StoredPart:
    """A part that lies in the store."""

    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Presigner:
    """Signs requests that somebody else will send (AWS Signature Version 4, query form)."""

    host: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"
    secure: bool = True

    def url(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], now: datetime
    ) -> str:
        """An address for one request with exactly these headers, good for an hour."""
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        signed = {"host": self.host, **{name.lower(): value for name, value in headers.items()}}
        names = ";".join(sorted(signed))
        asked = query | {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.access_key}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(URL_SECONDS),
            "X-Amz-SignedHeaders": names,
        }
        written = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(asked.items()))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = f"{method}\n{quote(path)}\n{written}\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{self.secret_key}".encode()
        for step in (*scope.split("/"), to_sign):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{self.host}{quote(path)}?{written}&X-Amz-Signature={key.hex()}"


class DirectUploads:
    """Multipart uploads into the area of drafts, each under its upload's id."""

    def __init__(self, area: S3Drafts, presigner: Presigner) -> None:
        self._area, self._presigner = area, presigner
        self._clock = SystemClock()  # the store judges an address by its own clock, not by the platform's

    @staticmethod
    def name(upload_id: str) -> str:
        """The object that the parts make up."""
        return f"{upload_id}/whole"

    def begin(self, upload_id: str) -> str:
        """Open a multipart upload; returns its number in the store."""
        self._area.prepare()
        headers: dict[str, str | list[str] | tuple[str]] = {"x-amz-checksum-algorithm": "SHA256"}
        with store_errors():
            return self._area.client._create_multipart_upload(
                self._area.bucket, self.name(upload_id), headers
            )

    def part_address(self, upload_id: str, number: str, part: int, sha256: str) -> tuple[str, dict[str, str]]:
        """Where to PUT one part, and the headers that go with it."""
        headers = {"x-amz-checksum-sha256": sha256}
        path = f"/{self._area.bucket}/{self.name(upload_id)}"
        query = {"partNumber": str(part), "uploadId": number}
        return self._presigner.url("PUT", path, query, headers, self._clock.now()), headers

    def parts(self, upload_id: str, number: str) -> list[StoredPart]:
        """The parts that have arrived, by number."""
        found: list[StoredPart] = []
        marker = 0
        while True:
            with store_errors():
                page = self._area.client._list_parts(
                    self._area.bucket,
                    self.name(upload_id),
                    number,
                    max_parts=LISTED,
                    part_number_marker=str(marker) if marker else None,
                )
            found += [StoredPart(one.part_number, one.size or 0, one.etag.strip('"')) for one in page.parts]
            if not page.is_truncated or not page.parts:
                return found
            marker = page.parts[-1].part_number

    def join(self, upload_id: str, number: str, parts: Sequence[StoredPart], sha256s: Sequence[str]) -> None:
        """Make one object of the parts; the store compares each checksum, and nobody can change a part afterwards.

        Raises:
            Refused: a checksum is not that of its part.
        """
        body = parts_list(zip((part.etag for part in parts), sha256s, strict=True))
        with store_errors():
            try:
                # The SDK has no public call for checksums of parts.
                self._area.client._execute(
                    "POST",
                    self._area.bucket,
                    self.name(upload_id),
                    body=body,
                    headers={"Content-Type": "application/xml"},
                    query_params={"uploadId": number},
                )
            except S3Error as error:
                if error.code not in WRONG_PARTS:
                    raise
                raise Refused(rule="whole files only", why="a part is not as announced") from None
