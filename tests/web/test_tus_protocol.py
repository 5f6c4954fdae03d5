"""The headers of tus: read in one form only, and no bytes whatever break the reading."""

from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.errors import BadHeader, TenderingError
from web.tus_protocol import (
    NUMBER,
    Checksum,
    Part,
    check_version,
    overridden_method,
    plain_name,
    read_checksum,
    read_creation,
    read_metadata,
    read_number,
    read_part,
)

DIGEST = "0123456789abcdef" * 4
LATIN = st.text(st.characters(max_codepoint=255), max_size=200)
KEYS = st.text(st.sampled_from("abcXYZ019-_."), min_size=1, max_size=10)


def encoded(value: bytes) -> str:
    return b64encode(value).decode()


@given(st.dictionaries(KEYS, st.binary(max_size=30), max_size=6))
def test_metadata_is_read_as_it_was_written(values: dict[str, bytes]) -> None:
    written = ",".join(f"{key} {encoded(value)}".strip() for key, value in values.items())
    assert read_metadata(written) == values


@given(LATIN)
@example("a")
@example("a ")
@example("a  YQ==")
@example("a YQ")
@example("a YR==")
@example("a YQ==,a YQ==")
@example(",")
def test_any_metadata_is_read_or_refused(text: str) -> None:
    try:
        found = read_metadata(text)
    except BadHeader:
        return
    again = ",".join(f"{key} {encoded(value)}".strip() for key, value in found.items())
    assert read_metadata(again) == found


@pytest.mark.parametrize(
    "text", ["a YQ", "a YR==", "a  YQ==", ",", "a YQ==,", "a YQ==,a YQ==", " ,a", "a\tYQ=="]
)
def test_metadata_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadHeader):
        read_metadata(text)


@pytest.mark.parametrize(
    ("text", "found"), [("", {}), ("a", {"a": b""}), ("a,b YQ==", {"a": b"", "b": b"a"})]
)
def test_metadata_may_be_empty_and_so_may_its_values(text: str, found: dict[str, bytes]) -> None:
    assert read_metadata(text) == found


@given(LATIN)
@example("sha256 ")
@example("sha1 " + encoded(bytes(20)) + " ")
def test_any_checksum_is_read_or_refused(text: str) -> None:
    try:
        found = read_checksum({"upload-checksum": text})
    except BadHeader:
        return
    assert found is not None
    assert f"{found.algorithm} {encoded(found.value)}" == text


@pytest.mark.parametrize(("algorithm", "size"), [("sha1", 20), ("sha256", 32)])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_checksum_has_the_length_of_its_algorithm(algorithm: str, size: int, off: int) -> None:
    given_value = {"upload-checksum": f"{algorithm} {encoded(bytes(size + off))}"}
    if off:
        with pytest.raises(BadHeader):
            read_checksum(given_value)
    else:
        assert read_checksum(given_value) == Checksum(algorithm, bytes(size))


@given(LATIN)
@example("٣")
@example("1_0")
@example("0")
@example("00")
@example(" 1")
@example("1e3")
@example("bytes 0-10/20")
@example("9" * 17)
def test_any_number_is_read_or_refused(text: str) -> None:
    try:
        assert str(read_number({"upload-offset": text}, "Upload-Offset")) == text
    except BadHeader:
        assert not NUMBER.fullmatch(text)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "upload-length",
                "upload-metadata",
                "upload-defer-length",
                "upload-offset",
                "upload-checksum",
                "content-type",
                "content-length",
                "transfer-encoding",
                "tus-resumable",
                "x-http-method-override",
            ]
        ),
        LATIN,
    )
)
def test_no_headers_break_the_reading(headers: dict[str, str]) -> None:
    for read in (read_creation, read_part, check_version, overridden_method):
        with suppress(TenderingError):
            read(headers)


def test_whole_creation_and_part_are_read() -> None:
    metadata = f"filename {encoded('投标/文件.sealed'.encode())},digest {encoded(DIGEST.encode())}"
    made = read_creation({"upload-length": "5", "upload-metadata": metadata})
    assert (made.length, made.digest.hex(), made.filename) == (5, DIGEST, "文件.sealed")
    assert (made.replaces, made.has_part) == (None, False)
    kind = {"content-type": "Application/Offset+octet-stream"}
    assert read_creation({"upload-length": "5", "upload-metadata": metadata, **kind}).has_part
    assert read_part({"upload-offset": "7", **kind}) == Part(7)


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=250))
def test_kept_name_is_short_and_has_no_path_in_it(name: str) -> None:
    kept = plain_name(name)
    assert len(kept) <= 200
    assert not set(kept) & set("/\\\n\r\0")
