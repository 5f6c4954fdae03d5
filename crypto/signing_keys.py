"""The private key of a signing certificate, from PKCS #12 or PEM, and the chain that a tender wants with it.

SM2 keys are read from plain PKCS #8, which `cryptography` does not know for that curve; signing with them needs the
optional package gmssl-pyx.
"""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from crypto import asn1_forms as asn1
from crypto.certificate_keys import (
    CURVES,
    EC_KEY,
    HASHES,
    SM2_CURVE,
    algorithms_of,
    key_of,
    rsa_padding,
    sm2_point,
)
from crypto.certificates import MAX_CERTIFICATES, anchors_of, read_certificate
from crypto.signing_certificate import CertificateSigner
from crypto.sm2_signatures import sm2_sign
from kernel.errors import BadInput

WHERE = "signing key"
PEM_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9 ]+ )?PRIVATE KEY-----.+?-----END [A-Z0-9 ]*PRIVATE KEY-----", re.DOTALL
)


@dataclass(frozen=True)
class SigningKey:
    """A private key: its public half (a point of SM2, or a SubjectPublicKeyInfo), and how it signs by an algorithm."""

    public: bytes
    sign: Callable[[str, bytes], bytes] = field(repr=False)


def needs_passphrase(file: bytes) -> bool:
    """Whether a key file is locked; PKCS #12 always counts as locked."""
    if not PEM_KEY.search(file):
        return not file.startswith(b"\x30") or _plain_key(file) is None
    return b"ENCRYPTED" in file


def open_signing_key(
    file: bytes, more: bytes, passphrase: str | None, trusted: Sequence[Sequence[bytes]], algorithm: str = ""
) -> CertificateSigner:
    """The signer of a key file; `more` are certificates in PEM besides those in it.

    `trusted` are the pinned certificates of each authority that the tender accepts.

    Raises:
        BadInput: no such key, a wrong passphrase, no certificate for the key, or none of a trusted authority.
    """
    key, certificates = _read_key(file, passphrase.encode() if passphrase is not None else None)
    known = [*certificates, *_certificates_in(file), *_certificates_in(more)]
    own = next((one for one in known if key.public in _public_halves(one)), None)
    if own is None:
        raise BadInput(
            where=WHERE, why="no certificate was given for this key; name its file with --certificate"
        )
    chain = order_chain(own, known, trusted)
    able = algorithms_of(key_of(read_certificate(own)))
    if algorithm and algorithm not in able:
        raise BadInput(where="algorithm", why=f"choose one of {', '.join(able)}")
    name = algorithm or able[0]
    return CertificateSigner(name, chain, lambda data: key.sign(name, data))


def order_chain(own: bytes, known: Sequence[bytes], trusted: Sequence[Sequence[bytes]]) -> tuple[bytes, ...]:
    """The certificates from one's own to the last below a trusted one.

    Raises:
        BadInput: the way does not lead to a trusted one.
    """
    for pinned in trusted:
        ends, chain = {one.subject for one in anchors_of(pinned)}, [own]
        while len(chain) <= MAX_CERTIFICATES:
            issuer = read_certificate(chain[-1]).issuer
            if issuer in ends:
                return tuple(chain)
            above = [one for one in (*known, *pinned) if read_certificate(one).subject == issuer]
            if not above or above[0] in chain:
                break
            chain.append(above[0])
    raise BadInput(where="certificate", why="its chain does not lead to an authority that the tender accepts")


def _read_key(file: bytes, passphrase: bytes | None) -> tuple[SigningKey, list[bytes]]:
    try:
        if found := PEM_KEY.search(file):
            return _sm2_key(_pem_body(found[0])) or _key(load_pem_private_key(found[0], passphrase)), []
        if plain := _plain_key(file):
            return plain, []
        bundle = load_pkcs12(file, passphrase)
        held = [bundle.cert, *bundle.additional_certs]
        return _key(bundle.key), [one.certificate.public_bytes(Encoding.DER) for one in held if one]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadInput(
            where=WHERE, why="it is no private key in PEM or PKCS #12, or the passphrase is wrong"
        ) from None


def _plain_key(file: bytes) -> SigningKey | None:
    """A key in DER without a passphrase; None where the file is no such thing."""
    try:
        return _sm2_key(file) or _key(load_der_private_key(file, None))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _key(key: object) -> SigningKey:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("another kind of key")
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(algorithm: str, data: bytes) -> bytes:
        _, form, name = algorithm.split("-")
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, rsa_padding(algorithm, HASHES[name]), HASHES[name])
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(HASHES[name])))
        half = CURVES[form][1]
        return r.to_bytes(half, "big") + s.to_bytes(half, "big")

    return SigningKey(public, sign)


def _public_halves(certificate: bytes) -> tuple[bytes, ...]:
    """The public half of a certificate as a key would have it; none where nothing signs with it."""
    found = read_certificate(certificate)
    point = sm2_point(found)
    if point is not None:
        return (point,)
    try:
        return (found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),)
    except (ValueError, UnsupportedAlgorithm):
        return ()


def _certificates_in(pem: bytes) -> list[bytes]:
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        return []
    try:
        return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(pem)]
    except ValueError:
        raise BadInput(where="certificate", why="it cannot be read as certificates in PEM") from None


def _pem_body(pem: bytes) -> bytes:
    lines = [line for line in pem.splitlines()[1:-1] if b":" not in line]
    return base64.b64decode(b"".join(lines))


def _sm2_key(der: bytes) -> SigningKey | None:
    """An SM2 key in PKCS #8; None for every other key."""
    try:
        fields = list(asn1.read_values(asn1.read_one(der, asn1.SEQUENCE)))
        if [whole for _, _, whole in asn1.read_values(fields[1][1])] != [
            asn1.oid(EC_KEY),
            asn1.oid(SM2_CURVE),
        ]:
            return None
        inner = list(asn1.read_values(asn1.read_one(fields[2][1], asn1.SEQUENCE)))
        held = next(body for tag, body, _ in inner if tag == asn1.context(1))
        scalar, public = inner[1][1].rjust(32, b"\0"), asn1.read_one(held, asn1.BIT_STRING)[1:]
    except (BadInput, IndexError, StopIteration):
        return None
    return SigningKey(public, lambda _, data: sm2_sign(scalar, data))
