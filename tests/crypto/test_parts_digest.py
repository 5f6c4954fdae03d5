"""The digest of stored objects: the same whatever the chunks, threads or source."""

import io
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.merkle import root_of
from crypto.parts_digest import (
    PART_BYTES,
    PartsDigest,
    file_parts_digest,
    part_hash,
    parts_digest,
    read_fully,
)

SIZES = [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES, 7 * PART_BYTES + 5]


def content(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def by_the_book(data: bytes) -> bytes:
    return root_of(
        sha256(b"\x00" + data[start : start + PART_BYTES]).digest()
        for start in range(0, len(data), PART_BYTES)
    )


class Trickle(io.BytesIO):
    """A stream that gives less than was asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 300_001))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("threads", [1, 2])
def test_memory_and_files_and_streams_have_one_digest(size: int, threads: int, tmp_path: Path) -> None:
    data = content(size)
    file = tmp_path / "object"
    file.write_bytes(data)
    expected = by_the_book(data)
    assert parts_digest(data, threads) == expected
    assert file_parts_digest(file, threads) == expected
    assert file_parts_digest(Trickle(data), threads) == expected


@settings(max_examples=20)
@given(st.lists(st.integers(0, PART_BYTES + 7), max_size=5))
def test_chunks_do_not_matter(sizes: list[int]) -> None:
    data = content(sum(sizes))
    digest, start = PartsDigest(), 0
    for size in sizes:
        digest.update(memoryview(data)[start : start + size])
        start += size
    assert (digest.size, digest.digest()) == (len(data), by_the_book(data))


@pytest.mark.parametrize("step", [PART_BYTES // 2, PART_BYTES - 1, PART_BYTES, 3 * PART_BYTES])
def test_parts_close_wherever_chunks_end(step: int) -> None:
    data, digest = content(4 * PART_BYTES), PartsDigest()
    for start in range(0, len(data), step):
        digest.update(data[start : start + step])
    assert digest.digest() == by_the_book(data)


def test_a_digest_may_be_asked_for_and_then_go_on() -> None:
    digest = PartsDigest()
    digest.update(b"a")
    assert digest.digest() == by_the_book(b"a")
    digest.update(b"b")
    assert digest.digest() == by_the_book(b"ab")


def test_parts_hashed_elsewhere_count_as_if_hashed_here() -> None:
    data = content(2 * PART_BYTES + 9)
    digest = PartsDigest()
    for start in range(0, len(data), PART_BYTES):
        part = data[start : start + PART_BYTES]
        digest.add_part_hash(part_hash(part), len(part))
    assert (digest.size, digest.digest()) == (len(data), by_the_book(data))


def test_nothing_may_follow_a_short_part_hash() -> None:
    for digest in (PartsDigest(), PartsDigest()):
        digest.update(b"x")
        with pytest.raises(ValueError, match="whole parts"):
            digest.add_part_hash(bytes(32), 1)
    digest = PartsDigest()
    digest.add_part_hash(bytes(32), 1)
    with pytest.raises(ValueError, match="whole parts"):
        digest.add_part_hash(bytes(32), 1)


def test_a_short_stream_ends_where_it_ends() -> None:
    assert read_fully(Trickle(content(700_000)), PART_BYTES) == content(700_000)
    assert read_fully(io.BytesIO(b""), 5) == b""
