"""The single byte form: what it refuses, and that one value has one writing."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import b64, canonical, expand, lp, read_canonical, tagged_hash, unb64
from kernel.errors import BadInput

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_writing_and_reading_agree(value: Any) -> None:
    assert read_canonical(canonical(value)) == value
    assert canonical(value) == rfc8785.dumps(value)


NAMES = ["\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "a", "é", ""]


@given(st.dictionaries(st.sampled_from(NAMES) | TEXT, st.integers(0, 9)))
def test_names_sort_by_utf_16_code_units(value: dict[str, int]) -> None:
    names = list(json.loads(canonical([value]))[0])
    assert names == sorted(value, key=lambda name: name.encode("utf-16-be"))


def test_every_character_is_written_as_rfc_8785_writes_it() -> None:
    for start in (0, 0x80, 0x2020, 0xFFF0):
        text = "".join(chr(code) for code in range(start, start + 0x80))
        assert canonical({text: text}) == rfc8785.dumps({text: text})
        assert canonical(text) == rfc8785.dumps(text)


@pytest.mark.parametrize("number", [2**53 - 2, 2**53 - 1, -(2**53) + 1])
def test_integers_are_exact_up_to_the_limit(number: int) -> None:
    assert canonical(number) == str(number).encode()


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        1.0,
        float("nan"),
        {1: 2},
        {"a": {1, 2}},
        b"bytes",
        "\ud800",
        {"\ud800": 1},
        {"é": "\ud800"},
        object(),
    ],
)
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        canonical(value)


@pytest.mark.parametrize(("depth", "is_fine"), [(98, True), (99, True), (100, False)])
def test_nesting_has_a_limit(depth: int, is_fine: bool) -> None:
    value: object = 1
    for _ in range(depth):
        value = [value]
    if is_fine:
        canonical(value)
    else:
        with pytest.raises(BadInput, match="nesting"):
            canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b' {"a":1}',
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b'"\\u0041"',
        b'"\\ud800"',
        b'"\xff"',
        b'"\\/"',
        b"\xef\xbb\xbf1",
        b"[" * 5000 + b"]" * 5000,
        b"9" * 5000,
    ],
)
def test_bytes_that_are_not_the_one_writing_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_canonical(data)


@given(st.binary(max_size=80))
def test_base64url_has_one_text_for_bytes(data: bytes) -> None:
    assert unb64(b64(data)) == data
    assert unb64(b64(data), length=len(data)) == data


@pytest.mark.parametrize("text", ["AB==", "AB", "A", "AA A", "AA\n", "A+/A", "é", "AAA=", 5, None])
def test_doubtful_base64url_is_refused(text: Any) -> None:
    with pytest.raises(BadInput):
        unb64(text)


@pytest.mark.parametrize("length", [2, 4])
def test_base64url_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(BadInput, match="3 were given"):
        unb64("AAAA", length=length)


def test_framing_is_what_the_page_says() -> None:
    assert lp(b"a", b"") == bytes(7) + b"\x01a" + bytes(8)
    framed = lp(b"mingtang/v1/tag", b"x", b"y")
    assert tagged_hash("tag", b"x", b"y") == hashlib.sha256(framed).digest()
    assert expand(b"x", "tag", b"y", length=48) == hashlib.shake_256(framed).digest(48)


def test_parts_cannot_be_shifted_into_each_other() -> None:
    assert tagged_hash("tag", b"ab", b"c") != tagged_hash("tag", b"a", b"bc")
    assert tagged_hash("tag", b"ab") != tagged_hash("tag", b"ab", b"")
