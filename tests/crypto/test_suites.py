"""The suites: what is sealed to a key opens with it and with nothing else."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.suites import SUITES, suite
from kernel.errors import BadInput, WrongOpeningKey, WrongSuite

PRIVATE = bytes(range(32))
NAMES = list(SUITES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_sealed_opens(name: str) -> None:
    public = suite(name).public_of(PRIVATE)
    sealed = suite(name).seal_to(public, b"info", b"share")
    assert len(public) == suite(name).public_bytes
    assert len(sealed) == suite(name).sealed_bytes(5)
    assert suite(name).open_with(PRIVATE, b"info", sealed) == b"share"
    assert suite(name).seal_to(public, b"info", b"share") != sealed


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_opens_it(name: str) -> None:
    sealed = suite(name).seal_to(suite(name).public_of(PRIVATE), b"info", b"share")
    flipped = [
        sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        for at in (0, 31, len(sealed) // 2, -1 % len(sealed))
    ]
    attempts = [
        (PRIVATE, b"infp", sealed),
        (PRIVATE[::-1], b"info", sealed),
        (PRIVATE, b"info", sealed[:-1]),
        (PRIVATE, b"info", b""),
    ]
    attempts += [(PRIVATE, b"info", changed) for changed in flipped]
    for private, info, ciphertext in attempts:
        with pytest.raises(WrongOpeningKey):
            suite(name).open_with(private, info, ciphertext)


def test_hybrid_keys_follow_x_wing() -> None:
    wide = hashlib.shake_256(PRIVATE).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(wide[:64]).public_key().public_bytes_raw()
    x25519 = X25519PrivateKey.from_private_bytes(wide[64:]).public_key().public_bytes_raw()
    assert suite("hybrid").public_of(PRIVATE) == mlkem + x25519


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_drawn_afresh(name: str) -> None:
    one, two = suite(name).make_private(), suite(name).make_private()
    assert len(one) == len(two) == 32
    assert one != two


@pytest.mark.parametrize("name", NAMES)
def test_unfit_keys_are_refused(name: str) -> None:
    with pytest.raises(BadInput):
        suite(name).seal_to(bytes(suite(name).public_bytes), b"", b"")  # the neutral point
    for wrong in (suite(name).public_bytes - 1, suite(name).public_bytes + 1):
        with pytest.raises(BadInput):
            suite(name).seal_to(bytes(wrong), b"", b"")
    for size in (31, 33):
        with pytest.raises(BadInput):
            suite(name).public_of(bytes(size))
        with pytest.raises(BadInput):
            suite(name).open_with(bytes(size), b"", b"")


@pytest.mark.parametrize("name", ["", "sm2", "HYBRID"])
def test_an_unknown_suite_is_refused(name: str) -> None:
    with pytest.raises(WrongSuite, match="hybrid, classic"):
        suite(name)
