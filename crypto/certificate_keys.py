"""Which keys and algorithms of X.509 count: RSA, ECDSA and SM2, none weaker than 2048 bits and SHA-256.

`cryptography` reads SM2 certificates and does not verify them: their keys are taken out of the DER here, and the
optional package gmssl-pyx is asked.
Format: docs/formats/signing-certificate.md.
"""

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from crypto import asn1_forms as asn1
from crypto.sm2 import is_point
from crypto.sm2_signatures import SIGNATURE_BYTES, from_der, sm2_verify
from kernel.errors import BadInput, IntegrityBroken, Refused

RULE = "a signing certificate that the tender accepts"
LEAST_RSA_BITS = 2048
MOST_RSA_BITS = 8192  # a larger key only costs time
SM2_CURVE, EC_KEY = "1.2.156.10197.1.301", "1.2.840.10045.2.1"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
CURVES = {"p256": (ec.SECP256R1, 32), "p384": (ec.SECP384R1, 48)}
ALGORITHMS = (
    *(f"rsa-{form}-{name}" for form in ("pss", "pkcs1") for name in HASHES),
    *(f"ecdsa-{curve}-{name}" for curve in CURVES for name in HASHES),
    "sm2-sm3",
)
"""What a bid may be signed with."""


@dataclass(frozen=True)
class Sm2Key:
    """A public key of SM2: 04 || x || y."""

    point: bytes


PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | Sm2Key


def key_of(certificate: x509.Certificate) -> PublicKey:
    """The key of a certificate.

    Raises:
        Refused: it is of another kind or too weak.
    """
    point = sm2_point(certificate)
    if point is not None:
        return Sm2Key(point)
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise Refused(rule=RULE, why="its key is neither RSA nor ECDSA nor SM2") from None
    if isinstance(key, rsa.RSAPublicKey):
        if not LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS or key.public_numbers().e < 3:
            raise Refused(rule=RULE, why=f"its RSA key has {key.key_size} bits; {LEAST_RSA_BITS} are needed")
        return key
    if isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
            raise Refused(rule=RULE, why="its ECDSA key is neither on P-256 nor on P-384")
        return key
    raise Refused(rule=RULE, why="its key is neither RSA nor ECDSA nor SM2")


def sm2_point(certificate: x509.Certificate) -> bytes | None:
    """The key of an SM2 certificate; None where it is of another kind."""
    info = list(asn1.read_values(_key_info(certificate.tbs_certificate_bytes)))
    if [whole for _, _, whole in asn1.read_values(info[0][1])] != [asn1.oid(EC_KEY), asn1.oid(SM2_CURVE)]:
        return None
    tag, bits, _ = info[1]
    if tag != asn1.BIT_STRING or not is_point(bits[1:]):
        raise Refused(rule=RULE, why="its key is neither RSA nor ECDSA nor SM2")
    return bits[1:]


def _key_info(tbs: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a TBSCertificate: the sixth field behind the version."""
    fields = list(asn1.read_values(asn1.read_one(tbs, asn1.SEQUENCE)))
    has_version = fields[0][0] == asn1.context(0)
    return fields[5 + has_version][1]


def is_signed(key: PublicKey, algorithm: str, signature: bytes, data: bytes) -> bool:
    """Whether a signature of one of ALGORITHMS was made over the data; of ECDSA and SM2 it is r || s.

    Raises:
        Refused: the algorithm does not go with the key.
        BadInput: the package that SM2 needs is not installed.
    """
    if algorithm not in algorithms_of(key):
        raise Refused(rule=RULE, why=f"its key does not sign by {algorithm}")
    if isinstance(key, Sm2Key):
        return _sm2_verifies(key, signature, data)
    hash = HASHES[algorithm.rpartition("-")[2]]
    if isinstance(key, rsa.RSAPublicKey):
        return _verifies(key, signature, data, rsa_padding(algorithm, hash), hash)
    half = CURVES[algorithm.split("-")[1]][1]
    if len(signature) != 2 * half:
        return False
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    return _verifies(key, encode_dss_signature(r, s), data, ec.ECDSA(hash))


def algorithms_of(key: PublicKey) -> tuple[str, ...]:
    """What a key can sign by, the usual one first."""
    if isinstance(key, Sm2Key):
        return ("sm2-sm3",)
    if isinstance(key, rsa.RSAPublicKey):
        return tuple(name for name in ALGORITHMS if name.startswith("rsa"))
    kind = "ecdsa-p256" if isinstance(key.curve, ec.SECP256R1) else "ecdsa-p384"
    first = f"{kind}-{'sha256' if kind.endswith('256') else 'sha384'}"
    return (first, *(name for name in ALGORITHMS if name.startswith(kind) and name != first))


def signature_bytes(key: PublicKey) -> int:
    """The length of every signature by a key."""
    if isinstance(key, Sm2Key):
        return SIGNATURE_BYTES
    return (key.key_size + 7) // 8 * (1 if isinstance(key, rsa.RSAPublicKey) else 2)


def rsa_padding(algorithm: str, hash: hashes.HashAlgorithm) -> padding.PSS | padding.PKCS1v15:
    """PSS with a salt as long as the digest, or PKCS #1 v1.5."""
    if algorithm.startswith("rsa-pss"):
        return padding.PSS(padding.MGF1(hash), hash.digest_size)
    return padding.PKCS1v15()


def is_issued(item: x509.Certificate | x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether the key of `issuer` signed a certificate or a revocation list.

    Raises:
        Refused: by an algorithm that does not count, or with a key that is too weak.
        BadInput: the package that SM2 needs is not installed.
    """
    key = key_of(issuer)
    tbs = item.tbs_certificate_bytes if isinstance(item, x509.Certificate) else item.tbs_certlist_bytes
    if item.signature_algorithm_oid.dotted_string == SM2_WITH_SM3:
        return isinstance(key, Sm2Key) and _sm2_verifies(key, _raw_signature(item.signature), tbs)
    try:
        hash, parameters = item.signature_hash_algorithm, item.signature_algorithm_parameters
    except (UnsupportedAlgorithm, ValueError):
        hash = parameters = None
    if hash is None or hash.name not in HASHES or isinstance(key, Sm2Key):
        raise Refused(
            rule=RULE, why="it was issued by an algorithm weaker than SHA-256, or by an unknown one"
        )
    return _verifies(
        key, item.signature, tbs, parameters, *([hash] if isinstance(key, rsa.RSAPublicKey) else [])
    )


def _verifies(key: Any, *arguments: Any) -> bool:
    try:
        key.verify(*arguments)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _sm2_verifies(key: Sm2Key, signature: bytes, data: bytes) -> bool:
    try:
        sm2_verify(key.point, signature, data)
    except IntegrityBroken:
        return False
    return True


def _raw_signature(der: bytes) -> bytes:
    """r || s of the ASN.1 form; nothing where it is malformed."""
    try:
        return from_der(der)
    except (BadInput, IntegrityBroken):
        return b""
