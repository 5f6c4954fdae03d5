"""The named cipher suites in which shares travel to openers: HPKE base mode (RFC 9180), as data.

`hybrid` (default): X-Wing, that is ML-KEM-768 with X25519; `classic`: X25519 alone. Both use HKDF-SHA256 and
AES-256-GCM. A private key is 32 bytes in both. Format: docs/formats/sealed-envelope.md, section "Suites".
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from kernel.errors import BadInput, WrongOpeningKey, WrongSuite

PRIVATE_BYTES = 32
TAG_BYTES = 16
MLKEM_PUBLIC_BYTES = 1184
DEFAULT_SUITE = "hybrid"


@dataclass(frozen=True)
class Suite:
    """How one suite turns bytes into keys; `kem` is the HPKE name of its key encapsulation."""

    name: str
    kem: hpke.KEM
    public_bytes: int
    encapsulated_bytes: int
    load_private: Callable[[bytes], Any]
    load_public: Callable[[bytes], Any]
    write_public: Callable[[bytes], bytes]

    def _hpke(self) -> hpke.Suite:
        return hpke.Suite(self.kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

    def sealed_bytes(self, plaintext_bytes: int) -> int:
        """How long a ciphertext of so many plaintext bytes is."""
        return self.encapsulated_bytes + plaintext_bytes + TAG_BYTES

    def make_private(self) -> bytes:
        """Draw a fresh 32-byte private key."""
        return os.urandom(PRIVATE_BYTES)

    def public_of(self, private: bytes) -> bytes:
        """The public key that belongs to a private key."""
        return self.write_public(_checked(private, PRIVATE_BYTES))

    def seal_to(self, public: bytes, info: bytes, plaintext: bytes) -> bytes:
        """Encrypt to a public key, bound to `info`.

        Raises:
            BadInput: the public key is not one of this suite.
        """
        try:
            key = self.load_public(_checked(public, self.public_bytes))
            return self._hpke().encrypt(plaintext, key, info=info)
        except ValueError:
            raise BadInput(where="opener key", why=f"not a public key of the suite {self.name}") from None

    def open_with(self, private: bytes, info: bytes, ciphertext: bytes) -> bytes:
        """Decrypt what `seal_to` made for the same `info`.

        Raises:
            WrongOpeningKey: another key, another `info` or changed bytes.
        """
        key = self.load_private(_checked(private, PRIVATE_BYTES))
        try:
            return self._hpke().decrypt(ciphertext, key, info=info)
        except (InvalidTag, ValueError):
            raise WrongOpeningKey(suite=self.name) from None


def suite(name: str) -> Suite:
    """The suite of that name.

    Raises:
        WrongSuite: there is none.
    """
    if name not in SUITES:
        raise WrongSuite(suite=name[:40], accepted=", ".join(SUITES))
    return SUITES[name]


def _checked(key: bytes, length: int) -> bytes:
    if len(key) != length:
        raise BadInput(where="opener key", why=f"{length} bytes are needed, {len(key)} were given")
    return key


def _split_seed(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """X-Wing key expansion: one 32-byte seed gives both parts."""
    wide = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(wide[:64]), X25519PrivateKey.from_private_bytes(wide[64:])


def _xwing_private(seed: bytes) -> hpke.MLKEM768X25519PrivateKey:
    return hpke.MLKEM768X25519PrivateKey(*_split_seed(seed))


def _xwing_public(public: bytes) -> hpke.MLKEM768X25519PublicKey:
    mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_BYTES])
    return hpke.MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_BYTES:]))


def _write_xwing_public(seed: bytes) -> bytes:
    mlkem, x25519 = _split_seed(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _write_x25519_public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


SUITES = {
    "hybrid": Suite(
        name="hybrid",
        kem=hpke.KEM.MLKEM768_X25519,
        public_bytes=MLKEM_PUBLIC_BYTES + 32,
        encapsulated_bytes=1088 + 32,
        load_private=_xwing_private,
        load_public=_xwing_public,
        write_public=_write_xwing_public,
    ),
    "classic": Suite(
        name="classic",
        kem=hpke.KEM.X25519,
        public_bytes=32,
        encapsulated_bytes=32,
        load_private=X25519PrivateKey.from_private_bytes,
        load_public=X25519PublicKey.from_public_bytes,
        write_public=_write_x25519_public,
    ),
}
