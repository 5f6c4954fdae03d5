"""Certificate authorities of tests: they issue, revoke and list, rightly or, where a test asks for it, wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from crypto.signing_certificate import CertificateSigner
from crypto.signing_keys import open_signing_key

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NUMBER = "91310000MA1FL0XX5K"
Key = Any


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP256R1())


def named(common: str, **more: str) -> x509.Name:
    kinds = {"organisation": NameOID.ORGANIZATION_NAME, "number": NameOID.ORGANIZATION_IDENTIFIER,
             "serial": NameOID.SERIAL_NUMBER}  # fmt: skip
    attributes = [x509.NameAttribute(kinds[kind], value) for kind, value in more.items()]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common), *attributes])


def usage(*wanted: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: name in wanted for name in every})


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@dataclass
class Leaf:
    """A certificate with its private key."""

    certificate: bytes
    key: Key

    @property
    def pem(self) -> bytes:
        """Key and certificate."""
        private = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return bytes(private + x509.load_der_x509_certificate(self.certificate).public_bytes(Encoding.PEM))

    def signer(self, trusted: Sequence[bytes], more: bytes = b"", algorithm: str = "") -> CertificateSigner:
        return open_signing_key(self.pem, more, None, [trusted], algorithm)


@dataclass
class Issuer:
    """An authority; one with an `above` is not a root."""

    name: str = "Test CA"
    key: Key = field(default_factory=ec_key)
    above: "Issuer | None" = None
    path_length: int | None = None
    hash: Any = field(default_factory=hashes.SHA256)
    certificate: bytes = b""

    def __post_init__(self) -> None:
        self.certificate = (self.above or self)._issue(
            named(self.name), self.key.public_key(), ca=True, kind=usage("key_cert_sign", "crl_sign"),
            path_length=self.path_length, valid=(AT - 365 * DAY, AT + 3650 * DAY),
        )  # fmt: skip

    @property
    def pem(self) -> bytes:
        return x509.load_der_x509_certificate(self.certificate).public_bytes(Encoding.PEM)

    def issue(
        self,
        common: str = "bidder Ltd",
        key: Key = None,
        *,
        valid: tuple[datetime, datetime] = (AT - 30 * DAY, AT + 335 * DAY),
        ca: bool = False,
        kind: x509.KeyUsage | None = None,
        more: Sequence[tuple[x509.ExtensionType, bool]] = (),
        hash: Any = None,
        **subject: str,
    ) -> Leaf:
        key = key or ec_key()
        kind = kind or usage("digital_signature", "content_commitment")
        made = self._issue(
            named(common, **subject), key.public_key(), ca=ca, kind=kind, valid=valid, more=more, hash=hash
        )
        return Leaf(made, key)

    def _issue(
        self,
        subject: x509.Name,
        public: Any,
        *,
        ca: bool,
        kind: x509.KeyUsage,
        valid: tuple[datetime, datetime],
        path_length: int | None = None,
        more: Sequence[tuple[x509.ExtensionType, bool]] = (),
        hash: Any = None,
    ) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(named(self.name))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
            .add_extension(kind, critical=True)
        )
        for extension, is_critical in more:
            builder = builder.add_extension(extension, critical=is_critical)
        return der(builder.sign(self.key, hash or self.hash))

    def revocations(
        self,
        *revoked: tuple[bytes, datetime],
        this: datetime = AT - timedelta(hours=2),
        following: datetime = AT + 2 * DAY,
        more: Sequence[tuple[x509.ExtensionType, bool]] = (),
        hash: Any = None,
        invalid_since: datetime | None = None,
    ) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(named(self.name))
            .last_update(this)
            .next_update(following)
        )
        for certificate, at in revoked:
            serial = x509.load_der_x509_certificate(certificate).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
            if invalid_since:
                entry = entry.add_extension(x509.InvalidityDate(invalid_since), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, is_critical in more:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(self.key, hash or self.hash).public_bytes(Encoding.DER)
