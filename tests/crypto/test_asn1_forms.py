"""The little of DER: what we write and what we refuse to read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import asn1_forms as asn1
from kernel.errors import BadInput


@given(st.integers(0, 2**200))
def test_integers_read_as_written(value: int) -> None:
    assert asn1.read_integer(asn1.read_one(asn1.integer(value), asn1.INTEGER)) == value


@pytest.mark.parametrize(
    ("value", "encoded"), [(0, "020100"), (127, "02017f"), (128, "02020080"), (256, "02020100")]
)
def test_integers_are_shortest(value: int, encoded: str) -> None:
    assert asn1.integer(value).hex() == encoded


@pytest.mark.parametrize("contents", [b"", b"\x80", b"\x00\x01", b"\x00\x00"])
def test_other_integers_are_refused(contents: bytes) -> None:
    with pytest.raises(BadInput):
        asn1.read_integer(contents)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths_of_all_sizes(size: int) -> None:
    encoded = asn1.der(asn1.OCTET_STRING, bytes(size))
    assert asn1.read_one(encoded, asn1.OCTET_STRING) == bytes(size)


@pytest.mark.parametrize(
    "encoded",
    [
        "04",
        "0401",
        "048101",
        "04817f" + "00" * 127,
        "04820001",
        "0480",
        "0485",
        "1f0100",
        "048200ff" + "00" * 255,
    ],
)
def test_lengths_that_are_not_shortest_are_refused(encoded: str) -> None:
    with pytest.raises(BadInput):
        list(asn1.read_values(bytes.fromhex(encoded)))


@pytest.mark.parametrize("encoded", ["", "0500", "04000400"])
def test_another_value_than_expected_is_refused(encoded: str) -> None:
    with pytest.raises(BadInput):
        asn1.read_one(bytes.fromhex(encoded), asn1.OCTET_STRING)


def test_object_identifiers_are_base_128() -> None:
    assert asn1.oid("1.2.840.113549").hex() == "06062a864886f70d"
    assert asn1.oid("2.999.3").hex() == "0603883703"


def test_sets_are_in_order() -> None:
    assert asn1.set_of(b"\x04\x00", b"\x02\x01\x00") == b"1\x05\x02\x01\x00\x04\x00"


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1)))
def test_times_read_as_written(at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    encoded = asn1.generalized_time(moment)
    assert asn1.read_generalized_time(asn1.read_one(encoded, asn1.GENERALIZED_TIME)) == moment


def test_finer_fractions_are_cut() -> None:
    at = asn1.read_generalized_time(b"20261121013000.1234567Z")
    assert at == datetime(2026, 11, 21, 1, 30, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"20261121013000",
        b"20261121013000.Z",
        b"20261121013000.50Z",
        b"20261121013000.0Z",
        b"202611210130Z",
        b"20261121013000+0800",
        b"20261321013000Z",
        b"20261121013000.-1Z",
        b"20261121013000.1 Z",
        b"2026112101300Z",
        b"\xff",
    ],
)
def test_times_in_any_other_form_are_refused(text: bytes) -> None:
    with pytest.raises(BadInput):
        asn1.read_generalized_time(text)
