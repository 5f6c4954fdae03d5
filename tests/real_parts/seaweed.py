"""A private S3 store with object lock: SeaweedFS in one process."""

import io
import json
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from minio import Minio
from minio.error import MinioException
from urllib3 import PoolManager, Retry
from urllib3.exceptions import HTTPError

from tests.real_parts.process import free_port, start

PAIR = (0, 10_000)  # each of its services listens on p and on p + 10000


@dataclass(frozen=True)
class S3:
    """Where a bucket is and the keys to it."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str

    def client(self, *, patient: bool = True) -> Minio:
        """The SDK on this store; an impatient one fails at once instead of trying again."""
        pool = None if patient else PoolManager(retries=Retry(total=0))
        return Minio(
            self.endpoint,
            self.access_key,
            self.secret_key,
            secure=False,
            region="us-east-1",
            http_client=pool,
        )


class Seaweed:
    """One server with any number of buckets."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mingtang-seaweed-"))
        self._keys = ("tests", secrets.token_hex(16))
        identity = {
            "name": "tests",
            "credentials": [{"accessKey": self._keys[0], "secretKey": self._keys[1]}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        (self.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.folder / "data").mkdir()
        self._s3_port = free_port(PAIR)
        self._server = start(
            self._command(), log=self.folder / "log", env={"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
        )
        probe = self.s3("probe")
        self._server.wait_until(lambda: _takes_a_put(probe))

    def _command(self) -> list[str | Path]:
        weed = Path(sys.executable).with_name("weed")
        ports = {name: free_port(PAIR) for name in ("master", "volume", "filer")} | {"s3": self._s3_port}
        return [
            weed,
            "server",
            f"-dir={self.folder / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-filer",
            "-filer.disableHttp",
            "-s3",
            *(f"-{name}.port={port}" for name, port in ports.items()),
            f"-s3.config={self.folder / 's3.json'}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=512",
            "-volume.max=500",
            "-volume.minFreeSpace=1",
        ]

    def s3(self, bucket: str) -> S3:
        """The address of a bucket; it is not made here."""
        return S3(f"127.0.0.1:{self._s3_port}", *self._keys, bucket)

    def stop(self) -> None:
        """End the server and remove its files."""
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _takes_a_put(store: S3) -> bool:
    client = store.client(patient=False)
    try:
        if not client.bucket_exists(store.bucket):
            client.make_bucket(store.bucket, object_lock=True)
        client.put_object(store.bucket, "ready", io.BytesIO(b"?"), 1)
    except (MinioException, HTTPError, OSError):
        return False
    return True
