"""The log's signed state: C2SP signed notes, tlog-checkpoint, tlog-cosignature (Ed25519) and tlog-proof.

A checkpoint's key carries the log's origin as its name, so one key never speaks for two logs. We write no extension
lines and accept none. Format: docs/formats/checkpoint.md.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NoReturn

from crypto.signatures import Signer, verify
from kernel.errors import IntegrityBroken

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
MAX_NOTE_CHARS = 1 << 16
PROOF_MAGIC = "c2sp.org/tlog-proof@v1"
KEY_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, its number of entries and its root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The signed text."""
        return f"{self.origin}\n{self.size}\n{write_base64(self.root)}\n"


@dataclass(frozen=True)
class LogProof:
    """An entry's place in a checkpointed log; nothing in it is trusted before it is verified."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str


def vkey(name: str, public: bytes, kind: bytes = ED25519) -> str:
    """The C2SP verifier key line of a log (or, with COSIGNATURE, of a witness)."""
    if not KEY_NAME.fullmatch(name):
        raise ValueError(
            "internal: a key name may not be empty or hold spaces, plus signs or control characters"
        )
    return f"{name}+{key_id(name, kind, public).hex()}+{write_base64(kind + public)}"


def read_vkey(text: str, kind: bytes = ED25519) -> tuple[str, bytes]:
    """The name and public key of a verifier key line of the given kind."""
    name, _, rest = text.partition("+")
    told_id, _, encoded = rest.partition("+")
    material = read_base64(encoded)
    if material[:1] != kind or len(material) != 33 or not KEY_NAME.fullmatch(name):
        _broken("the verifier key is not an Ed25519 key of the expected kind")
    if told_id != key_id(name, kind, material[1:]).hex():
        _broken("the verifier key does not match its own key id")
    return name, material[1:]


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note of a checkpoint; the signer's name must be the log's origin."""
    if signer.name != checkpoint.origin:
        raise ValueError("internal: the log's key must be named as the log's origin")
    body = checkpoint.body()
    return body + "\n" + _signature_line(signer, ED25519, signer.sign(body.encode("utf-8")))


def read_checkpoint(text: str, vkey: str) -> Checkpoint:
    """Verify a signed checkpoint with the log's verifier key.

    Raises:
        IntegrityBroken: not a checkpoint, not of this log, or not signed by its key.
    """
    name, public = read_vkey(vkey)
    body, _ = split_note(text)
    for signature in signatures_of(text, name, key_id(name, ED25519, public)):
        verify(public, signature, body.encode("utf-8"))
    checkpoint = _read_body(body)
    if checkpoint.origin != name:
        _broken("the checkpoint is of another log")
    return checkpoint


def cosign(text: str, signer: Signer, at: int) -> str:
    """The signature line by which a witness cosigns a checkpoint; `at` is in POSIX seconds."""
    body, _ = split_note(text)
    signature = at.to_bytes(8, "big") + signer.sign(_cosigned(body, at))
    return _signature_line(signer, COSIGNATURE, signature)


def check_cosignature(text: str, witness_vkey: str) -> int:
    """Verify a witness's cosignature on a checkpoint and give its time in POSIX seconds."""
    name, public = read_vkey(witness_vkey, COSIGNATURE)
    body, _ = split_note(text)
    at = -1
    for signature in signatures_of(text, name, key_id(name, COSIGNATURE, public)):
        at = int.from_bytes(signature[:8], "big")
        verify(public, signature[8:], _cosigned(body, at))
    return at


def write_proof(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """The C2SP tlog-proof text of an entry's inclusion in a signed checkpoint."""
    lines = [PROOF_MAGIC, f"index {index}", *(write_base64(hash) for hash in hashes)]
    return "\n".join(lines) + "\n\n" + checkpoint


def read_proof(text: str) -> LogProof:
    """Parse a tlog-proof; verify its checkpoint and then the inclusion before trusting it.

    Raises:
        IntegrityBroken: the text is not a tlog-proof without extra data.
    """
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or len(lines) < 2 or lines[0] != PROOF_MAGIC:
        _broken("the text is not a log proof")
    word, _, number = lines[1].partition(" ")
    hashes = tuple(read_base64(line) for line in lines[2:])
    if word != "index" or not NUMBER.fullmatch(number) or any(len(hash) != 32 for hash in hashes):
        _broken("the log proof is malformed")
    return LogProof(int(number), hashes, checkpoint)


def _read_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) != 4 or not NUMBER.fullmatch(lines[1]):
        _broken("the checkpoint is not three lines of origin, size and root")
    root = read_base64(lines[2])
    if len(root) != 32:
        _broken("the root of the checkpoint is not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def split_note(text: str) -> tuple[str, list[str]]:
    """The text of a signed note and the lines of its signatures."""
    body, gap, tail = text.rpartition("\n\n")
    if len(text) > MAX_NOTE_CHARS or not gap or not tail.endswith("\n"):
        _broken("the text is not a signed note")
    if any(char < " " and char != "\n" for char in text):
        _broken("the signed note holds control characters")
    return body + "\n", tail[:-1].split("\n")


def signatures_of(text: str, name: str, wanted_id: bytes) -> list[bytes]:
    """All signatures under this name and key id; there must be one, other keys' lines are passed over."""
    found = []
    for line in split_note(text)[1]:
        dash, *rest = line.split(" ")
        if dash != "—" or len(rest) != 2:
            _broken("the signed note has a malformed signature line")
        raw = read_base64(rest[1])
        if rest[0] == name and raw[:4] == wanted_id:
            found.append(raw[4:])
    if not found:
        _broken("the signed note carries no signature of the expected key")
    return found


def _signature_line(signer: Signer, kind: bytes, signature: bytes) -> str:
    return f"— {signer.name} {write_base64(key_id(signer.name, kind, signer.public) + signature)}\n"


def _cosigned(body: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{body}".encode()


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    """The four bytes by which a signed note names a key."""
    return sha256(name.encode("utf-8") + b"\n" + kind + public).digest()[:4]


def write_base64(data: bytes) -> str:
    """Standard padded base64, as C2SP asks; our own formats use `canonical.b64`."""
    return base64.b64encode(data).decode("ascii")


def read_base64(text: str) -> bytes:
    """Read what `write_base64` wrote, and nothing else.

    Raises:
        IntegrityBroken: it is no canonical base64.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        _broken("a base64 value is malformed")
    if write_base64(data) != text:
        _broken("a base64 value is malformed")
    return data


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=what)
