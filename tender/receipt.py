"""What a receipt of this platform says about a bid that came in or was withdrawn."""

import json
from collections.abc import Mapping
from hashlib import sha256

from crypto.canonical import JsonValue
from crypto.receipts import ReceiptFacts, make_receipt
from crypto.signatures import Signer
from kernel.clock import write_time


def log_data(
    facts: ReceiptFacts, token: bytes, outside: Mapping[str, bytes | None], signing: str = ""
) -> dict[str, JsonValue]:
    """What the log keeps of the act; the tokens' hashes tie the timestamps to the entry, null where one is awaited.

    `signing` is the digest of why a certificate was accepted, where one signed.
    """
    more: dict[str, JsonValue] = {
        name: None if found is None else sha256(found).hexdigest() for name, found in outside.items()
    }
    return {
        "digest": facts.envelope_digest.hex(),
        "lot": facts.lot_id,
        "bidder": facts.bidder_id,
        "submission": facts.submission_id,
        "received_at": write_time(facts.received_at),
        "token": sha256(token).hexdigest(),
        "replaces": facts.replaces,
        **({"tokens": more} if more else {}),
        **({"signing": signing} if signing else {}),
    }


def write_receipt(
    facts: ReceiptFacts,
    *,
    signer: Signer,
    token: bytes,
    fact: bytes,
    salt: bytes,
    hashes: tuple[bytes, ...],
    checkpoint: str,
) -> str:
    """The receipt as it is stored and handed out."""
    receipt = make_receipt(
        facts, signer=signer, token=token, fact=fact, salt=salt, hashes=hashes, checkpoint=checkpoint
    )
    return json.dumps(receipt, ensure_ascii=False, separators=(",", ":"))
