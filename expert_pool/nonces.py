"""Nonces of bidders: numbers that go into the request of a draw, so that its seed depends on each of them.

A bidder hands in 32 bytes of its own until the request is frozen. The request holds one hash over a salt and all of
them, whether there are any or not: nothing in it tells how many. The record lists them after the evaluation.

Format: docs/formats/draw-nonces.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto.canonical import JsonValue, tagged_hash
from kernel.errors import BadInput

NONCE_BYTES: Final = 32
HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Nonces:
    """What a request froze: the salt, and the nonces in ascending order."""

    salt: bytes
    given: tuple[bytes, ...] = ()


def read_nonce(typed: str) -> bytes:
    """A nonce as a bidder types it; raises BadInput for anything but 64 hex digits."""
    text = typed.strip().lower()
    if not HEX.fullmatch(text):
        raise BadInput(where="nonce", why="64 hexadecimal digits are needed")
    return bytes.fromhex(text)


def nonces_hash(nonces: Nonces) -> str:
    """What the request holds, in hex."""
    return tagged_hash("draw-nonces", nonces.salt, *nonces.given).hex()


def nonce_digest(nonce: bytes) -> str:
    """What the log holds of a nonce before it is published, in hex."""
    return tagged_hash("draw-nonce", nonce).hex()


def write_nonces(nonces: Nonces) -> list[JsonValue]:
    """The salt, then the nonces, in hex."""
    return [part.hex() for part in (nonces.salt, *nonces.given)]


def read_nonces(parts: Sequence[object]) -> Nonces:
    """Salt and nonces of a record; raises BadInput where they are not as the format says."""
    if not parts or not all(isinstance(part, str) and HEX.fullmatch(part) for part in parts):
        raise BadInput(where="nonces", why="a salt and the nonces are needed, each of 64 hexadecimal digits")
    salt, *given = (bytes.fromhex(str(part)) for part in parts)
    if sorted(given) != given:
        raise BadInput(where="nonces", why="the nonces must be in ascending order")
    return Nonces(salt, tuple(given))
