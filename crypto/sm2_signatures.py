"""SM2 signatures (GB/T 32918.2) over SM3 on the recommended curve (GB/T 32918.5), raw r || s or as DER.

Needs the optional package gmssl-pyx, loaded when first used. What is signed is e = SM3(Z || message), where Z binds the
signer's name and public key; the name is that of GM/T 0009 unless the two sides agreed on another.
Format: docs/formats/sm2-signature.md.
"""

from cryptography.hazmat.primitives import hashes

from crypto.asn1_forms import INTEGER, SEQUENCE, der, integer, read_integer, read_one, read_values
from crypto.sm2 import B, G, N, P, is_point, library, public_of_scalar
from kernel.errors import BadInput, IntegrityBroken

USER = b"1234567812345678"
SIGNATURE_BYTES = 64
SCALAR_BYTES = 32


def sm3(*parts: bytes) -> bytes:
    """SM3 (GB/T 32905) of the parts one after the other."""
    digest = hashes.Hash(hashes.SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def signed_digest(public: bytes, message: bytes, *, user: bytes = USER) -> bytes:
    """What a signature covers: e = SM3(Z || message) for the public key 04 || x || y and the signer's name.

    Raises:
        BadInput: the key is no point of the curve, or the name is longer than 8191 bytes.
    """
    if not is_point(public):
        raise BadInput(where="SM2 key", why="not a point of the curve")
    if len(user) * 8 > 0xFFFF:
        raise BadInput(where="SM2 signer", why="the name is too long")
    curve = b"".join(number.to_bytes(32, "big") for number in (P - 3, B, *G))
    return sm3(sm3((len(user) * 8).to_bytes(2, "big"), user, curve, public[1:]), message)


def sm2_sign(scalar: bytes, message: bytes, *, user: bytes = USER) -> bytes:
    """Sign as r || s with a private scalar of 1 to n - 2, 32 bytes.

    Raises:
        BadInput: no such scalar, or the package is not installed.
    """
    if len(scalar) != SCALAR_BYTES or not 1 <= int.from_bytes(scalar, "big") <= N - 2:
        raise BadInput(where="SM2 key", why="not a private key of this curve")
    digest = signed_digest(public_of_scalar(scalar), message, user=user)
    return from_der(library().sm2_sign_sm3_digest(scalar, digest))


def sm2_verify(public: bytes, signature: bytes, message: bytes, *, user: bytes = USER) -> None:
    """Check a signature r || s of the public key 04 || x || y.

    Raises:
        IntegrityBroken: it was not made by this key over this message in this name.
        BadInput: the key is no point of the curve, or the package is not installed.
    """
    digest = signed_digest(public, message, user=user)
    if not library().sm2_verify_sm3_digest(public[1:], digest, to_der(signature)):
        raise IntegrityBroken(what="the signature does not match the key and the content")


def to_der(signature: bytes) -> bytes:
    """r || s as SEQUENCE { r, s } (GM/T 0009).

    Raises:
        IntegrityBroken: not 64 bytes, or a number out of range.
    """
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != SIGNATURE_BYTES or not (1 <= r < N and 1 <= s < N):
        raise IntegrityBroken(what="an SM2 signature is two numbers from 1 to n - 1")
    return der(SEQUENCE, integer(r), integer(s))


def from_der(written: bytes) -> bytes:
    """SEQUENCE { r, s } as r || s, read strictly.

    Raises:
        BadInput: not two integers in DER.
        IntegrityBroken: a number is out of range.
    """
    values = list(read_values(read_one(written, SEQUENCE)))
    if [tag for tag, _, _ in values] != [INTEGER, INTEGER]:
        raise BadInput(where="SM2 signature", why="not two integers")
    numbers = [read_integer(contents) for _, contents, _ in values]
    if not all(1 <= number < N for number in numbers):
        raise IntegrityBroken(what="an SM2 signature is two numbers from 1 to n - 1")
    return b"".join(number.to_bytes(32, "big") for number in numbers)
