"""SM2 signatures: the answers that GB/T 32918.5 prints, both forms, and what is refused."""

import gmssl_pyx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.asn1_forms import SEQUENCE, der, integer
from crypto.sm2 import N, public_of, public_of_scalar, scalar_of
from crypto.sm2_signatures import from_der, signed_digest, sm2_sign, sm2_verify, sm3, to_der
from kernel.errors import BadInput, IntegrityBroken

SCALAR = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
DIGEST = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_the_example_of_gb_t_32918_5_is_verified() -> None:
    assert public_of_scalar(SCALAR) == PUBLIC
    assert signed_digest(PUBLIC, MESSAGE).hex() == DIGEST
    sm2_verify(PUBLIC, SIGNATURE, MESSAGE)
    sm2_verify(PUBLIC, from_der(to_der(SIGNATURE)), MESSAGE)


@settings(max_examples=10, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.binary(max_size=40))
def test_what_a_key_signs_it_verifies_here_and_in_the_library(
    private: bytes, message: bytes, user: bytes
) -> None:
    public = public_of(private)
    signature = sm2_sign(scalar_of(private), message, user=user)
    sm2_verify(public, signature, message, user=user)
    digest = signed_digest(public, message, user=user)
    assert gmssl_pyx.sm2_verify_sm3_digest(public[1:], digest, to_der(signature))
    for changed in (message + b"x", message[:-1] if message else b"y"):
        with pytest.raises(IntegrityBroken):
            sm2_verify(public, signature, changed, user=user)
    with pytest.raises(IntegrityBroken):
        sm2_verify(public, signature, message, user=user + b"x")


def pair(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        b"",
        bytes(64),
        pair(0, 1),
        pair(1, 0),
        pair(N, 1),
        pair(1, N),
        pair(1, 1),
        pair(1, N - 1),
        SIGNATURE[:-1] + bytes([SIGNATURE[-1] ^ 1]),
    ],
)
def test_no_other_signature_passes(signature: bytes) -> None:
    with pytest.raises(IntegrityBroken):
        sm2_verify(PUBLIC, signature, MESSAGE)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        to_der(SIGNATURE)[:-1],
        to_der(SIGNATURE) + b"\0",
        der(SEQUENCE, integer(1)),
        der(SEQUENCE, integer(1), integer(1), integer(1)),
        der(SEQUENCE, integer(1), b"\x04\x01\x01"),
        der(SEQUENCE, integer(1), b"\x02\x02\x00\x01"),
        der(SEQUENCE, integer(1), b"\x02\x01\xff"),
    ],
)
def test_the_written_form_is_read_strictly(written: bytes) -> None:
    with pytest.raises(BadInput):
        from_der(written)


@pytest.mark.parametrize("number", [0, N])
def test_written_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(IntegrityBroken):
        from_der(der(SEQUENCE, integer(number), integer(1)))


@pytest.mark.parametrize(
    ("number", "good"), [(0, False), (1, True), (N - 2, True), (N - 1, False), (2**256 - 1, False)]
)
def test_a_private_scalar_lies_from_1_to_n_minus_2(number: int, good: bool) -> None:
    scalar = number.to_bytes(32, "big")
    if good:
        sm2_verify(public_of_scalar(scalar), sm2_sign(scalar, MESSAGE), MESSAGE)
    else:
        with pytest.raises(BadInput):
            sm2_sign(scalar, MESSAGE)


def test_a_key_off_the_curve_and_an_endless_name_are_refused() -> None:
    with pytest.raises(BadInput):
        sm2_verify(PUBLIC[:-1] + b"\0", SIGNATURE, MESSAGE)
    assert len(signed_digest(PUBLIC, MESSAGE, user=bytes(8191))) == 32
    with pytest.raises(BadInput):
        signed_digest(PUBLIC, MESSAGE, user=bytes(8192))


def test_sm3_takes_parts() -> None:
    assert sm3(b"a", b"bc") == sm3(b"abc") == gmssl_pyx.sm3_hash(b"abc")
