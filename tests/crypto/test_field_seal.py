"""Fields at rest: readable with the key and in their own place only; equal values are found, none is guessed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.field_seal import keyed_digest, open_field, seal_field
from kernel.errors import IntegrityBroken

KEY = bytes(range(32))
VECTORS = Path(__file__).parents[1] / "vectors/field-seal/digests.json"


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_was_sealed_opens(plain: bytes, context: str) -> None:
    assert open_field(KEY, context, seal_field(KEY, context, plain)) == plain


def test_the_same_field_looks_different_each_time() -> None:
    assert seal_field(KEY, "c", b"x") != seal_field(KEY, "c", b"x")


@pytest.mark.parametrize("part", range(0, 32, 5))
def test_a_changed_byte_is_found(part: int) -> None:
    sealed = bytearray(seal_field(KEY, "case 1", b"some plain text"))
    sealed[part] ^= 1
    with pytest.raises(IntegrityBroken):
        open_field(KEY, "case 1", bytes(sealed))


@pytest.mark.parametrize(("key", "context"), [(bytes(32), "case 1"), (KEY, "case 2"), (KEY, "")])
def test_another_key_or_place_opens_nothing(key: bytes, context: str) -> None:
    with pytest.raises(IntegrityBroken):
        open_field(key, context, seal_field(KEY, "case 1", b"x"))


def test_what_is_no_sealed_field_is_refused() -> None:
    with pytest.raises(IntegrityBroken):
        open_field(KEY, "case 1", b"short")


def test_the_digests_are_those_of_the_vectors() -> None:
    kept = json.loads(VECTORS.read_text())
    key = bytes.fromhex(kept["key"])
    for row in kept["digests"]:
        assert keyed_digest(key, row["tag"], row["value"]).hex() == row["digest"]
