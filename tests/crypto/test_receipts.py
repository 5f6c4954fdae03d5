"""Receipts: checkable offline, and the first thing that does not fit is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crypto.canonical import b64, unb64
from crypto.checkpoint import COSIGNATURE, Checkpoint, check_cosignature, cosign, sign_checkpoint, vkey
from crypto.log_entry import fact_bytes, leaf_data
from crypto.merkle import Frontier, inclusion_of_next, leaf_hash
from crypto.receipts import SEALED, WITHDRAWN, ReceiptFacts, check_receipt, make_receipt
from crypto.signatures import Signer, sign_statement
from crypto.timestamps import issue, make_authority
from kernel.errors import BadInput, IntegrityBroken

AT = datetime(2026, 11, 21, 1, 30, 0, 123456, tzinfo=UTC)
PLATFORM = Signer("receipts", b"\x01" * 32)
LOG = Signer("mingtang.example/log", b"\x02" * 32)
AUTHORITY = make_authority("Test authority", AT)
DIGEST = b"\xdd" * 32
SALT = b"\x05" * 32
FACTS = ReceiptFacts(
    kind=SEALED,
    tender_id="tender-1",
    lot_id="lot-1",
    bidder_id="bidder-1",
    bid_id="bid-1",
    submission_id="submission-1",
    envelope_digest=DIGEST,
    envelope_size=9000,
    received_at=AT,
    log_index=5,
)


def log_before() -> Frontier:
    frontier = Frontier()
    for number in range(5):
        frontier = frontier.append(leaf_hash(bytes([number])))
    return frontier


def logged(facts: ReceiptFacts, **change: Any) -> bytes:
    fields: dict[str, Any] = {"kind": facts.kind, "subject": facts.bid_id, "tender": facts.tender_id}
    data = {"digest": facts.envelope_digest.hex(), "lot": facts.lot_id} | change.pop("data", {})
    return fact_bytes(**fields | change, at=AT, data=data)


def receipt_of(
    facts: ReceiptFacts = FACTS, fact: bytes | None = None, token: bytes | None = None
) -> dict[str, Any]:
    fact = logged(facts) if fact is None else fact
    before = log_before()
    after = before.append(leaf_hash(leaf_data(SALT, fact)))
    note = sign_checkpoint(Checkpoint(LOG.name, after.size, after.root()), LOG)
    return make_receipt(
        facts,
        signer=PLATFORM,
        token=issue(AUTHORITY, facts.envelope_digest, facts.received_at, 1) if token is None else token,
        fact=fact,
        salt=SALT,
        hashes=inclusion_of_next(before),
        checkpoint=note,
    )


def check(receipt: Any, **change: Any) -> ReceiptFacts:
    pinned: dict[str, Any] = {
        "log_vkey": vkey(LOG.name, LOG.public),
        "platform_public": PLATFORM.public,
        "tsa_certificate": AUTHORITY.certificate,
        "envelope_digest": DIGEST,
    }
    return check_receipt(receipt, **pinned | change)


@pytest.mark.parametrize("facts", [FACTS, replace(FACTS, replaces="bid-0"), replace(FACTS, kind=WITHDRAWN)])
def test_a_receipt_says_what_happened(facts: ReceiptFacts) -> None:
    assert check(receipt_of(facts)) == facts
    assert check(receipt_of(facts), envelope_digest=None) == facts


def test_witnesses_may_cosign_later() -> None:
    witness = Signer("witness.example", b"\x03" * 32)
    receipt = receipt_of()
    head, _, note = receipt["proof"].partition("\n\n")
    cosigned = note + cosign(note, witness, 1700000000)
    assert check(receipt | {"proof": f"{head}\n\n{cosigned}"}) == FACTS
    assert check_cosignature(cosigned, vkey(witness.name, witness.public, COSIGNATURE)) == 1700000000


def test_a_receipt_of_another_file_is_refused() -> None:
    with pytest.raises(IntegrityBroken, match="another envelope"):
        check(receipt_of(), envelope_digest=bytes(32))


OTHER = make_authority("Test authority", AT)


@pytest.mark.parametrize(
    "pinned",
    [
        {"log_vkey": vkey(LOG.name, PLATFORM.public)},
        {"log_vkey": vkey("another.example/log", LOG.public)},
        {"platform_public": LOG.public},
        {"tsa_certificate": OTHER.certificate},
    ],
)
def test_only_the_pinned_keys_count(pinned: dict[str, Any]) -> None:
    with pytest.raises(IntegrityBroken):
        check(receipt_of(), **pinned)


@pytest.mark.parametrize(
    ("receipt", "what"),
    [
        (receipt_of(token=issue(AUTHORITY, DIGEST, AT + timedelta(microseconds=1), 1)), "another time"),
        (receipt_of(token=issue(AUTHORITY, bytes(32), AT, 1)), "timestamp token"),
        (receipt_of(fact=logged(FACTS, kind="bid.withdrawn")), "another act"),
        (receipt_of(fact=logged(FACTS, subject="bid-2")), "another act"),
        (receipt_of(fact=logged(FACTS, tender="tender-2")), "another act"),
        (receipt_of(fact=logged(FACTS, data={"digest": "00"})), "another envelope"),
        (receipt_of(fact=logged(FACTS, data={"lot": "lot-2"})), "other circumstances"),
        (receipt_of(fact=logged(FACTS, data={"token": "00"})), "other circumstances"),
        (receipt_of(fact=fact_bytes(SEALED, "bid-1", "tender-1", AT, {})), "other circumstances"),
        (receipt_of(replace(FACTS, log_index=4)), "does not lead to the root"),
        (receipt_of(replace(FACTS, log_index=6)), "no leaf"),
        (receipt_of() | {"salt": b64(bytes(32))}, "does not lead to the root"),
        (receipt_of() | {"proof": receipt_of(replace(FACTS, log_index=4))["proof"]}, "another entry"),
        (receipt_of() | {"proof": ""}, "not a log proof"),
    ],
)
def test_the_first_thing_that_does_not_fit_is_named(receipt: dict[str, Any], what: str) -> None:
    with pytest.raises(IntegrityBroken, match=what):
        check(receipt)


def restated(**change: Any) -> dict[str, Any]:
    """A receipt whose signed statement the platform itself wrote wrongly."""
    body = FACTS.to_json() | change
    return receipt_of() | {"statement": sign_statement(PLATFORM, "receipt", body)}


@pytest.mark.parametrize(
    "receipt",
    [
        None,
        [],
        {},
        receipt_of() | {"v": 2},
        receipt_of() | {"v": True},
        receipt_of() | {"extra": 1},
        receipt_of() | {"token": 5},
        receipt_of() | {"salt": b64(bytes(31))},
        receipt_of() | {"fact": b64(b"{}")},
        receipt_of() | {"proof": 5},
        receipt_of() | {"statement": 5},
        restated(kind="bid.opened"),
        restated(digest=DIGEST.hex().upper()),
        restated(digest="xy"),
        restated(digest=5),
        restated(size="9000"),
        restated(size=True),
        restated(log_index="5"),
        restated(received_at="2026-11-21T09:30:00.123456+08:00"),
        restated(received_at="soon"),
        restated(extra=1),
    ],
)
def test_what_is_not_shaped_as_a_receipt_is_refused(receipt: Any) -> None:
    with pytest.raises(BadInput):
        check(receipt)


def flipped(text: str, at: int) -> str:
    raw = bytearray(unb64(text))
    raw[at] ^= 1
    return b64(bytes(raw))


@pytest.mark.parametrize("field", ["fact", "salt", "token"])
def test_a_flipped_bit_in_any_part_is_found(field: str) -> None:
    receipt = receipt_of()
    for at in (0, 20, -1):
        with pytest.raises((IntegrityBroken, BadInput)):
            check(receipt | {field: flipped(receipt[field], at)})
