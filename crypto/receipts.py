"""The receipt a bidder keeps: a signed statement, the timestamp over the envelope and its place in the log.

Checked offline, in this order: shape, statement signature, timestamp, disclosed fact, log inclusion. A receipt
exists only with an inclusion proof, so any two receipts belong to one append-only log.
Format: docs/formats/receipt.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NoReturn

from crypto.canonical import b64, unb64
from crypto.checkpoint import read_checkpoint, read_proof, write_proof
from crypto.log_entry import SALT_BYTES, leaf_data, read_fact
from crypto.merkle import leaf_hash, verify_inclusion
from crypto.signatures import Signer, check_statement, sign_statement
from crypto.timestamps import check_token
from kernel.clock import read_time, write_time
from kernel.errors import BadInput, IntegrityBroken

STATEMENT = "receipt"
SEALED, WITHDRAWN = "bid.sealed", "bid.withdrawn"
RECEIPT_FIELDS = {"v", "statement", "fact", "salt", "token", "proof"}


@dataclass(frozen=True)
class ReceiptFacts:
    """What a receipt says; `kind` is the kind of the logged fact, `received_at` the token's genTime."""

    kind: str
    tender_id: str
    lot_id: str
    bidder_id: str
    bid_id: str
    submission_id: str
    envelope_digest: bytes
    envelope_size: int
    received_at: datetime
    log_index: int
    replaces: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The body of the statement."""
        return {
            "kind": self.kind,
            "tender": self.tender_id,
            "lot": self.lot_id,
            "bidder": self.bidder_id,
            "bid": self.bid_id,
            "submission": self.submission_id,
            "digest": self.envelope_digest.hex(),
            "size": self.envelope_size,
            "received_at": write_time(self.received_at),
            "log_index": self.log_index,
            "replaces": self.replaces,
        }


def make_receipt(
    facts: ReceiptFacts,
    *,
    signer: Signer,
    token: bytes,
    fact: bytes,
    salt: bytes,
    hashes: Sequence[bytes],
    checkpoint: str,
) -> dict[str, Any]:
    """Put a receipt together: `fact` and `salt` as logged, `hashes` the audit path in the signed checkpoint."""
    return {
        "v": 1,
        "statement": sign_statement(signer, STATEMENT, facts.to_json()),
        "fact": b64(fact),
        "salt": b64(salt),
        "token": b64(token),
        "proof": write_proof(facts.log_index, hashes, checkpoint),
    }


def check_receipt(
    receipt: Any,
    *,
    log_vkey: str,
    platform_public: bytes,
    tsa_certificate: bytes,
    envelope_digest: bytes | None = None,
) -> ReceiptFacts:
    """Check a receipt against the platform's pinned keys, and against the bidder's own file when its digest is given.

    Raises:
        BadInput: it is not shaped as a receipt.
        IntegrityBroken: names the first thing that does not fit.
    """
    if (
        not isinstance(receipt, dict)
        or set(receipt) != RECEIPT_FIELDS
        or receipt["v"] != 1
        or receipt["v"] is True
    ):
        raise BadInput(where="receipt", why="it does not have the fields of version 1")
    facts = _read_facts(check_statement(receipt["statement"], STATEMENT, platform_public))
    if envelope_digest is not None and envelope_digest != facts.envelope_digest:
        _broken("the receipt is for another envelope")
    token = unb64(receipt["token"])
    if check_token(token, facts.envelope_digest, tsa_certificate) != facts.received_at:
        _broken("the receipt names another time than its timestamp token")
    fact = unb64(receipt["fact"])
    _check_fact(fact, facts, token)
    leaf = leaf_hash(leaf_data(unb64(receipt["salt"], length=SALT_BYTES), fact))
    _check_inclusion(receipt["proof"], leaf, facts, log_vkey)
    return facts


def _check_fact(fact: bytes, facts: ReceiptFacts, token: bytes) -> None:
    """The logged fact must be the very act of this receipt; it names the digest and may name more."""
    logged = read_fact(fact)
    if (logged.kind, logged.subject, logged.tender_id) != (facts.kind, facts.bid_id, facts.tender_id):
        _broken("the log entry of the receipt is about another act")
    known = {
        "digest": facts.envelope_digest.hex(),
        "lot": facts.lot_id,
        "bidder": facts.bidder_id,
        "submission": facts.submission_id,
        "received_at": write_time(facts.received_at),
        "replaces": facts.replaces,
        "token": sha256(token).hexdigest(),
    }
    differing = [name for name, value in logged.data.items() if name in known and value != known[name]]
    if differing or "digest" not in logged.data:
        _broken("the log entry of the receipt names another envelope or other circumstances")


def _check_inclusion(proof_text: Any, leaf: bytes, facts: ReceiptFacts, log_vkey: str) -> None:
    if not isinstance(proof_text, str):
        raise BadInput(where="receipt", why="the proof must be text")
    proof = read_proof(proof_text)
    if proof.index != facts.log_index:
        _broken("the log proof is of another entry than the receipt names")
    checkpoint = read_checkpoint(proof.checkpoint, log_vkey)
    verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)


def _read_facts(body: dict[str, Any]) -> ReceiptFacts:
    try:
        facts = ReceiptFacts(
            kind=body["kind"],
            tender_id=body["tender"],
            lot_id=body["lot"],
            bidder_id=body["bidder"],
            bid_id=body["bid"],
            submission_id=body["submission"],
            envelope_digest=bytes.fromhex(body["digest"]),
            envelope_size=body["size"],
            received_at=read_time(body["received_at"]),
            log_index=body["log_index"],
            replaces=body["replaces"],
        )
        printed = facts.to_json()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput(where="receipt", why="the statement does not have the fields of version 1") from None
    numbers = (facts.envelope_size, facts.log_index)
    if (
        printed != body
        or facts.kind not in {SEALED, WITHDRAWN}
        or any(type(number) is not int for number in numbers)
    ):
        raise BadInput(where="receipt", why="the statement is not written as version 1 writes it")
    return facts


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=what)
