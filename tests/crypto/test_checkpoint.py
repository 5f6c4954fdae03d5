"""Checkpoints, cosignatures and log proofs: the C2SP formats, strictly."""

import base64
from hashlib import sha256

import pytest

from crypto.checkpoint import (
    COSIGNATURE,
    Checkpoint,
    LogProof,
    check_cosignature,
    cosign,
    read_checkpoint,
    read_proof,
    read_vkey,
    sign_checkpoint,
    vkey,
    write_proof,
)
from crypto.signatures import Signer
from kernel.errors import IntegrityBroken

LOG = Signer("mingtang.example/log", b"\x01" * 32)
WITNESS = Signer("witness.example", b"\x02" * 32)
STATE = Checkpoint(LOG.name, 7, bytes(range(32)))
NOTE = sign_checkpoint(STATE, LOG)
VKEY = vkey(LOG.name, LOG.public)
WITNESS_VKEY = vkey(WITNESS.name, WITNESS.public, COSIGNATURE)


def b64std(data: bytes) -> str:
    return base64.b64encode(data).decode()


def signed(body: str, signer: Signer = LOG) -> str:
    """A note over any text, signed rightly."""
    key_id = sha256(signer.name.encode() + b"\n\x01" + signer.public).digest()[:4]
    return f"{body}\n— {signer.name} {b64std(key_id + signer.sign(body.encode()))}\n"


def test_a_checkpoint_is_a_c2sp_note() -> None:
    assert signed(f"{LOG.name}\n7\n{b64std(STATE.root)}\n") == NOTE
    assert read_checkpoint(NOTE, VKEY) == STATE


def test_verifier_keys_have_the_c2sp_form() -> None:
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, public = read_vkey(known)
    assert (name, vkey(name, public)) == ("PeterNeumann", known)


def test_other_keys_on_a_note_are_passed_over() -> None:
    assert read_checkpoint(NOTE + cosign(NOTE, WITNESS, 1700000000), VKEY) == STATE


def test_a_cosignature_says_when() -> None:
    note = NOTE + cosign(NOTE, WITNESS, 1700000000)
    assert check_cosignature(note, WITNESS_VKEY) == 1700000000


@pytest.mark.parametrize("at", range(0, len(NOTE), 3))
def test_any_changed_character_is_found(at: int) -> None:
    changed = NOTE[:at] + ("A" if NOTE[at] != "A" else "B") + NOTE[at + 1 :]
    with pytest.raises(IntegrityBroken):
        read_checkpoint(changed, VKEY)


ROOT = b64std(STATE.root)


@pytest.mark.parametrize(
    "note",
    [
        "",
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE + "x\n",
        NOTE + "— onlyname\n",
        NOTE + "— name é\n",
        NOTE + "— name AB==\n",
        NOTE.replace("log", "log\t", 1),
        NOTE + "— a AAAA\n" * 8000,
        signed(f"{LOG.name}\n7\n{ROOT}\nextension\n"),
        signed(f"{LOG.name}\n07\n{ROOT}\n"),
        signed(f"{LOG.name}\n-7\n{ROOT}\n"),
        signed(f"{LOG.name}\n7\n{b64std(bytes(31))}\n"),
        signed(f"{LOG.name}\n7\n{ROOT[:-1]}\n"),
        signed(f"another.example/log\n7\n{ROOT}\n"),
        sign_checkpoint(Checkpoint(WITNESS.name, 7, STATE.root), WITNESS),
        NOTE + NOTE.rpartition("\n\n")[2][:-10] + "AAAAAAAA=\n",
    ],
)
def test_what_is_not_exactly_a_checkpoint_of_this_log_is_refused(note: str) -> None:
    with pytest.raises(IntegrityBroken):
        read_checkpoint(note, VKEY)


def test_a_cosignature_with_another_time_or_key_is_refused() -> None:
    line = cosign(NOTE, WITNESS, 1700000000)
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[11] ^= 1
    for note in (NOTE, NOTE + f"— {WITNESS.name} {b64std(bytes(raw))}\n"):
        with pytest.raises(IntegrityBroken):
            check_cosignature(note, WITNESS_VKEY)


def test_a_log_key_may_not_sign_for_another_origin() -> None:
    with pytest.raises(ValueError, match="named as the log"):
        sign_checkpoint(STATE, WITNESS)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x00"])
def test_unfit_key_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="key name"):
        vkey(name, LOG.public)


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+AA==", WITNESS_VKEY, VKEY.replace("mingtang", "mingtanh"), VKEY + "="]
)
def test_unfit_verifier_keys_are_refused(text: str) -> None:
    with pytest.raises(IntegrityBroken):
        read_checkpoint(NOTE, text)


@pytest.mark.parametrize("hashes", [(), (bytes(32),), (bytes(32), b"\x07" * 32)])
def test_a_log_proof_reads_as_written(hashes: tuple[bytes, ...]) -> None:
    assert read_proof(write_proof(3, hashes, NOTE)) == LogProof(3, hashes, NOTE)


PROOF = write_proof(3, [bytes(32)], NOTE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n\n" + NOTE,
        PROOF.replace("@v1", "@v2"),
        PROOF.replace("index 3", "index 03"),
        PROOF.replace("index 3", "extra AA==\nindex 3"),
        PROOF.replace("index 3", "place 3"),
        PROOF.replace("A=\n", "A\n", 1),
        write_proof(3, [bytes(31)], NOTE),
        PROOF.replace("\n\n", "\n"),
    ],
)
def test_a_malformed_log_proof_is_refused(text: str) -> None:
    with pytest.raises(IntegrityBroken):
        read_proof(text)
