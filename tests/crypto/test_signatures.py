"""Signatures and signed statements: nothing changes unseen, nothing secret shows."""

from copy import deepcopy
from typing import Any

import pytest

from crypto.signatures import RESERVED_TAGS, Signer, check_statement, fingerprint, sign_statement, verify
from kernel.errors import BadInput, IntegrityBroken

SIGNER = Signer("openers/1", bytes(range(32)))
OTHER = Signer("openers/2", bytes(32))
BODY = {"tender": "t", "shares": ["a", "b"]}


def test_a_signature_verifies_and_rfc_8032_agrees() -> None:
    signer = Signer("rfc", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert signer.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a")
    verify(signer.public, signer.sign(b""), b"")


@pytest.mark.parametrize(
    ("public", "signature", "data"),
    [
        (SIGNER.public, SIGNER.sign(b"data"), b"datb"),
        (OTHER.public, SIGNER.sign(b"data"), b"data"),
        (SIGNER.public, SIGNER.sign(b"data")[:-1], b"data"),
        (SIGNER.public[:-1], SIGNER.sign(b"data"), b"data"),
    ],
)
def test_anything_else_is_refused(public: bytes, signature: bytes, data: bytes) -> None:
    with pytest.raises(IntegrityBroken):
        verify(public, signature, data)


def test_the_private_part_never_shows() -> None:
    assert repr(SIGNER) == "Signer(name='openers/1')"


def test_fingerprints_tell_keys_apart() -> None:
    assert len(fingerprint(SIGNER.public)) == 64
    assert fingerprint(SIGNER.public) != fingerprint(OTHER.public)


def test_a_statement_gives_back_its_body() -> None:
    statement = sign_statement(SIGNER, "share.released", BODY)
    assert check_statement(statement, "share.released", SIGNER.public) == BODY


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"body": {"tender": "u"}}, IntegrityBroken),
        ({"type": "share.refused"}, IntegrityBroken),
        ({"key": "00"}, IntegrityBroken),
        ({"signature": "A" * 86}, IntegrityBroken),
        ({"signature": "A" * 85}, BadInput),
        ({"signature": None}, BadInput),
        ({"body": []}, BadInput),
        ({"extra": 1}, BadInput),
    ],
)
def test_a_changed_statement_is_refused(change: dict[str, Any], error: type[Exception]) -> None:
    statement = deepcopy(sign_statement(SIGNER, "share.released", BODY)) | change
    with pytest.raises(error):
        check_statement(statement, "share.released", SIGNER.public)


def test_a_statement_of_another_key_is_refused() -> None:
    with pytest.raises(IntegrityBroken, match="another key"):
        check_statement(sign_statement(SIGNER, "share.released", BODY), "share.released", OTHER.public)


def test_no_statement_at_all_is_refused() -> None:
    with pytest.raises(BadInput):
        check_statement([], "share.released", SIGNER.public)


@pytest.mark.parametrize("tag", sorted(RESERVED_TAGS))
def test_tags_of_other_formats_are_no_statement_types(tag: str) -> None:
    with pytest.raises(ValueError, match="reserved"):
        sign_statement(SIGNER, tag, BODY)
