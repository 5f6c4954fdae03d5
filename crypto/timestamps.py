"""RFC 3161 timestamps: the embedded authority, and strict verification against one pinned certificate.

1. A token is the whole TimeStampResp, as a TSA answers it; it stamps a SHA-256 digest.
2. Only the pinned certificate counts: certificates that a token brings along are never trusted.
3. genTime is read with its fractions: the closing second is decided by it.
Format: docs/formats/timestamp.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from crypto import asn1_forms as asn1
from crypto.asn1_forms import context, der, integer, oid, set_of
from crypto.canonical import b64, canonical, read_canonical, unb64
from crypto.certificates import UNREADABLE
from kernel.errors import BadInput, IntegrityBroken

POLICY = "2.25.229138466401825176"
SHA256_OID = "2.16.840.1.101.3.4.2.1"
ECDSA_SHA256_OID = "1.2.840.10045.4.3.2"
SIGNED_DATA_OID = "1.2.840.113549.1.7.2"
TST_INFO_OID = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE_OID = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST_OID = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE_OID = "1.2.840.113549.1.9.16.2.47"
DIGEST_BYTES = 32
MAX_REQUEST_BYTES = 4096
CERTIFICATE_DAYS = 20 * 365
GRANTED, REJECTION = 0, 2
BAD_ALGORITHM, BAD_REQUEST, BAD_DATA_FORMAT, WRONG_POLICY, WRONG_EXTENSION = 0, 2, 5, 15, 16

SHA256 = der(asn1.SEQUENCE, oid(SHA256_OID), der(asn1.NULL))
SHA256_BARE = der(asn1.SEQUENCE, oid(SHA256_OID))


@dataclass(frozen=True)
class AuthorityKey:
    """The key of an embedded authority: a P-256 private key (PKCS #8 DER) and its certificate (DER)."""

    certificate: bytes
    private: bytes = field(repr=False)

    @cached_property
    def _signing_key(self) -> ec.EllipticCurvePrivateKey:
        return cast(ec.EllipticCurvePrivateKey, load_der_private_key(self.private, None))

    @cached_property
    def _signer_parts(self) -> tuple[bytes, bytes]:
        """What each token says of its signer: issuer with serial number, and the signed certificate attribute."""
        certificate = x509.load_der_x509_certificate(self.certificate)
        issuer = certificate.issuer.public_bytes()
        identity = der(asn1.SEQUENCE, issuer, integer(certificate.serial_number))
        digest = der(asn1.OCTET_STRING, sha256(self.certificate).digest())
        attribute = der(asn1.SEQUENCE, der(asn1.SEQUENCE, der(asn1.SEQUENCE, digest)))
        return identity, _attribute(SIGNING_CERTIFICATE_OID, attribute)

    def sign(self, data: bytes) -> bytes:
        """The ECDSA signature over data; the same data gives the same signature (RFC 6979)."""
        return self._signing_key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def make_authority(name: str, at: datetime) -> AuthorityKey:
    """Make an authority with a fresh key and a self-signed certificate, valid from a day before `at`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=CERTIFICATE_DAYS))
    )
    for extension in (
        x509.BasicConstraints(ca=False, path_length=None),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),
        _digital_signature_only(),
    ):
        builder = builder.add_extension(extension, critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return AuthorityKey(certificate.public_bytes(Encoding.DER), private)


def write_authority(authority: AuthorityKey) -> bytes:
    """The authority as a file to keep secret."""
    return canonical({"v": 1, "certificate": b64(authority.certificate), "private": b64(authority.private)})


def read_authority(data: bytes) -> AuthorityKey:
    """Read what `write_authority` wrote."""
    content = read_canonical(data)
    if not isinstance(content, dict) or set(content) != {"v", "certificate", "private"} or content["v"] != 1:
        raise BadInput(where="timestamp authority", why="the file does not have the fields of version 1")
    return AuthorityKey(unb64(content["certificate"]), unb64(content["private"]))


def issue(
    authority: AuthorityKey, digest: bytes, at: datetime, serial: int, nonce: int | None = None
) -> bytes:
    """Stamp a SHA-256 digest: the DER of a granted TimeStampResp with the authority's certificate in it."""
    if len(digest) != DIGEST_BYTES:
        raise BadInput(where="timestamp", why=f"a SHA-256 digest of {DIGEST_BYTES} bytes is needed")
    return _grant(authority, der(asn1.SEQUENCE, SHA256, der(asn1.OCTET_STRING, digest)), at, serial, nonce)


def issue_response(authority: AuthorityKey, request: bytes, at: datetime, serial: int) -> bytes:
    """Answer the DER of a TimeStampReq, with a token or with a rejection that says why."""
    try:
        asked = _read_request(request)
    except BadInput:
        return _reject(BAD_DATA_FORMAT)
    if asked.failure is not None:
        return _reject(asked.failure)
    return _grant(authority, asked.imprint, at, serial, asked.nonce, asked.wants_certificate)


def check_token(token: bytes, digest: bytes, certificate: bytes, issuers: Sequence[bytes] = ()) -> datetime:
    """Verify a token over a SHA-256 digest with the pinned certificate (DER) and give its genTime.

    `issuers` are the certificates, pinned too, that it stands on; none where it is self-signed.

    Raises:
        IntegrityBroken: anything about it does not fit.
    """
    try:
        pinned = x509.load_der_x509_certificate(certificate)
        response = decode_timestamp_response(token)
        builder = VerifierBuilder().tsa_certificate(pinned)
        for issuer in issuers:
            builder = builder.add_root_certificate(x509.load_der_x509_certificate(issuer))
        verifier = (builder if issuers else builder.add_root_certificate(pinned)).build()
        verifier.verify(response, digest)
        at, imprint = _read_token(token)
    except (VerificationError, IndexError, BadInput, *UNREADABLE):
        raise IntegrityBroken(what="the timestamp token does not fit its digest or its authority") from None
    same_second = response.tst_info.gen_time.replace(microsecond=0) == at.replace(microsecond=0)
    if not same_second or imprint not in {_imprint(SHA256, digest), _imprint(SHA256_BARE, digest)}:
        raise IntegrityBroken(
            what="the timestamp token stamps something else than a SHA-256 digest, or is ambiguous"
        )
    return at


def certificate_of(token: bytes) -> bytes:
    """The certificate that a token of the embedded authority brings along; believed by nobody for that.

    Raises:
        BadInput: it is no such token.
    """
    try:
        (_, _, first), *_ = asn1.read_values(_signed_data(token)[3][1])
        return first
    except (IndexError, ValueError):
        raise BadInput(where="timestamp", why="it brings no certificate along") from None


def validity_of(certificate: bytes) -> tuple[datetime, datetime]:
    """From when to when a certificate (DER) is valid; raises BadInput where it cannot be read."""
    try:
        read = x509.load_der_x509_certificate(certificate)
        return read.not_valid_before_utc, read.not_valid_after_utc
    except UNREADABLE:
        raise BadInput(where="timestamp", why="its certificate cannot be read") from None


@dataclass(frozen=True)
class _Request:
    imprint: bytes = b""
    nonce: int | None = None
    wants_certificate: bool = False
    failure: int | None = None


def _read_request(request: bytes) -> _Request:
    if len(request) > MAX_REQUEST_BYTES:
        raise BadInput(where="timestamp request", why=f"it is longer than {MAX_REQUEST_BYTES} bytes")
    values = list(asn1.read_values(asn1.read_one(request, asn1.SEQUENCE)))
    if len(values) < 2 or values[0][2] != integer(1) or values[1][0] != asn1.SEQUENCE:
        return _Request(failure=BAD_REQUEST)
    imprint = values[1][2]
    parts = list(asn1.read_values(values[1][1]))
    digest = parts[-1][1] if parts else b""
    if (
        imprint not in {_imprint(SHA256, digest), _imprint(SHA256_BARE, digest)}
        or len(digest) != DIGEST_BYTES
    ):
        return _Request(failure=BAD_ALGORITHM)
    return _read_options(imprint, values[2:])


def _read_options(imprint: bytes, values: Sequence[tuple[int, bytes, bytes]]) -> _Request:
    """Policy, nonce, certReq and extensions, each optional and in this order."""
    order = [asn1.OID, asn1.INTEGER, asn1.BOOLEAN, context(0)]
    tags = [tag for tag, _, _ in values]
    if [tag for tag in order if tag in tags] != tags:
        return _Request(failure=BAD_REQUEST)
    options = {tag: contents for tag, contents, _ in values}
    if context(0) in options:
        return _Request(failure=WRONG_EXTENSION)
    if asn1.OID in options and der(asn1.OID, options[asn1.OID]) != oid(POLICY):
        return _Request(failure=WRONG_POLICY)
    nonce = asn1.read_integer(options[asn1.INTEGER]) if asn1.INTEGER in options else None
    return _Request(imprint, nonce, options.get(asn1.BOOLEAN) == b"\xff")


def imprint_of(digest: bytes) -> bytes:
    """The message imprint of a SHA-256 digest."""
    return _imprint(SHA256, digest)


def _imprint(algorithm: bytes, digest: bytes) -> bytes:
    return der(asn1.SEQUENCE, algorithm, der(asn1.OCTET_STRING, digest))


def _reject(failure: int) -> bytes:
    """A TimeStampResp without a token; `failure` is the bit of PKIFailureInfo."""
    unused = 7 - failure % 8
    bits = (1 << unused).to_bytes(failure // 8 + 1, "big")
    return der(
        asn1.SEQUENCE, der(asn1.SEQUENCE, integer(REJECTION), der(asn1.BIT_STRING, bytes([unused]), bits))
    )


def _grant(
    authority: AuthorityKey,
    imprint: bytes,
    at: datetime,
    serial: int,
    nonce: int | None,
    with_certificate: bool = True,
) -> bytes:
    token_info = der(
        asn1.SEQUENCE,
        integer(1),
        oid(POLICY),
        imprint,
        integer(serial),
        asn1.generalized_time(at),
        b"" if nonce is None else integer(nonce),
    )
    content = der(asn1.SEQUENCE, oid(TST_INFO_OID), der(context(0), der(asn1.OCTET_STRING, token_info)))
    signed_data = der(
        asn1.SEQUENCE,
        integer(3),
        set_of(SHA256),
        content,
        der(context(0), authority.certificate) if with_certificate else b"",
        set_of(_signer_info(authority, token_info)),
    )
    token = der(asn1.SEQUENCE, oid(SIGNED_DATA_OID), der(context(0), signed_data))
    return der(asn1.SEQUENCE, der(asn1.SEQUENCE, integer(GRANTED)), token)


def _signer_info(authority: AuthorityKey, content: bytes) -> bytes:
    identity, certificate_attribute = authority._signer_parts
    attributes = set_of(
        _attribute(CONTENT_TYPE_OID, oid(TST_INFO_OID)),
        _attribute(MESSAGE_DIGEST_OID, der(asn1.OCTET_STRING, sha256(content).digest())),
        certificate_attribute,
    )
    return der(
        asn1.SEQUENCE,
        integer(1),
        identity,
        SHA256,
        bytes([context(0)]) + attributes[1:],  # signed as SET, sent as [0] IMPLICIT
        der(asn1.SEQUENCE, oid(ECDSA_SHA256_OID)),
        der(asn1.OCTET_STRING, authority.sign(attributes)),
    )


def _attribute(name: str, value: bytes) -> bytes:
    return der(asn1.SEQUENCE, oid(name), der(asn1.SET, value))


def _read_token(token: bytes) -> tuple[datetime, bytes]:
    """genTime and message imprint of a response's TSTInfo."""
    content = list(asn1.read_values(_signed_data(token)[2][1]))
    if content[0][2] != oid(TST_INFO_OID):
        raise BadInput(where="timestamp", why="the token holds something else")
    info = asn1.read_one(asn1.read_one(content[1][1], asn1.OCTET_STRING), asn1.SEQUENCE)
    fields = list(asn1.read_values(info))
    if fields[4][0] != asn1.GENERALIZED_TIME:
        raise BadInput(where="timestamp", why="the token has no time where it belongs")
    return asn1.read_generalized_time(fields[4][1]), fields[2][2]


def _signed_data(token: bytes) -> list[tuple[int, bytes, bytes]]:
    response = list(asn1.read_values(asn1.read_one(token, asn1.SEQUENCE)))
    content_info = list(asn1.read_values(response[1][1]))
    return list(asn1.read_values(asn1.read_one(content_info[1][1], asn1.SEQUENCE)))


def _digital_signature_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
