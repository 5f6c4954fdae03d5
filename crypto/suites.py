"""The named cipher suites in which shares travel to openers and payloads are sealed, as data.

`hybrid` (default): X-Wing, that is ML-KEM-768 with X25519; `classic`: X25519 alone; both are HPKE base mode (RFC 9180)
with HKDF-SHA256 and AES-256-GCM. `sm`: the national SM2, SM3 and SM4-GCM, where an optional package is installed.
A private key is 32 bytes in all. Format: docs/formats/sealed-envelope.md, sections "Suites" and "National suite".
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crypto import sm2
from crypto.sm4_chunks import Sm4Decryptor, Sm4Encryptor
from kernel.errors import BadInput, WrongOpeningKey, WrongSuite

PRIVATE_BYTES = 32
TAG_BYTES = 16
MLKEM_PUBLIC_BYTES = 1184
DEFAULT_SUITE = "hybrid"


class ChunkCipher(Protocol):
    """A payload's cipher at work: it takes content or ciphertext in any pieces, then ends."""

    def update_into(self, data: memoryview, buffer: memoryview, /) -> int:
        """Put what is complete into the buffer and tell its length."""

    def finalize(self) -> bytes:
        """The rest."""


@dataclass(frozen=True)
class Suite:
    """How one suite turns bytes into keys, seals to them, and seals a payload under a key and a context."""

    name: str
    public_bytes: int
    encapsulated_bytes: int
    write_public: Callable[[bytes], bytes]
    seal: Callable[[bytes, bytes, bytes], bytes]
    """public key, info, plaintext; ValueError for a key that is none"""
    open: Callable[[bytes, bytes, bytes], bytes]
    """private key, info, ciphertext; WrongOpeningKey"""
    encryptor: Callable[[bytes, bytes], ChunkCipher]
    decryptor: Callable[[bytes, bytes], ChunkCipher]
    is_installed: Callable[[], bool] = lambda: True

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
            return self.seal(_checked(public, self.public_bytes), info, plaintext)
        except ValueError:
            raise BadInput(where="opener key", why=f"not a public key of the suite {self.name}") from None

    def open_with(self, private: bytes, info: bytes, ciphertext: bytes) -> bytes:
        """Decrypt what `seal_to` made for the same `info`.

        Raises:
            WrongOpeningKey: another key, another `info` or changed bytes.
        """
        return self.open(_checked(private, PRIVATE_BYTES), info, ciphertext)


def suite(name: str) -> Suite:
    """The suite of that name.

    Raises:
        WrongSuite: there is none.
    """
    if name not in SUITES:
        raise WrongSuite(suite=name[:40], accepted=", ".join(SUITES))
    return SUITES[name]


def installed_suites() -> tuple[str, ...]:
    """The suites in which keys can be made and shares sealed on this machine; reading needs no more than a name."""
    return tuple(name for name, known in SUITES.items() if known.is_installed())


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


def _over_hpke(
    name: str,
    kem: hpke.KEM,
    sizes: tuple[int, int],
    load_private: Callable[[bytes], Any],
    load_public: Callable[[bytes], Any],
    write_public: Callable[[bytes], bytes],
) -> Suite:
    """A suite of HPKE with HKDF-SHA256 and AES-256-GCM; `sizes` are those of public and encapsulated keys."""

    def seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
        return scheme.encrypt(plaintext, load_public(public), info=info)

    def open(private: bytes, info: bytes, ciphertext: bytes) -> bytes:
        try:
            return scheme.decrypt(ciphertext, load_private(private), info=info)
        except (InvalidTag, ValueError):
            raise WrongOpeningKey(suite=name) from None

    scheme = hpke.Suite(kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    payload = Cobblestone256Encryptor, Cobblestone256Decryptor
    return Suite(name, *sizes, write_public, seal, open, *payload)


SUITES = {
    "hybrid": _over_hpke(
        "hybrid",
        hpke.KEM.MLKEM768_X25519,
        (MLKEM_PUBLIC_BYTES + 32, 1088 + 32),
        _xwing_private,
        _xwing_public,
        _write_xwing_public,
    ),
    "classic": _over_hpke(
        "classic",
        hpke.KEM.X25519,
        (32, 32),
        X25519PrivateKey.from_private_bytes,
        X25519PublicKey.from_public_bytes,
        _write_x25519_public,
    ),
    "sm": Suite(
        name="sm",
        public_bytes=sm2.POINT_BYTES,
        encapsulated_bytes=sm2.ENCAPSULATED_BYTES,
        write_public=sm2.public_of,
        seal=sm2.seal_to,
        open=sm2.open_with,
        encryptor=Sm4Encryptor,
        decryptor=Sm4Decryptor,
        is_installed=sm2.is_installed,
    ),
}
HPKE_SUITES = ("hybrid", "classic")
"""For whatever else is sealed to people's keys: keys of draws, bundles between platforms."""
