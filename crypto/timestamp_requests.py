"""Asking an outside timestamp authority (RFC 3161), and what its answer must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import decode_timestamp_response

from crypto.asn1_forms import BOOLEAN, SEQUENCE, der, integer
from crypto.canonical import JsonValue, b64, unb64
from crypto.timestamps import DIGEST_BYTES, check_token, imprint_of
from kernel.errors import BadInput, IntegrityBroken

NEAR = timedelta(seconds=60)
"""How far the time of an outside authority may lie from the platform's own for one bid."""


@dataclass(frozen=True)
class PinnedAuthority:
    """An outside authority as a tender names it: its certificate, and those that issued it where it is not its own."""

    name: str
    certificate: bytes
    issuers: tuple[bytes, ...] = ()

    def check(self, token: bytes, digest: bytes) -> datetime:
        """The genTime of a token; raises IntegrityBroken when anything about it does not fit."""
        return check_token(token, digest, self.certificate, self.issuers)

    def valid_until(self) -> datetime:
        """When the certificate expires."""
        return x509.load_der_x509_certificate(self.certificate).not_valid_after_utc


def write_request(digest: bytes, nonce: int) -> bytes:
    """The DER of a TimeStampReq that asks for the certificate too."""
    if len(digest) != DIGEST_BYTES:
        raise BadInput(where="timestamp", why=f"a SHA-256 digest of {DIGEST_BYTES} bytes is needed")
    return der(SEQUENCE, integer(1), imprint_of(digest), integer(nonce), der(BOOLEAN, b"\xff"))


def check_answer(authority: PinnedAuthority, token: bytes, digest: bytes, nonce: int) -> datetime:
    """The genTime of an answer to `write_request`.

    Raises:
        IntegrityBroken: no token of this authority for this digest, or an answer to somebody else.
    """
    at = authority.check(token, digest)
    if decode_timestamp_response(token).tst_info.nonce != nonce:
        raise IntegrityBroken(what=f"the authority {authority.name} answered another request")
    return at


def read_certificates(pem: bytes, name: str) -> PinnedAuthority:
    """An authority from PEM: its own certificate first, then those that issued it.

    Raises:
        ValueError: no certificate in PEM.
    """
    found = [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(pem)]
    return PinnedAuthority(name, found[0], tuple(found[1:]))


def write_authorities(authorities: Sequence[PinnedAuthority]) -> list[dict[str, JsonValue]]:
    """Authorities as a notice lists them."""
    return [
        {
            "name": one.name,
            "certificate": b64(one.certificate),
            "issuers": [b64(issuer) for issuer in one.issuers],
        }
        for one in authorities
    ]


def read_authorities(body: object) -> tuple[PinnedAuthority, ...]:
    """Read what `write_authorities` wrote; raises BadInput."""
    if not isinstance(body, list):
        raise BadInput(where="timestamps", why="give a list of authorities")
    found = []
    for one in body:
        if not isinstance(one, dict) or set(one) != {"name", "certificate", "issuers"}:
            raise BadInput(where="timestamps", why="an authority has exactly name, certificate and issuers")
        if not isinstance(one["issuers"], list):
            raise BadInput(where="timestamps", why="issuers are a list of certificates")
        issuers = tuple(unb64(issuer) for issuer in one["issuers"])
        found.append(PinnedAuthority(str(one["name"]), unb64(one["certificate"]), issuers))
    return tuple(found)
