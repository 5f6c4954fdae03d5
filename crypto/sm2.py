"""SM2 public key encryption (GB/T 32918.4) with SM3 and SM4-GCM: how the suite `sm` seals a share to an opener.

Needs the optional package gmssl-pyx, loaded when first used; SM3 and SM4 come from `cryptography`. The private scalar
never meets Python's own arithmetic, whose time depends on the numbers: the public key is restored from signatures.
Format: docs/formats/sealed-envelope.md, section "National suite".
"""

import importlib
from importlib.util import find_spec
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.asn1_forms import OCTET_STRING, SEQUENCE, der, integer, read_integer, read_one, read_values
from crypto.canonical import TAG_PREFIX, lp
from kernel.errors import BadInput, WrongOpeningKey

PACKAGE = "gmssl_pyx"
POINT_BYTES = 65
KEY_BYTES = 32
TAG_BYTES = 16
ENCAPSULATED_BYTES = POINT_BYTES + 32 + KEY_BYTES
"""C1, C3 and C2."""
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
DIGESTS = (b"\x01" * 32, b"\x02" * 32)
Point = tuple[int, int]
Jacobian = tuple[int, int, int]


def is_installed() -> bool:
    """Whether this machine has the package that SM2 needs."""
    try:
        return find_spec(PACKAGE) is not None
    except ValueError:  # it was ruled out on purpose
        return False


def public_of(private: bytes) -> bytes:
    """The public key, 04 || x || y, that belongs to a 32-byte private one."""
    return public_of_scalar(scalar_of(private))


def public_of_scalar(scalar: bytes) -> bytes:
    """The public key, 04 || x || y, of a private scalar as certificates' keys have it."""
    gmssl = library()
    # Either signature leaves two points; the key is the one that both have.
    signed = [(digest, gmssl.sm2_sign_sm3_digest(scalar, digest)) for digest in DIGESTS]
    first, second = (_signers(digest, *decode_dss_signature(signature)) for digest, signature in signed)
    (point,) = first & second
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def seal_to(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Encrypt to a public key, bound to `info`: C1 || C3 || C2 of a fresh key, then what this key seals.

    Raises:
        ValueError: not a public key of SM2.
    """
    gmssl = library()
    if not is_point(public):
        raise ValueError("not a point of the curve")
    key = gmssl.rand_bytes(KEY_BYTES)
    head = _raw_form(gmssl.sm2_encrypt(public[1:], key))
    cipher, nonce = _derive(key, head, info)
    writer = Cipher(cipher, modes.GCM(nonce)).encryptor()
    writer.authenticate_additional_data(info)
    return head + writer.update(plaintext) + writer.finalize() + writer.tag


def open_with(private: bytes, info: bytes, ciphertext: bytes) -> bytes:
    """Decrypt what `seal_to` made for the same `info`.

    Raises:
        WrongOpeningKey: another key, another `info` or changed bytes.
    """
    gmssl, scalar = library(), scalar_of(private)
    head, body = ciphertext[:ENCAPSULATED_BYTES], ciphertext[ENCAPSULATED_BYTES:]
    # A point off the curve could betray the private key bit by bit, so it never gets as far as the library.
    if len(body) < TAG_BYTES or not is_point(head[:POINT_BYTES]):
        raise WrongOpeningKey(suite="sm")
    try:
        cipher, nonce = _derive(gmssl.sm2_decrypt(scalar, _der_form(head)), head, info)
        reader = Cipher(cipher, modes.GCM(nonce, body[-TAG_BYTES:])).decryptor()
        reader.authenticate_additional_data(info)
        return reader.update(body[:-TAG_BYTES]) + reader.finalize()
    except (gmssl.GmsslInnerError, InvalidTag):
        raise WrongOpeningKey(suite="sm") from None


def library() -> Any:
    """The package; raises BadInput where it is not installed."""
    try:
        return importlib.import_module(PACKAGE)
    except ImportError:
        why = "it needs the Python package gmssl-pyx: make national, or pip install gmssl-pyx"
        raise BadInput(where="suite sm", why=why) from None


def scalar_of(private: bytes) -> bytes:
    """The private scalar, 1 to n - 2, that any 32 bytes stand for."""
    label = (TAG_PREFIX + "sm2-private").encode()
    wide = HKDF(hashes.SM3(), 48, salt=None, info=label).derive(private)
    return (1 + int.from_bytes(wide, "big") % (N - 2)).to_bytes(32, "big")


def _derive(key: bytes, head: bytes, info: bytes) -> tuple[algorithms.SM4, bytes]:
    bound = lp((TAG_PREFIX + "sm2-share").encode(), head, info)
    wide = HKDF(hashes.SM3(), 28, salt=None, info=bound).derive(key)
    return algorithms.SM4(wide[:16]), wide[16:]


def _raw_form(written: bytes) -> bytes:
    """C1 || C3 || C2 of the ASN.1 form (GB/T 35276)."""
    (_, x, _), (_, y, _), (_, c3, _), (_, c2, _) = read_values(read_one(written, SEQUENCE))
    return b"\x04" + b"".join(read_integer(part).to_bytes(32, "big") for part in (x, y)) + c3 + c2


def _der_form(head: bytes) -> bytes:
    x, y, c3, c2 = head[1:33], head[33:65], head[65:97], head[97:]
    numbers = [integer(int.from_bytes(part, "big")) for part in (x, y)]
    return der(SEQUENCE, *numbers, der(OCTET_STRING, c3), der(OCTET_STRING, c2))


def is_point(data: bytes) -> bool:
    """Whether these bytes are a public key, 04 || x || y of a point on the curve."""
    if len(data) != POINT_BYTES or data[0] != 4:
        return False
    x, y = int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")
    return x < P and y < P and (y * y - _right_side(x)) % P == 0


def _right_side(x: int) -> int:
    return (x * x * x - 3 * x + B) % P


def _signers(digest: bytes, r: int, s: int) -> set[Point]:
    """The two points that may have made a signature: (r + s) Q = R - s G, where only the x of R is known."""
    x = (r - int.from_bytes(digest, "big")) % N
    y = pow(_right_side(x), (P + 1) // 4, P)
    inverse = pow(r + s, -1, N)
    return {_combine(inverse, (x, root), -s * inverse % N) for root in (y, P - y)}


def _combine(first: int, point: Point, second: int) -> Point:
    """first * point + second * G, both at once; only for numbers that everybody may know."""
    both = _add((*point, 1), G)
    choices = (None, point, G, _affine(both) if both else None)
    total: Jacobian | None = None
    for at in reversed(range(256)):
        total = _double(total) if total else None
        chosen = choices[first >> at & 1 | (second >> at & 1) << 1]
        if chosen:
            total = _add(total, chosen) if total else (*chosen, 1)
    assert total is not None, "a signature has no zero in it"
    return _affine(total)


def _double(point: Jacobian) -> Jacobian:
    x, y, z = point
    square, height = z * z % P, y * y % P
    beta = x * height % P
    alpha = 3 * (x - square) * (x + square) % P
    new_x = (alpha * alpha - 8 * beta) % P
    return new_x, (alpha * (4 * beta - new_x) - 8 * height * height) % P, 2 * y * z % P


def _add(left: Jacobian, right: Point) -> Jacobian | None:
    """The sum; None for the point at infinity."""
    x, y, z = left
    square = z * z % P
    run, rise = (right[0] * square - x) % P, (right[1] * square * z - y) % P
    if not run:
        return None if rise else _double(left)
    run2 = run * run % P
    run3, base = run * run2 % P, x * run2 % P
    new_x = (rise * rise - run3 - 2 * base) % P
    return new_x, (rise * (base - new_x) - y * run3) % P, z * run % P


def _affine(point: Jacobian) -> Point:
    inverse = pow(point[2], -1, P)
    square = inverse * inverse % P
    return point[0] * square % P, point[1] * square * inverse % P
