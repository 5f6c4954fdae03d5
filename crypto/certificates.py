"""Is a chain of certificates one that a bid may be signed with, at one moment?

1. The signer's certificate comes first, each is issued by the next, the last by a pinned authority, whose own
   certificate is not sent along: one path has one form in bytes.
2. All are valid at the moment, none by a key or hash that is too weak; no critical extension is unknown.
3. The signer is no authority and may sign (digitalSignature or nonRepudiation); all others may issue certificates.
4. RSA and ECDSA are judged a second time by `cryptography.x509.verification`; it does not know SM2.
Of what is pinned, the self-signed certificates are trusted; where none is, each of them is.
Format: docs/formats/signing-certificate.md.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification as library
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

from crypto.certificate_keys import RULE, Sm2Key, is_issued, key_of
from kernel.clock import write_time
from kernel.errors import BadInput, Refused

MAX_CERTIFICATES = 5
MAX_CERTIFICATE_BYTES = 8192
UNDERSTOOD = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.CertificatePolicies)
UNREADABLE = (ValueError, x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType)
"""What the library raises for bytes that it cannot read, some of them only when a field is asked for."""
E = TypeVar("E", bound=x509.ExtensionType)
NOT_FOR_SIGNING = {Usage.SERVER_AUTH, Usage.TIME_STAMPING, Usage.OCSP_SIGNING, Usage.CODE_SIGNING}
NUMBERS = (NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER)
NAMES = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)


@lru_cache(maxsize=256)
def read_certificate(der: bytes) -> x509.Certificate:
    """A certificate, all of which can be read.

    Raises:
        BadInput: it is malformed or too long.
    """
    try:
        if len(der) > MAX_CERTIFICATE_BYTES:
            raise ValueError
        found = x509.load_der_x509_certificate(der)
        found.extensions, found.subject, found.issuer, found.not_valid_before_utc, found.not_valid_after_utc  # noqa: B018
        if found.version is not x509.Version.v3 or found.public_bytes(Encoding.DER) != der:
            raise ValueError
    except UNREADABLE:
        raise BadInput(where="certificate", why="it cannot be read as an X.509 certificate in DER") from None
    return found


def anchors_of(trusted: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """The pinned certificates that end a path."""
    found = tuple(read_certificate(der) for der in trusted)
    return tuple(one for one in found if one.subject == one.issuer) or found


def check_chain(
    chain: Sequence[bytes], trusted: Sequence[bytes], at: datetime
) -> tuple[x509.Certificate, ...]:
    """The path from the signer's certificate to a pinned one, both included.

    Raises:
        BadInput: a certificate is malformed.
        Refused: names the first thing that does not hold at that moment.
    """
    path = _path([read_certificate(der) for der in chain], anchors_of(trusted))
    for certificate in path:
        key_of(certificate)
        _check_valid(certificate, at)
        _check_extensions(certificate)
    _check_signer(path[0])
    for place, certificate in enumerate(path[1:]):
        _check_issuer(certificate, place)
    for certificate, issuer in pairwise(path):
        if not is_issued(certificate, issuer):
            raise Refused(rule=RULE, why="a certificate of its chain was not signed by the one behind it")
    if not any(isinstance(key_of(certificate), Sm2Key) for certificate in path):
        _check_by_library(path, at)
    return path


def _path(
    chain: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    if not 1 <= len(chain) <= MAX_CERTIFICATES:
        raise Refused(rule=RULE, why=f"a chain has 1 to {MAX_CERTIFICATES} certificates")
    if any(one in anchors for one in chain):
        raise Refused(rule=RULE, why="leave out the certificate of the authority that the tender names")
    for one, issuer in pairwise(chain):
        if one.issuer != issuer.subject:
            raise Refused(rule=RULE, why="its chain is in the wrong order or holds a stranger")
    for anchor in anchors:
        if chain[-1].issuer == anchor.subject and is_issued(chain[-1], anchor):
            return (*chain, anchor)
    raise Refused(rule=RULE, why="it was not issued by an authority that the tender accepts")


def _check_valid(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise Refused(rule=RULE, why=f"it is not valid before {write_time(certificate.not_valid_before_utc)}")
    if at.replace(microsecond=0) > certificate.not_valid_after_utc:
        raise Refused(rule=RULE, why=f"it expired at {write_time(certificate.not_valid_after_utc)}")


def _check_extensions(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and not isinstance(extension.value, UNDERSTOOD):
            name = extension.oid.dotted_string
            raise Refused(rule=RULE, why=f"it has the critical extension {name}, which is not understood")


def _check_signer(certificate: x509.Certificate) -> None:
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise Refused(rule=RULE, why="it is the certificate of an authority, not of a bidder")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise Refused(rule=RULE, why="its key is not meant for signing documents")
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes is not None and NOT_FOR_SIGNING.issuperset(purposes):
        raise Refused(rule=RULE, why="its key is not meant for signing documents")


def _check_issuer(certificate: x509.Certificate, below: int) -> None:
    """`below` counts the authorities between this one and the signer."""
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
        raise Refused(rule=RULE, why="a certificate of its chain may not issue others")
    if constraints.path_length is not None and below > constraints.path_length:
        raise Refused(rule=RULE, why="its chain is longer than an authority of it allows")


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _check_by_library(path: tuple[x509.Certificate, ...], at: datetime) -> None:
    anyway = library.ExtensionPolicy.permit_all()
    issuers = anyway.require_present(x509.BasicConstraints, library.Criticality.AGNOSTIC, None)
    policy = library.PolicyBuilder().store(library.Store([path[-1]])).time(at.replace(tzinfo=None))
    policy = policy.extension_policies(ca_policy=issuers, ee_policy=anyway)
    try:
        policy.max_chain_depth(MAX_CERTIFICATES).build_client_verifier().verify(path[0], list(path[1:-1]))
    except (library.VerificationError, ValueError):
        raise Refused(rule=RULE, why="its chain does not hold by RFC 5280") from None


def has_number(certificate: x509.Certificate, number: str) -> bool:
    """Whether the subject carries a registered number, alone or behind a scheme as in NTRCN-91310000MA1FL0XX5K."""
    wanted = number.upper()
    said = [
        str(one.value).upper() for kind in NUMBERS for one in certificate.subject.get_attributes_for_oid(kind)
    ]
    return any(one == wanted or (one.endswith("-" + wanted) and len(one) <= len(wanted) + 9) for one in said)


def has_name(certificate: x509.Certificate, name: str) -> bool:
    """Whether the subject carries exactly this name, as organisation or as common name."""
    return any(
        one.value == name for kind in NAMES for one in certificate.subject.get_attributes_for_oid(kind)
    )
