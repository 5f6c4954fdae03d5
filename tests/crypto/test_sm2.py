"""The national suite: known answers, what is refused, and what a machine without the package says."""

import sys
from dataclasses import replace

import gmssl_pyx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from crypto import envelope as env
from crypto import sm2
from crypto.draw_keys import draw_key_of, draw_public_of
from crypto.sm4_chunks import CHUNK_BYTES, HEAD_BYTES, TAG_BYTES, Sm4Decryptor, Sm4Encryptor
from crypto.suites import installed_suites, suite
from kernel.errors import BadInput, MalformedEnvelope, WrongOpeningKey, WrongSuite
from tests.crypto.parties import SEED, Parties

PRIVATE = bytes(range(32))
NATIONAL = Parties("sm", k=2, n=3)
CONTENT = bytes(range(256)) * 200
BIT = 1


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ BIT]) + data[at + 1 :]


def test_sm4_gcm_gives_the_answer_of_rfc_8998() -> None:
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    plain = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    cipher = Cipher(algorithms.SM4(key), modes.GCM(bytes.fromhex("00001234567800000000abcd"))).encryptor()
    cipher.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    assert (cipher.update(plain) + cipher.finalize()).hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert cipher.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_sm3_gives_the_answer_of_gb_t_32905() -> None:
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    known = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest.finalize().hex() == known == gmssl_pyx.sm3_hash(b"abc").hex()


def test_the_public_key_is_the_one_that_verifies_what_the_private_one_signs() -> None:
    for number in range(1, 4):
        private = bytes([number]) * 32
        signature = gmssl_pyx.sm2_sign_sm3_digest(sm2.scalar_of(private), bytes(32))
        assert gmssl_pyx.sm2_verify_sm3_digest(sm2.public_of(private)[1:], bytes(32), signature)
    assert sm2.public_of(PRIVATE) == sm2.public_of(PRIVATE)
    assert sm2.public_of(PRIVATE) != sm2.public_of(PRIVATE[::-1])


@pytest.mark.parametrize("private", [bytes(32), bytes(31) + b"\1", sm2.N.to_bytes(32, "big"), b"\xff" * 32])
def test_any_32_bytes_are_a_private_key(private: bytes) -> None:
    sealed = sm2.seal_to(sm2.public_of(private), b"info", b"share")
    assert sm2.open_with(private, b"info", sealed) == b"share"


def test_a_share_is_bound_to_every_byte_of_it() -> None:
    sealed = sm2.seal_to(sm2.public_of(PRIVATE), b"info", bytes(64))
    assert len(sealed) == suite("sm").sealed_bytes(64) == 209
    for at in (
        0,
        1,
        32,
        33,
        64,
        65,
        96,
        97,
        128,
        129,
        192,
        193,
        208,
    ):  # the edges of C1, C3, C2, text and tag
        with pytest.raises(WrongOpeningKey):
            sm2.open_with(PRIVATE, b"info", flipped(sealed, at))
    # The head of another share of the same key does not open this one's text.
    other = sm2.seal_to(sm2.public_of(PRIVATE), b"info", bytes(64))
    with pytest.raises(WrongOpeningKey):
        sm2.open_with(PRIVATE, b"info", other[: sm2.ENCAPSULATED_BYTES] + sealed[sm2.ENCAPSULATED_BYTES :])


def test_points_off_the_curve_are_no_keys() -> None:
    public = sm2.public_of(PRIVATE)
    beyond = b"\x04" + sm2.P.to_bytes(32, "big") + public[33:]
    for wrong in (bytes(65), flipped(public, 64), b"\x02" + public[1:], beyond, b"\x04" + bytes(64)):
        with pytest.raises(BadInput, match="not a public key of the suite sm"):
            suite("sm").seal_to(wrong, b"", b"")


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 70_000]
)
def test_content_comes_out_in_whatever_pieces_it_goes_in(size: int) -> None:
    content, buffer = (CONTENT * 2)[:size], memoryview(bytearray(100_000))
    for step in (1_000, 50_000):
        cipher, sealed = Sm4Encryptor(SEED, b"ctx"), b""
        for at in range(0, size, step):
            sealed += bytes(buffer[: cipher.update_into(memoryview(content[at : at + step]), buffer)])
        sealed += cipher.finalize()
        assert len(sealed) == HEAD_BYTES + size + TAG_BYTES * (size // CHUNK_BYTES + 1)
        reader, plain = Sm4Decryptor(SEED, b"ctx"), b""
        for at in range(0, len(sealed), 37_777):
            plain += bytes(buffer[: reader.update_into(memoryview(sealed[at : at + 37_777]), buffer)])
        assert plain + reader.finalize() == content


def test_chunks_cannot_be_changed_moved_dropped_or_doubled() -> None:
    cipher, buffer = Sm4Encryptor(SEED, b"ctx"), memoryview(bytearray(100_000))
    sealed = bytes(buffer[: cipher.update_into(memoryview(CONTENT[:40_000]), buffer)]) + cipher.finalize()
    step = CHUNK_BYTES + TAG_BYTES
    head, one, two, last = (
        sealed[:HEAD_BYTES],
        *(sealed[HEAD_BYTES:][at : at + step] for at in (0, step, 2 * step)),
    )
    wrong = [head + two + one + last, head + one + last, head + one + two, head + one + one + last, head, b""]
    wrong += [flipped(sealed, at) for at in (0, 23, 24, 55, 56, HEAD_BYTES + step - 1, len(sealed) - 1)]
    for data in [*wrong, sealed[:-1], sealed + b"\0"]:
        reader = Sm4Decryptor(SEED, b"ctx")
        with pytest.raises(InvalidTag):
            reader.update_into(memoryview(data), buffer)
            reader.finalize()
    for key, context in ((SEED[::-1], b"ctx"), (SEED, b"other")):
        with pytest.raises(InvalidTag):
            Sm4Decryptor(key, context).update_into(memoryview(sealed), buffer)


@pytest.mark.parametrize("size", [0, CHUNK_BYTES, (1 << 20) + 5])
def test_an_envelope_of_the_national_suite_opens_and_hides(size: int) -> None:
    content = (CONTENT * (size // len(CONTENT) + 1))[:size]
    data = env.seal_bytes(content, threads=2, **NATIONAL.arguments())
    prefix = env.read_prefix(data)
    env.check_signature(prefix)
    privates = NATIONAL.privates()
    shares = {index: env.open_share(prefix, index, privates[index - 1]) for index in (1, 3)}
    seed = env.join_shares(prefix, shares).seed
    assert seed == SEED
    assert env.open_bytes(data, seed) == content
    with pytest.raises(MalformedEnvelope):
        env.open_bytes(flipped(data, len(data) - 1), seed)


def test_an_envelope_of_one_suite_is_none_of_another() -> None:
    prefix = env.read_prefix(NATIONAL.envelope())
    renamed = replace(prefix, header=replace(prefix.header, suite="classic"))
    with pytest.raises(MalformedEnvelope):
        env.read_prefix(renamed.to_bytes())


def test_without_the_package_reading_works_and_keys_name_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, public = NATIONAL.envelope(), sm2.public_of(PRIVATE)
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    assert installed_suites() == ("hybrid", "classic")
    prefix = env.read_prefix(data)
    env.check_signature(prefix)
    assert env.open_bytes(data, SEED) == b"content"
    for act in (
        lambda: suite("sm").public_of(PRIVATE),
        lambda: suite("sm").seal_to(public, b"", b""),
        lambda: suite("sm").open_with(PRIVATE, b"", b""),
    ):
        with pytest.raises(BadInput, match="make national"):
            act()
    assert suite("hybrid").open_with(
        PRIVATE, b"", suite("hybrid").seal_to(suite("hybrid").public_of(PRIVATE), b"", b"x")
    )


def test_keys_of_draws_stay_with_hpke() -> None:
    public = draw_key_of("manager", PRIVATE, SEED, "sm").public.to_json()
    with pytest.raises(WrongSuite, match="hybrid, classic"):
        draw_public_of(public)
