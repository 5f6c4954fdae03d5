"""Secrets at rest under a passphrase: Argon2id (RFC 9106) and AES-256-GCM.

Format: docs/formats/opener-key.md.
"""

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto.canonical import b64, canonical, unb64
from kernel.errors import BadInput

SALT_BYTES = 16
NONCE = bytes(12)  # each salt makes a fresh key, and a key encrypts once
MAX_MEMORY_KIB = 1 << 20
MAX_PASSES = 64
MAX_LANES = 16


@dataclass(frozen=True)
class PassphraseCost:
    """What one guess costs: memory in KiB, passes over it, lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


DEFAULT_COST = PassphraseCost()


def lock_secret(
    secret: bytes, passphrase: str, salt: bytes, public: object, cost: PassphraseCost
) -> dict[str, Any]:
    """Encrypt a secret under a passphrase; `public` is JSON that the lock is bound to."""
    if not passphrase:
        raise BadInput(where="passphrase", why="it may not be empty")
    params = {
        "kdf": "argon2id",
        "salt": b64(salt),
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
    }
    sealed = AESGCM(_key(passphrase, salt, cost)).encrypt(NONCE, secret, canonical([public, params]))
    return params | {"sealed": b64(sealed)}


def unlock_secret(lock: Any, passphrase: str, public: object) -> bytes:
    """Decrypt what `lock_secret` made.

    Raises:
        BadInput: another passphrase, a changed file, or costs beyond any sense.
    """
    if not isinstance(lock, dict) or set(lock) != {"kdf", "salt", "memory_kib", "passes", "lanes", "sealed"}:
        raise BadInput(where="key file", why="the lock does not have the fields of version 1")
    params = {name: value for name, value in lock.items() if name != "sealed"}
    cost = _read_cost(lock)
    salt = unb64(lock["salt"], length=SALT_BYTES)
    try:
        sealed = unb64(lock["sealed"])
        return AESGCM(_key(passphrase, salt, cost)).decrypt(NONCE, sealed, canonical([public, params]))
    except InvalidTag:
        raise BadInput(
            where="passphrase", why="it does not open this key file, or the file was changed"
        ) from None


def _read_cost(lock: dict[str, Any]) -> PassphraseCost:
    cost = PassphraseCost(lock["memory_kib"], lock["passes"], lock["lanes"])
    limits = ((cost.memory_kib, MAX_MEMORY_KIB), (cost.passes, MAX_PASSES), (cost.lanes, MAX_LANES))
    if lock["kdf"] != "argon2id" or any(
        type(value) is not int or not 1 <= value <= top for value, top in limits
    ):
        raise BadInput(where="key file", why="the lock names costs that this program does not accept")
    if cost.memory_kib < 8 * cost.lanes:
        raise BadInput(where="key file", why="each lane needs 8 KiB of memory at least")
    return cost


def _key(passphrase: str, salt: bytes, cost: PassphraseCost) -> bytes:
    kdf = Argon2id(
        salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    return kdf.derive(passphrase.encode("utf-8"))
