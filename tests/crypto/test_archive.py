"""The archive in an envelope: one form for one set of files, and no file that could do harm."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.archive import (
    CHUNK_BYTES,
    FIXED_BYTES,
    LEAST_BYTES,
    MAGIC,
    MAX_BID_BYTES,
    MAX_MANIFEST_BYTES,
    ArchiveFile,
    archive_size,
    bytes_file,
    open_archive,
    padded_size,
    read_archive,
    stream_file,
    write_archive,
)
from crypto.archive_names import check_names
from crypto.canonical import canonical, read_canonical
from crypto.envelope import MAGIC as ENVELOPE_MAGIC
from kernel.errors import BadInput, DoubleSealed, MalformedEnvelope

BID = bytes_file("bid.json", b'{"price":"1.00"}')
TECHNICAL = bytes_file("技术/方案.pdf", b"%PDF" + bytes(40_000))
EMPTY = bytes_file("a/empty.txt", b"")
MIB = 1 << 20


def written(*files: ArchiveFile) -> bytes:
    target = io.BytesIO()
    assert write_archive(files, target) == len(target.getvalue())
    return target.getvalue()


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    return [(entry.name, entry.read()) for entry in read_archive(io.BytesIO(data))]


GOOD = written(BID, TECHNICAL, EMPTY)


def test_files_come_out_as_they_went_in_with_the_bid_first() -> None:
    assert [(name, len(data)) for name, data in unpacked(GOOD)] == [
        ("bid.json", 16),
        ("a/empty.txt", 0),
        ("技术/方案.pdf", 40_004),
    ]


def test_the_order_of_giving_does_not_matter() -> None:
    assert written(TECHNICAL, EMPTY, BID) == GOOD


def test_a_stream_and_a_file_have_the_same_bytes() -> None:
    with open_archive([TECHNICAL, BID, EMPTY]) as stream:
        assert stream.read() == GOOD
    assert archive_size([BID, TECHNICAL, EMPTY]) == len(GOOD)
    large = bytes_file("large", bytes(3 * MIB + 1))
    with open_archive([BID, large]) as stream:
        assert stream.read() == written(BID, large)


def test_a_file_is_read_through_for_its_hash() -> None:
    content = bytes(range(256)) * 9000
    file = stream_file("big.bin", lambda: io.BytesIO(content))
    assert (file.size, file) == (len(content), bytes_file("big.bin", content))
    assert dict(unpacked(written(BID, file)))["big.bin"] == content


def test_entries_that_nobody_reads_are_checked_all_the_same() -> None:
    assert [entry.name for entry in read_archive(io.BytesIO(GOOD))] == [
        "bid.json",
        "a/empty.txt",
        "技术/方案.pdf",
    ]
    with pytest.raises(MalformedEnvelope):
        list(read_archive(io.BytesIO(GOOD.replace(b"%PDF", b"%PDG"))))


def test_an_entry_is_read_once_and_wholly() -> None:
    entry = next(read_archive(io.BytesIO(GOOD)))
    entry.read()
    with pytest.raises(RuntimeError, match="once"):
        entry.read()
    entries = read_archive(io.BytesIO(written(BID, bytes_file("large", bytes(2 * MIB)))))
    next(entries)
    next(next(entries).chunks())
    with pytest.raises(RuntimeError, match="or none"):
        next(entries)


@pytest.mark.parametrize(
    ("size", "padded"),
    [
        (0, LEAST_BYTES),
        (LEAST_BYTES - 1, LEAST_BYTES),
        (LEAST_BYTES, LEAST_BYTES),
        (LEAST_BYTES + 1, LEAST_BYTES + 1024),
        (MIB - 1, MIB),
        (MIB, MIB),
        (MIB + 1, MIB + 32768),
    ],
)
def test_sizes_are_padded_to_classes(size: int, padded: int) -> None:
    assert padded_size(size) == padded


@given(st.integers(LEAST_BYTES, 1 << 45))
def test_padding_costs_little_and_is_stable(size: int) -> None:
    padded = padded_size(size)
    assert size <= padded <= size * 1.12
    assert padded_size(padded) == padded


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "a//b",
        "a/",
        ".",
        "..",
        "a/../b",
        "./a",
        "C:a",
        "a\\b",
        "a\nb",
        "a\x7fb",
        "a\x85b",
        "a\u202eb",
        "a\u2028b",
        "a\ud800",
        "a\ue000",
        "e\u0301",
        "con",
        "x/NUL.txt",
        "com1",
        "a.",
        "a ",
        " a",
        "a*b",
        "a" * 256,
        "技" * 86,
        "/".join(["a" * 200] * 6),
        5,
        None,
    ],
)
def test_harmful_names_are_refused(name: Any) -> None:
    with pytest.raises(BadInput):
        check_names([name])


@pytest.mark.parametrize(
    "name", ["a", "a" * 255, "技" * 85, "方案 (1).pdf", "a.b/c-d", "console.log", "…", "'"]
)
def test_ordinary_names_are_fine(name: str) -> None:
    check_names([name])


@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("Straße", "STRASSE"), ("a", "a/b"), ("a/b", "A")])
def test_names_that_collide_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="same"):
        check_names(names)


@pytest.mark.parametrize(
    "files",
    [
        (),
        (TECHNICAL,),
        (BID, BID),
        (BID, bytes_file("../x", b"")),
        (ArchiveFile("bid.json", MAX_BID_BYTES + 1, "0" * 64, io.BytesIO),),
        (
            BID,
            *(
                bytes_file(f"{i:0>250}/" + "/".join(["x" * 250] * 3), b"")
                for i in range(MAX_MANIFEST_BYTES // 1000)
            ),
        ),
    ],
)
def test_impossible_archives_are_refused_before_sealing(files: tuple[ArchiveFile, ...]) -> None:
    with pytest.raises(BadInput):
        open_archive(files)


@pytest.mark.parametrize("now", [b"conten", b"content!", b"contemt", b""])
def test_a_file_that_changes_while_it_is_sealed_is_found(now: bytes) -> None:
    versions = iter([b"content", now])
    changing = stream_file("file", lambda: io.BytesIO(next(versions)))
    with pytest.raises(BadInput, match="changed"):
        written(BID, changing)


def test_an_envelope_is_not_sealed_again() -> None:
    sealed = bytes_file("sealed.mte", ENVELOPE_MAGIC + b"rest")
    with pytest.raises(DoubleSealed):
        written(BID, sealed)
    with pytest.raises(DoubleSealed):
        unpacked(ENVELOPE_MAGIC + bytes(100))
    harmless = written(BID, bytes_file("sealed.mte", b"x" * len(ENVELOPE_MAGIC)))
    forged = rewritten(harmless, harmless[-LEAST_BYTES:].replace(b"x" * len(ENVELOPE_MAGIC), ENVELOPE_MAGIC))
    with pytest.raises(DoubleSealed):
        unpacked(forged)


def rewritten(data: bytes, instead: bytes) -> bytes:
    return data[: -len(instead)] + instead


def with_manifest(change: Callable[[dict[str, Any]], object], data: bytes = GOOD) -> bytes:
    length = int.from_bytes(data[len(MAGIC) : FIXED_BYTES], "big")
    manifest = read_canonical(data[FIXED_BYTES : FIXED_BYTES + length])
    change(manifest)
    raw = canonical(manifest)
    return MAGIC + len(raw).to_bytes(4, "big") + raw + data[FIXED_BYTES + length :]


def first(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["files"][0].update(fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(v=2),
        lambda manifest: manifest.update(v=True),
        lambda manifest: manifest.update(extra=1),
        lambda manifest: manifest.pop("files"),
        lambda manifest: manifest.update(files=[]),
        lambda manifest: manifest.update(files=5),
        lambda manifest: manifest.update(files=[5]),
        lambda manifest: manifest["files"].reverse(),
        lambda manifest: manifest["files"].append(manifest["files"][0]),
        lambda manifest: manifest["files"].pop(),
        first(name="../bid.json"),
        first(name="Bid.json"),
        first(name=5),
        first(size=15),
        first(size=17),
        first(size=-1),
        first(size=True),
        first(size="16"),
        first(size=MAX_BID_BYTES + 1),
        first(size=10**12),
        first(sha256="0" * 64),
        first(sha256="0" * 63),
        first(sha256=5),
        first(extra=1),
        lambda manifest: manifest["files"][1].update(sha256="0" * 64),
    ],
)
def test_a_manifest_in_any_other_shape_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(MalformedEnvelope):
        unpacked(with_manifest(change))


@pytest.mark.parametrize("manifest", [b"[]", b"null", b"{ }", b'{"v":1}'])
def test_what_is_no_manifest_is_refused(manifest: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        unpacked(MAGIC + len(manifest).to_bytes(4, "big") + manifest + bytes(LEAST_BYTES))


@pytest.mark.parametrize(
    "size", [0, 5, len(MAGIC), FIXED_BYTES - 1, FIXED_BYTES, FIXED_BYTES + 9, 300, 400, len(GOOD) - 1]
)
def test_an_archive_cut_off_anywhere_is_refused(size: int) -> None:
    with pytest.raises(MalformedEnvelope):
        unpacked(GOOD[:size])


@pytest.mark.parametrize("data", [GOOD + b"\0", GOOD[:-1] + b"\1", b"PK" + GOOD, MAGIC + b"\xff" * 4])
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        unpacked(data)


def test_long_padding_is_written_and_checked() -> None:
    size = 16 * MIB + 1
    large = ArchiveFile(
        "large", size, bytes_file("large", bytes(size)).sha256, lambda: io.BytesIO(bytes(size))
    )
    data = written(BID, large)
    assert len(data) - size > CHUNK_BYTES
    assert len(list(read_archive(io.BytesIO(data)))) == 2
