"""Witnesses of the log: the request by which a head is shown to one, and what a witness must find before it signs.

C2SP tlog-witness and tlog-cosignature. A witness remembers the last head it signed and never signs one that does not
contain it, so two histories of one log cannot both carry its name. Format: docs/formats/checkpoint.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crypto.checkpoint import (
    COSIGNATURE,
    MAX_NOTE_CHARS,
    NUMBER,
    Checkpoint,
    check_cosignature,
    read_base64,
    read_vkey,
    write_base64,
)
from crypto.merkle import NodeReader, consistency_proof, verify_consistency
from kernel.errors import BadInput, IntegrityBroken

MAX_PROOF_LINES = 63


@dataclass(frozen=True)
class Witness:
    """A witness as an operator or a reader knows it; without `url` it comes by itself."""

    name: str
    vkey: str
    url: str = ""


@dataclass(frozen=True)
class AddCheckpoint:
    """What a log sends: the size that the witness signed last, the way from there, the new signed head."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str


@dataclass(frozen=True)
class SeenHead:
    """The last head that a witness signed."""

    size: int
    root: bytes


def write_request(old_size: int, proof: Sequence[bytes], note: str) -> str:
    """The body of add-checkpoint."""
    return "\n".join([f"old {old_size}", *map(write_base64, proof)]) + "\n\n" + note


def read_request(text: str) -> AddCheckpoint:
    """Read the body of add-checkpoint.

    Raises:
        BadInput: it is not one.
    """
    head, gap, note = text.partition("\n\n")
    word, _, size = head.split("\n")[0].partition(" ")
    lines = head.split("\n")[1:]
    if len(text) > 2 * MAX_NOTE_CHARS or not gap or word != "old" or not NUMBER.fullmatch(size):
        raise BadInput(where="request", why="it begins with a line `old SIZE` and holds a signed head")
    if len(lines) > MAX_PROOF_LINES:
        raise BadInput(where="request", why=f"a proof has at most {MAX_PROOF_LINES} lines")
    try:
        proof = tuple(read_base64(line) for line in lines)
    except IntegrityBroken:
        raise BadInput(where="request", why="the lines of the proof are base64") from None
    return AddCheckpoint(int(size), proof, note)


def judge(seen: SeenHead | None, request: AddCheckpoint, head: Checkpoint) -> int | None:
    """Whether a head may be signed: None, or the size signed last where the request starts from another.

    Raises:
        BadInput: the head is smaller than the size that the request starts from.
        IntegrityBroken: the head does not contain the one signed last.
    """
    last = seen or SeenHead(0, b"")
    if request.old_size > head.size:
        raise BadInput(where="request", why="the head is smaller than the old size")
    if request.old_size != last.size:
        return last.size
    if not last.size:
        if request.proof:
            raise IntegrityBroken(what="nothing was signed before, so there is nothing to prove")
    elif head.size == last.size:
        if head.root != last.root or request.proof:
            raise IntegrityBroken(what="the log shows two heads of one size")
    else:
        verify_consistency(last.size, head.size, request.proof, last.root, head.root)
    return None


def way_between(old_size: int, new_size: int, node: NodeReader) -> tuple[bytes, ...]:
    """The consistency proof that a request carries; empty from nothing, and between equal sizes."""
    return consistency_proof(old_size, new_size, node) if 0 < old_size < new_size else ()


def read_witnesses(text: str) -> tuple[Witness, ...]:
    """The witnesses of a file: one line each, a verifier key and perhaps an address.

    Raises:
        ValueError: a line is no such thing.
    """
    found = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            name, _ = read_vkey(words[0], COSIGNATURE)
        except IntegrityBroken as broken:
            raise ValueError(f"no verifier key of a witness: {broken}") from None
        if len(words) > 2 or (len(words) == 2 and not words[1].startswith(("http://", "https://"))):
            raise ValueError(f"the witness {name}: a line has a verifier key and perhaps one http address")
        found.append(Witness(name, words[0], words[1].rstrip("/") if len(words) == 2 else ""))
    if len({witness.name for witness in found}) != len(found):
        raise ValueError("a witness is named twice")
    return tuple(found)


def cosigned_by(note: str, witnesses: Iterable[Witness]) -> dict[str, int]:
    """The witnesses whose cosignatures on a head hold, each with its time in POSIX seconds.

    Raises:
        IntegrityBroken: a line under a witness's key does not hold.
    """
    found = {}
    for witness in witnesses:
        name, _ = read_vkey(witness.vkey, COSIGNATURE)
        if any(line.startswith(f"— {name} ") for line in note.splitlines()):
            found[name] = check_cosignature(note, witness.vkey)
    return found


def check_quorum(note: str, witnesses: Iterable[Witness], quorum: int) -> dict[str, int]:
    """The witnesses that cosigned; raises IntegrityBroken when they are fewer than `quorum`."""
    found = cosigned_by(note, witnesses)
    if len(found) < quorum:
        raise IntegrityBroken(what=f"{len(found)} known witnesses cosigned this head, {quorum} are demanded")
    return found
