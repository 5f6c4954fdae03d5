"""The national head of the log: what it names, who signed it, and what is refused."""

import pytest

from crypto.checkpoint import read_checkpoint
from crypto.national_head import NationalHead, name_of, national_vkey, read_national, sign_national
from kernel.errors import IntegrityBroken

PRIVATE, ORIGIN = bytes(range(32)), "example.org/log"
HEAD = NationalHead(name_of(ORIGIN), 7, b"\x01" * 32, b"\x02" * 32)
NOTE, VKEY = sign_national(HEAD, PRIVATE), national_vkey(ORIGIN, PRIVATE)


def test_a_signed_head_says_what_was_signed() -> None:
    assert read_national(NOTE, VKEY) == HEAD
    assert sign_national(HEAD, PRIVATE) != NOTE, "SM2 signs by chance"


def test_another_line_of_signature_does_no_harm() -> None:
    assert read_national(NOTE + "— other.example AAAAAAAA\n", VKEY) == HEAD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n7\n", "\n8\n"),
        ("AQEB", "AQEC"),
        ("AgIC", "AgID"),
        ("sha256 ", "sha257 "),
        ("log/sm3\n7", "log/sm4\n7"),
        ("— example.org/log/sm3", "— example.org/log/sm4"),
    ],
)
def test_a_changed_head_is_refused(old: str, new: str) -> None:
    assert old in NOTE
    with pytest.raises(IntegrityBroken):
        read_national(NOTE.replace(old, new, 1), VKEY)


@pytest.mark.parametrize(
    "vkey",
    ["", "a+b", VKEY[:-4], VKEY.replace("/sm3", "/sm4"), national_vkey(ORIGIN, bytes(32)), VKEY + "AAAA"],
)
def test_another_key_or_none_is_refused(vkey: str) -> None:
    with pytest.raises(IntegrityBroken):
        read_national(NOTE, vkey)


@pytest.mark.parametrize(
    "head",
    [
        NationalHead(HEAD.name, 7, b"short", HEAD.sha256_root),
        NationalHead("a.example/sm3", 7, HEAD.root, HEAD.root),
    ],
)
def test_a_signed_head_of_another_shape_is_refused(head: NationalHead) -> None:
    with pytest.raises(IntegrityBroken):
        read_national(sign_national(head, PRIVATE), VKEY)


def test_nobody_takes_it_for_a_checkpoint() -> None:
    with pytest.raises(IntegrityBroken):
        read_checkpoint(NOTE, VKEY)
