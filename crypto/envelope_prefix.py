"""The readable part of a sealed envelope: what it is for, its commitments, its shares, the bidder's signature.

Reading is strict: one envelope has one prefix in bytes. Format: docs/formats/sealed-envelope.md.
"""

import hashlib
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from crypto import payload
from crypto.canonical import b64, canonical, read_canonical, read_json, tagged_hash, unb64
from crypto.key_shares import MAX_OPENERS, SHARE_BYTES
from crypto.parts_digest import read_fully
from crypto.signatures import PUBLIC_BYTES, SIGNATURE_BYTES, verify
from crypto.signing_certificate import CertificateSignature, read_signature
from crypto.suites import suite
from kernel.errors import BadInput, IntegrityBroken, MalformedEnvelope, UnsignedEnvelope

MAGIC = b"mingtang-envelope/v1\n"
FIXED_BYTES = len(MAGIC) + 4
MAX_PREFIX_BYTES = 64 * 1024
DIGEST_BYTES = 32
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class EnvelopeHeader:
    """What an envelope is for; `bidder_key` are the 32 bytes of an Ed25519 key, `opener_keys` fingerprints."""

    suite: str
    tender_id: str
    lot_id: str
    kind: str
    bidder_id: str
    bidder_key: bytes
    submission_id: str
    k: int
    n: int
    opener_keys: tuple[str, ...]
    bidder_also: bool = False
    """whether nothing opens without the bidder's own part of the key"""

    def to_json(self) -> dict[str, Any]:
        """The header as it stands in the prefix."""
        return {
            "v": 1,
            "suite": self.suite,
            "tender": self.tender_id,
            "lot": self.lot_id,
            "kind": self.kind,
            "bidder": self.bidder_id,
            "bidder_key": b64(self.bidder_key),
            "submission": self.submission_id,
            "k": self.k,
            "n": self.n,
            "opener_keys": list(self.opener_keys),
            **({"bidder_also": True} if self.bidder_also else {}),
        }

    def ctx(self) -> bytes:
        """The digest that everything in the envelope is bound to."""
        return hashlib.sha256(canonical(self.to_json())).digest()


@dataclass(frozen=True)
class EnvelopePrefix:
    """The part of an envelope before its payload; `length` counts all bytes before the payload."""

    header: EnvelopeHeader
    ctx: bytes
    key_commitment: bytes
    bid_commitment: bytes
    share_commitments: tuple[bytes, ...]
    share_ciphertexts: tuple[bytes, ...]
    payload_size: int
    payload_digest: bytes
    signature: bytes
    length: int
    part_commitment: bytes | None = None
    """of the bidder's own part, where the header asks for one"""
    certificate: CertificateSignature | None = None
    """a second signature, by the key of a certificate; it covers `bare`"""

    @property
    def total_size(self) -> int:
        """The size of the whole envelope."""
        return self.length + self.payload_size

    def signed(self) -> bytes:
        """What the bidder's signature covers."""
        return tagged_hash("envelope", canonical(self.unsigned()))

    def to_bytes(self) -> bytes:
        """Magic, length and canonical JSON: all bytes before the payload."""
        body = canonical(self.unsigned() | {"signature": b64(self.signature)})
        return MAGIC + len(body).to_bytes(4, "big") + body

    def unsigned(self) -> dict[str, Any]:
        """The prefix without the signature of the account's key, as JSON."""
        second = {} if self.certificate is None else {"certificate": self.certificate.to_json()}
        return self.bare() | second

    def bare(self) -> dict[str, Any]:
        """The prefix without any signature, as JSON."""
        return {
            "header": self.header.to_json(),
            "key_commitment": b64(self.key_commitment),
            "bid_commitment": b64(self.bid_commitment),
            "share_commitments": [b64(item) for item in self.share_commitments],
            "shares": [b64(item) for item in self.share_ciphertexts],
            "payload": {"size": self.payload_size, "digest": b64(self.payload_digest)},
            **({"part_commitment": b64(self.part_commitment)} if self.part_commitment else {}),
        }


def prefix_length_needed(first_bytes: bytes) -> int:
    """How many bytes of an envelope must be at hand to read its prefix, told from its first 25 bytes.

    With fewer bytes the answer is 25. Raises MalformedEnvelope as soon as the bytes cannot start an envelope.
    """
    if first_bytes[: len(MAGIC)] != MAGIC[: len(first_bytes)]:
        raise MalformedEnvelope(why="it does not start as one")
    if len(first_bytes) < FIXED_BYTES:
        return FIXED_BYTES
    length = FIXED_BYTES + int.from_bytes(first_bytes[len(MAGIC) : FIXED_BYTES], "big")
    if length > MAX_PREFIX_BYTES:
        raise MalformedEnvelope(why=f"its prefix is longer than {MAX_PREFIX_BYTES} bytes")
    return length


def read_prefix(data: bytes | BinaryIO) -> EnvelopePrefix:
    """Parse the prefix; a stream is left at the first byte of the payload. The signature is not checked here.

    Raises:
        MalformedEnvelope: not an envelope, cut off, or with a prefix in any but the one right form.
        WrongSuite: the suite is unknown.
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    first = read_fully(source, FIXED_BYTES)
    length = prefix_length_needed(first)
    body = read_fully(source, length - FIXED_BYTES) if len(first) == FIXED_BYTES else b""
    if len(first) + len(body) < length:
        raise MalformedEnvelope(why="its prefix is cut off")
    try:
        prefix = _read_body(read_json(body), length)
        if prefix.to_bytes() != first + body:
            read_canonical(body)  # raises where the fields are right and only their writing is not
            raise BadInput(where="prefix", why="it has fields that version 1 does not know")
    except (BadInput, KeyError, TypeError) as error:
        why = (
            str(error) if isinstance(error, BadInput) else "its prefix does not have the fields of version 1"
        )
        raise MalformedEnvelope(why=why) from None
    return prefix


def _read_body(body: Any, length: int) -> EnvelopePrefix:
    header = _read_header(body["header"])
    share_bytes = suite(header.suite).sealed_bytes(SHARE_BYTES)
    size = body["payload"]["size"]
    prefix = EnvelopePrefix(
        header=header,
        ctx=header.ctx(),
        key_commitment=unb64(body["key_commitment"], length=DIGEST_BYTES),
        bid_commitment=unb64(body["bid_commitment"], length=DIGEST_BYTES),
        share_commitments=tuple(unb64(item, length=DIGEST_BYTES) for item in body["share_commitments"]),
        share_ciphertexts=tuple(unb64(item, length=share_bytes) for item in body["shares"]),
        payload_size=size,
        payload_digest=unb64(body["payload"]["digest"], length=DIGEST_BYTES),
        signature=unb64(body["signature"], length=SIGNATURE_BYTES),
        length=length,
        part_commitment=unb64(body["part_commitment"], length=DIGEST_BYTES) if header.bidder_also else None,
        certificate=read_signature(body["certificate"]) if "certificate" in body else None,
    )
    if type(size) is not int or not header.n == len(prefix.share_commitments) == len(
        prefix.share_ciphertexts
    ):
        raise BadInput(
            where="prefix", why="it needs a payload size, and a commitment and a share for each opener"
        )
    payload.plaintext_bytes(size)
    return prefix


def _read_header(body: dict[str, Any]) -> EnvelopeHeader:
    header = EnvelopeHeader(
        suite=body["suite"],
        tender_id=body["tender"],
        lot_id=body["lot"],
        kind=body["kind"],
        bidder_id=body["bidder"],
        bidder_key=unb64(body["bidder_key"], length=PUBLIC_BYTES),
        submission_id=body["submission"],
        k=body["k"],
        n=body["n"],
        opener_keys=tuple(body["opener_keys"]),
        bidder_also=bool(body.get("bidder_also")),
    )
    check_header(header)
    return header


def check_header(header: EnvelopeHeader) -> None:
    """Check a header's limits, before sealing and on reading.

    Raises:
        BadInput: names the limit.
        WrongSuite: the suite is unknown.
    """
    suite(header.suite)
    for name in (header.tender_id, header.lot_id, header.kind, header.bidder_id, header.submission_id):
        if not isinstance(name, str) or not ID.fullmatch(name):
            raise BadInput(
                where="header", why="an id has 1 to 64 letters, digits, dots, dashes or underscores"
            )
    if len(header.bidder_key) != PUBLIC_BYTES:
        raise BadInput(where="header", why=f"the bidder's key has {PUBLIC_BYTES} bytes")
    if type(header.k) is not int or type(header.n) is not int or not 1 <= header.k <= header.n <= MAX_OPENERS:
        raise BadInput(where="header", why=f"1 <= k <= n <= {MAX_OPENERS} is needed")
    keys = header.opener_keys
    if (
        len(set(keys)) != header.n
        or len(keys) != header.n
        or not all(FINGERPRINT.fullmatch(key) for key in keys)
    ):
        raise BadInput(where="header", why="it needs n different fingerprints of opener keys")


def check_signature(prefix: EnvelopePrefix) -> None:
    """Check that the bidder named in the header signed this prefix.

    Raises:
        UnsignedEnvelope: the signature does not match.
    """
    if not _is_signed(prefix):
        raise UnsignedEnvelope


@lru_cache(maxsize=128)  # a prefix never changes: what was found out on its arrival need not be again
def _is_signed(prefix: EnvelopePrefix) -> bool:
    try:
        verify(prefix.header.bidder_key, prefix.signature, prefix.signed())
    except IntegrityBroken:
        return False
    return True
