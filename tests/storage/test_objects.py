"""One contract for both object stores: the folder, and a real S3 server with object lock."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio.commonconfig import COMPLIANCE

from crypto.parts_digest import parts_digest
from kernel.clock import Clock, FixedClock
from kernel.errors import BadInput, NotFound, TooLarge, Unavailable
from storage.local_objects import LocalObjects
from storage.objects import PART_BYTES, Objects, S3Objects
from tests.real_parts.seaweed import S3, Seaweed

ROOT = Path(__file__).parents[2]
LIMIT = 64 << 20
SIZES = [0, 1, 2048, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 5]


def s3_objects(s3: S3, spool: Path, clock: Clock | None = None) -> S3Objects:
    keys = (s3.access_key, s3.secret_key)
    return S3Objects(s3.endpoint, s3.bucket, *keys, secure=False, retention_days=1, spool=spool, clock=clock)


@pytest.fixture(params=["local", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "local":
        return LocalObjects(tmp_path / "objects")
    return s3_objects(request.getfixturevalue("s3"), tmp_path / "spool")


def fresh(size: int) -> bytes:
    return os.urandom(min(size, 32)) + bytes(max(0, size - 32))


def chunks(data: bytes, size: int = 100_000) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def whole(objects: Objects, digest: bytes) -> bytes:
    with objects.open(digest) as file:
        return file.read()


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_what_was_put_comes_back(objects: Objects, size: int, declared: bool) -> None:
    data = fresh(size)
    digest = parts_digest(data)
    stored = objects.put_once(chunks(data), expected=digest if declared else None, limit_bytes=LIMIT)
    assert (stored.digest, stored.size) == (digest, size)
    assert objects.stat(digest) == stored
    assert whole(objects, digest) == data


def test_a_file_may_be_put_as_it_is(objects: Objects) -> None:
    data = fresh(3_000_000)
    stored = objects.put_once(io.BytesIO(data), expected=None, limit_bytes=LIMIT)
    assert whole(objects, stored.digest) == data


def test_what_is_missing_is_said_to_be_missing(objects: Objects) -> None:
    digest = os.urandom(32)
    assert objects.stat(digest) is None
    with pytest.raises(NotFound), objects.open(digest):
        pass


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, None), (0, 10), (7, 19), (99, 100), (99, None), (100, None), (100, 200), (50, 50), (0, 500)],
)
def test_a_stretch_of_an_object_can_be_read(objects: Objects, start: int, end: int | None) -> None:
    data = os.urandom(100)
    digest = objects.put_once(iter([data]), expected=None, limit_bytes=LIMIT).digest
    with objects.open(digest, start, end) as file:
        assert file.read() == data[start:end]


def test_an_object_can_be_left_half_read(objects: Objects) -> None:
    data = fresh(5_000_000)
    digest = objects.put_once(iter([data]), expected=None, limit_bytes=LIMIT).digest
    for _ in range(20):
        with objects.open(digest) as file:
            assert file.read(10) == data[:10]


@pytest.mark.parametrize("size", [2048, 2 * PART_BYTES])
@pytest.mark.parametrize("declared", [True, False])
def test_putting_the_same_again_is_harmless(objects: Objects, size: int, declared: bool) -> None:
    data = fresh(size)
    digest = parts_digest(data)
    for _ in range(2):
        stored = objects.put_once(chunks(data), expected=digest if declared else None, limit_bytes=LIMIT)
        assert stored.digest == digest
    assert whole(objects, digest) == data


@pytest.mark.parametrize("size", [2048, 2 * PART_BYTES])
def test_a_wrong_digest_is_refused_and_leaves_nothing(objects: Objects, size: int, tmp_path: Path) -> None:
    data, declared = fresh(size), os.urandom(32)
    with pytest.raises(BadInput, match="send it again"):
        objects.put_once(chunks(data), expected=declared, limit_bytes=LIMIT)
    assert objects.stat(declared) is None
    assert objects.stat(parts_digest(data)) is None
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("limit", [1999, 2 * PART_BYTES])
def test_one_byte_more_than_the_limit_is_refused(objects: Objects, limit: int, tmp_path: Path) -> None:
    for size in (limit - 1, limit):
        assert objects.put_once(chunks(fresh(size)), expected=None, limit_bytes=limit).size == size
    data = fresh(limit + 1)
    for declared in (None, parts_digest(data)):
        with pytest.raises(TooLarge):
            objects.put_once(chunks(data), expected=declared, limit_bytes=limit)
    assert objects.stat(parts_digest(data)) is None
    assert leftovers(tmp_path) == []


def test_an_endless_upload_is_refused_as_soon_as_the_limit_is_passed(objects: Objects) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1000
            yield bytes(1000)

    with pytest.raises(TooLarge):
        objects.put_once(endless(), expected=None, limit_bytes=100_000)
    assert taken == 101_000


@pytest.mark.parametrize("size", [100_000, 2 * PART_BYTES])
def test_a_vanished_client_leaves_nothing(objects: Objects, size: int, tmp_path: Path) -> None:
    data = fresh(size)

    def vanishing() -> Iterator[bytes]:
        yield from chunks(data)
        raise ConnectionResetError("gone")

    for declared in (None, parts_digest(data)):
        with pytest.raises(ConnectionResetError):
            objects.put_once(vanishing(), expected=declared, limit_bytes=LIMIT)
    assert objects.stat(parts_digest(data)) is None
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("size", [2048, PART_BYTES + 1])
def test_many_may_put_the_same_object_at_once(objects: Objects, size: int, tmp_path: Path) -> None:
    data = fresh(size)
    digest = parts_digest(data)
    together = threading.Barrier(8)
    answers: list[object] = []

    def put() -> None:
        together.wait()
        try:
            answers.append(objects.put_once(chunks(data), expected=digest, limit_bytes=LIMIT).digest)
        except Exception as error:
            answers.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [digest] * 8
    assert whole(objects, digest) == data
    assert leftovers(tmp_path) == []


def leftovers(folder: Path) -> list[Path]:
    return [path for part in ("objects/incoming", "spool") for path in (folder / part).glob("*")]


# A child that puts all of its input but the end, says so, and waits to be killed.
CHILD = """
import os, sys, time
from pathlib import Path
from tests.storage.test_objects import s3_objects, fresh, chunks
from tests.real_parts.seaweed import S3
from storage.local_objects import LocalObjects
kind, folder, size, *s3 = sys.argv[1:]
local = lambda: LocalObjects(Path(folder) / "objects")
objects = local() if kind == "local" else s3_objects(S3(*s3), Path(folder) / "spool")
data = bytes(int(size))
def stream():
    yield from chunks(data)
    print("waiting", flush=True)
    time.sleep(60)
from crypto.parts_digest import parts_digest
objects.put_once(stream(), expected=parts_digest(data), limit_bytes=1 << 30)
"""


@pytest.fixture
def killed_put(tmp_path: Path) -> Callable[..., None]:
    def run(kind: str, size: int, *s3: str) -> None:
        command = [sys.executable, "-c", CHILD, kind, str(tmp_path), str(size), *s3]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"waiting\n"
            child.send_signal(signal.SIGKILL)

    return run


def test_a_killed_put_leaves_no_object_in_the_folder(tmp_path: Path, killed_put: Callable[..., None]) -> None:
    size = 5_000_001
    killed_put("local", size)
    [orphan] = leftovers(tmp_path)
    objects = LocalObjects(tmp_path / "objects")
    assert objects.stat(parts_digest(bytes(size))) is None
    assert leftovers(tmp_path) == [orphan]
    objects.put_once(iter([bytes(size)]), expected=None, limit_bytes=LIMIT)
    assert whole(objects, parts_digest(bytes(size))) == bytes(size)
    for age, left in ((24 * 3600 - 60, [orphan]), (24 * 3600 + 60, [])):
        os.utime(orphan, (time.time() - age,) * 2)
        LocalObjects(tmp_path / "objects")
        assert leftovers(tmp_path) == left


def test_a_killed_put_leaves_no_object_in_s3(tmp_path: Path, s3: S3, killed_put: Callable[..., None]) -> None:
    size = 2 * PART_BYTES + 7
    killed_put("s3", size, s3.endpoint, s3.access_key, s3.secret_key, s3.bucket)
    objects = s3_objects(s3, tmp_path / "spool")
    assert objects.stat(parts_digest(bytes(size))) is None
    objects.put_once(iter([bytes(size)]), expected=parts_digest(bytes(size)), limit_bytes=LIMIT)
    assert whole(objects, parts_digest(bytes(size))) == bytes(size)


def test_an_upload_abandoned_in_s3_is_swept_after_a_week(
    tmp_path: Path, s3_server: Seaweed, killed_put: Callable[..., None]
) -> None:
    store = s3_server.s3("abandoned")
    killed_put("s3", 2 * PART_BYTES + 7, store.endpoint, store.access_key, store.secret_key, store.bucket)
    now = datetime.now(UTC)
    for age, swept in ((timedelta(days=6, hours=23), 0), (timedelta(days=7, hours=1), 1)):
        objects = s3_objects(store, tmp_path, FixedClock(now + age))
        assert objects.sweep() == swept


@pytest.mark.parametrize("size", [2048, PART_BYTES + 1])
def test_an_object_in_s3_is_locked_until_its_archive_date(tmp_path: Path, s3: S3, size: int) -> None:
    objects = s3_objects(s3, tmp_path)
    data = fresh(size)
    key = objects.put_once(iter([data]), expected=parts_digest(data), limit_bytes=LIMIT).digest.hex()
    client = s3.client()
    version = client.stat_object(s3.bucket, key).version_id
    retention = client.get_object_retention(s3.bucket, key)
    assert retention is not None
    assert retention.mode == COMPLIANCE
    with pytest.raises(Exception, match=r"AccessDenied|denied|locked|retention"):
        client.remove_object(s3.bucket, key, version_id=version)
    assert whole(objects, parts_digest(data)) == data


@pytest.mark.parametrize("size", [2048, PART_BYTES + 1])
def test_putting_again_makes_no_second_version_in_s3(tmp_path: Path, s3: S3, size: int) -> None:
    objects, data = s3_objects(s3, tmp_path), fresh(size)
    for _ in range(3):
        key = objects.put_once(iter([data]), expected=parts_digest(data), limit_bytes=LIMIT).digest.hex()
    assert len(list(s3.client().list_objects(s3.bucket, prefix=key, include_version=True))) == 1


def test_a_bucket_that_cannot_lock_is_refused(tmp_path: Path, s3: S3) -> None:
    plain = S3(s3.endpoint, s3.access_key, s3.secret_key, f"plain-{s3.bucket}")
    plain.client().make_bucket(plain.bucket)
    with pytest.raises(RuntimeError, match="object lock"):
        s3_objects(plain, tmp_path).prepare()


def test_a_missing_bucket_is_made_with_lock(tmp_path: Path, s3: S3) -> None:
    new = S3(s3.endpoint, s3.access_key, s3.secret_key, f"new-{s3.bucket}")
    s3_objects(new, tmp_path).prepare()
    assert new.client().get_object_lock_config(new.bucket) is not None


def test_a_full_disk_is_said_to_be_temporary(tmp_path: Path) -> None:
    objects = LocalObjects(tmp_path / "objects")
    (tmp_path / "objects/incoming").rename(tmp_path / "gone")
    with pytest.raises(Unavailable):
        objects.put_once(iter([b"x"]), expected=None, limit_bytes=LIMIT)


def test_a_stored_file_cannot_be_written_to(tmp_path: Path) -> None:
    objects = LocalObjects(tmp_path / "objects")
    digest = objects.put_once(iter([b"x"]), expected=None, limit_bytes=LIMIT).digest
    assert (tmp_path / "objects" / digest.hex()[:2] / digest.hex()).stat().st_mode & 0o777 == 0o400
