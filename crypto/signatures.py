"""Ed25519 signatures, key fingerprints and signed statements.

A statement is {"type", "body", "key", "signature"}: the signature covers H(type, canonical(body)), `key` is the
fingerprint. Its type may not be one of the tags that other formats hash under. Format: docs/formats/statements.md.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from crypto.canonical import b64, canonical, tagged_hash, unb64
from kernel.errors import BadInput, IntegrityBroken

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
RESERVED_TAGS = frozenset(
    {
        "envelope",
        "seed",
        "share",
        "part",
        "file",
        "coef",
        "blind",
        "bid",
        "bid-blind",
        "certificate",
        "leaf",
        "key",
        "digest",
    }
)


@dataclass(frozen=True)
class Signer:
    """A named Ed25519 key; `seed` is the 32-byte private part and never shows in a repr."""

    name: str
    seed: bytes = field(repr=False)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def public(self) -> bytes:
        """The 32-byte public key."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature over data."""
        return self._private.sign(data)


def verify(public: bytes, signature: bytes, data: bytes) -> None:
    """Check a signature.

    Raises:
        IntegrityBroken: it was not made by this key over these bytes.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        raise IntegrityBroken(what="the signature does not match the key and the content") from None


def fingerprint(public: bytes) -> str:
    """The printed short form of any public key: 64 lower-case hex digits."""
    return tagged_hash("key", public).hex()


def sign_statement(signer: Signer, type: str, body: dict[str, Any]) -> dict[str, Any]:
    """Sign a JSON body as a statement of this type, such as `share.released`."""
    if type in RESERVED_TAGS:
        raise ValueError(f"internal: the statement type {type} is reserved")
    signature = signer.sign(tagged_hash(type, canonical(body)))
    return {
        "type": type,
        "body": body,
        "key": fingerprint(signer.public),
        "signature": b64(signature),
    }


def check_statement(statement: Any, type: str, public: bytes) -> dict[str, Any]:
    """Check a statement of this type under this key and give its body.

    Raises:
        BadInput: it is not shaped as a statement.
        IntegrityBroken: another type, another key, or a signature that does not match.
    """
    if not isinstance(statement, dict) or set(statement) != {
        "type",
        "body",
        "key",
        "signature",
    }:
        raise BadInput(where="statement", why="it needs exactly type, body, key and signature")
    body = statement["body"]
    if not isinstance(body, dict):
        raise BadInput(where="statement", why="the body must be an object")
    if statement["type"] != type:
        raise IntegrityBroken(what=f"the statement is not of the type {type}")
    if statement["key"] != fingerprint(public):
        raise IntegrityBroken(what="the statement was signed with another key")
    verify(
        public,
        unb64(statement["signature"], length=SIGNATURE_BYTES),
        tagged_hash(type, canonical(body)),
    )
    return body
