"""Personal data at rest: single fields under the platform's own key, and keyed hashes to find equal ones.

AES-256-GCM with a random nonce; the context (what the field belongs to) is bound in, so a sealed field cannot be
moved to another row. Format: docs/formats/field-seal.md.
"""

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.canonical import expand, tagged_hash
from kernel.errors import IntegrityBroken

NONCE_BYTES = 12


def seal_field(key: bytes, context: str, plain: bytes) -> bytes:
    """The field as it may be stored: nonce and ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(expand(key, "field-seal")).encrypt(
        nonce, plain, tagged_hash("field", context.encode())
    )


def open_field(key: bytes, context: str, sealed: bytes) -> bytes:
    """The field again.

    Raises:
        IntegrityBroken: another key, another context or changed bytes.
    """
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(expand(key, "field-seal")).decrypt(nonce, body, tagged_hash("field", context.encode()))
    except (InvalidTag, ValueError):
        raise IntegrityBroken(what=f"the sealed field of {context}") from None


def keyed_digest(key: bytes, tag: str, value: str) -> bytes:
    """A hash that only the platform can compute, so that equal values are found and none is guessed."""
    return hmac.new(expand(key, "field-digest", tag.encode()), value.encode(), sha256).digest()
