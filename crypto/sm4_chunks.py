"""The payload in SM4-GCM: the chunks, commitment and nonces of Cobblestone-256, with SM4 and SM3 in their place.

Both classes have the two methods of Cobblestone's, so `payload` need not know which of them it drives.
Format: docs/formats/sealed-envelope.md, section "National suite".
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LABEL = b"mingtang/v1/chunked-encryption+SM4_GCM+SM3"
SALT_BYTES = 24
COMMITMENT_BYTES = 32
HEAD_BYTES = SALT_BYTES + COMMITMENT_BYTES
CHUNK_BYTES = 16 * 1024
TAG_BYTES = 16


class Keys:
    """What the input key, the salt and the context give."""

    def __init__(self, key: bytes, salt: bytes, context: bytes) -> None:
        wide = HKDFExpand(hashes.SM3(), 60, LABEL + b"\0" + salt + context).derive(key)
        self._cipher, self._base = algorithms.SM4(wide[:16]), int.from_bytes(wide[16:28], "big")
        self.commitment = wide[28:]
        self._number = 0

    def _nonce(self) -> bytes:
        """The nonce of the next chunk."""
        nonce = (self._base ^ self._number).to_bytes(12, "big")
        self._number += 1
        return nonce

    def seal(self, chunk: memoryview) -> bytes:
        """The next chunk, its tag behind it."""
        writer = Cipher(self._cipher, modes.GCM(self._nonce())).encryptor()
        return writer.update(chunk) + writer.finalize() + writer.tag

    def open(self, sealed: memoryview) -> bytes:
        """The next chunk of a sealed one; raises InvalidTag."""
        reader = Cipher(self._cipher, modes.GCM(self._nonce(), bytes(sealed[-TAG_BYTES:]))).decryptor()
        return reader.update(sealed[:-TAG_BYTES]) + reader.finalize()


class Sm4Encryptor:
    """Encrypts what is given in any pieces."""

    def __init__(self, key: bytes, context: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        self._keys = Keys(key, salt, context)
        self._head = salt + self._keys.commitment
        self._rest = b""

    def update_into(self, data: memoryview, buffer: memoryview) -> int:
        """Put all whole chunks into the buffer; tell how many bytes these are."""
        given = memoryview(self._rest + data) if self._rest else data
        out, self._head = [self._head], b""
        whole = len(given) - len(given) % CHUNK_BYTES
        out += [self._keys.seal(given[at : at + CHUNK_BYTES]) for at in range(0, whole, CHUNK_BYTES)]
        self._rest = bytes(given[whole:])
        return _put(out, buffer)

    def finalize(self) -> bytes:
        """The last chunk, shorter than the others and perhaps empty."""
        return self._head + self._keys.seal(memoryview(self._rest))


class Sm4Decryptor:
    """Decrypts what is given in any pieces; nothing comes out that was not authentic."""

    def __init__(self, key: bytes, context: bytes) -> None:
        self._key, self._context = key, context
        self._keys: Keys | None = None
        self._rest = b""

    def update_into(self, data: memoryview, buffer: memoryview) -> int:
        """Put the content of all whole chunks into the buffer; tell how many bytes these are.

        Raises:
            InvalidTag: not what this key encrypted, or changed.
        """
        given = memoryview(self._rest + data) if self._rest else data
        if self._keys is None:
            if len(given) < HEAD_BYTES:
                self._rest = bytes(given)
                return 0
            self._keys, given = self._read_head(bytes(given[:HEAD_BYTES])), given[HEAD_BYTES:]
        step = CHUNK_BYTES + TAG_BYTES
        whole = len(given) - len(given) % step
        out = [self._keys.open(given[at : at + step]) for at in range(0, whole, step)]
        self._rest = bytes(given[whole:])
        return _put(out, buffer)

    def finalize(self) -> bytes:
        """The content of the last chunk; raises InvalidTag where it is missing or was changed."""
        if self._keys is None or len(self._rest) < TAG_BYTES:
            raise InvalidTag
        return self._keys.open(memoryview(self._rest))

    def _read_head(self, head: bytes) -> Keys:
        keys = Keys(self._key, head[:SALT_BYTES], self._context)
        if not hmac.compare_digest(keys.commitment, head[SALT_BYTES:]):
            raise InvalidTag
        return keys


def _put(pieces: list[bytes], buffer: memoryview) -> int:
    at = 0
    for piece in pieces:
        buffer[at : at + len(piece)] = piece
        at += len(piece)
    return at
