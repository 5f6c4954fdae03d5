"""A bidder's second signature on an envelope, by the key of an X.509 certificate; it stands in the prefix.

The account's key signs the prefix with this signature in it, so nobody can take it away or put another in its place.
What the certificate's key signs names the certificate, so the signature is good under no other one.
Format: docs/formats/signing-certificate.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from crypto.canonical import JsonValue, b64, canonical, tagged_hash, unb64
from crypto.certificate_keys import ALGORITHMS, RULE, is_signed, key_of, signature_bytes
from crypto.certificates import MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, read_certificate
from kernel.errors import BadInput, Refused

MAX_SIGNATURE_BYTES = 1024
FIELDS = {"algorithm", "chain", "signature"}


@dataclass(frozen=True)
class CertificateSignature:
    """The algorithm, the chain in DER with the signer's certificate first, and the signature."""

    algorithm: str
    chain: tuple[bytes, ...]
    signature: bytes

    def to_json(self) -> dict[str, JsonValue]:
        """As it stands in the prefix."""
        chain: list[JsonValue] = [b64(one) for one in self.chain]
        return {"algorithm": self.algorithm, "chain": chain, "signature": b64(self.signature)}

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the signer's certificate, in hex."""
        return sha256(self.chain[0]).hexdigest()


@dataclass(frozen=True)
class CertificateSigner:
    """A private key somewhere, with its chain; `sign` gives a signature of one length, ECDSA and SM2 as r || s."""

    algorithm: str
    chain: tuple[bytes, ...]
    sign: Callable[[bytes], bytes] = field(repr=False)

    def empty(self) -> CertificateSignature:
        """A signature of the right length that signs nothing yet."""
        length = signature_bytes(key_of(read_certificate(self.chain[0])))
        return CertificateSignature(self.algorithm, self.chain, bytes(length))

    def signed(self, unsigned: Mapping[str, Any]) -> CertificateSignature:
        """The signature over a prefix without any signature."""
        made = self.sign(signed_bytes(self.chain[0], unsigned))
        return CertificateSignature(self.algorithm, self.chain, made)


def signed_bytes(certificate: bytes, unsigned: Mapping[str, Any]) -> bytes:
    """What the key of a certificate signs of a prefix that has no signature yet."""
    return tagged_hash("certificate", sha256(certificate).digest(), canonical(dict(unsigned)))


def read_signature(body: Any) -> CertificateSignature:
    """Read it as it stands in the prefix; neither signature nor chain is checked here.

    Raises:
        BadInput: it has other members, too many certificates or too long ones.
    """
    if not isinstance(body, dict) or set(body) != FIELDS or body["algorithm"] not in ALGORITHMS:
        raise BadInput(where="certificate", why="it needs exactly chain, signature and a known algorithm")
    chain = body["chain"]
    if not isinstance(chain, list) or not 1 <= len(chain) <= MAX_CERTIFICATES:
        raise BadInput(where="certificate", why=f"a chain has 1 to {MAX_CERTIFICATES} certificates")
    found = CertificateSignature(
        body["algorithm"], tuple(unb64(one) for one in chain), unb64(body["signature"])
    )
    sizes = [len(one) for one in found.chain]
    if not all(1 <= size <= MAX_CERTIFICATE_BYTES for size in sizes) or len(set(found.chain)) != len(sizes):
        raise BadInput(where="certificate", why="a certificate is empty, too long or there twice")
    if not 1 <= len(found.signature) <= MAX_SIGNATURE_BYTES:
        raise BadInput(where="certificate", why="the signature is empty or too long")
    return found


def check_signature(found: CertificateSignature, unsigned: Mapping[str, Any]) -> None:
    """Check that the key of the signer's certificate signed this prefix; the chain is not looked at.

    Raises:
        BadInput: the certificate is malformed.
        Refused: the signature does not fit, or its key or algorithm does not count.
    """
    key = key_of(read_certificate(found.chain[0]))
    if not is_signed(key, found.algorithm, found.signature, signed_bytes(found.chain[0], unsigned)):
        raise Refused(rule=RULE, why="the signature was not made by its key over this envelope")
