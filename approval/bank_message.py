"""What the bank tells of a payment, and how it proves that it is the bank: a keyed hash over the canonical bytes.

Format and vector: docs/formats/bank-message.md.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from crypto.canonical import canonical, expand, read_canonical
from kernel.errors import BadInput, NotAllowed

LONGEST = 4096  # bytes of one message


@dataclass(frozen=True)
class BankPayment:
    """One payment: the number of the bill, the bank's own reference, the amount in fen."""

    bill: str
    reference: str
    amount_fen: int


def write_message(payment: BankPayment) -> bytes:
    """The bytes that are signed."""
    return canonical({"v": 1, **vars(payment)})


def sign_message(key: bytes, message: bytes) -> str:
    """The proof, as hex, that goes with a message."""
    return hmac.new(expand(key, "bank-message"), message, sha256).hexdigest()


def read_message(key: bytes, message: bytes, proof: str) -> BankPayment:
    """The payment that a message tells of.

    Raises:
        NotAllowed: the proof does not fit; nothing of the message was looked at.
        BadInput: the message is signed, and malformed.
    """
    if not hmac.compare_digest(sign_message(key, message[: LONGEST + 1]).encode(), proof.encode()):
        raise NotAllowed(duty="message signed by the bank")
    data = read_canonical(message)
    if (
        not isinstance(data, dict)
        or data.pop("v", None) != 1
        or set(data) != {"bill", "reference", "amount_fen"}
    ):
        raise BadInput(where="message", why="give v, bill, reference and amount_fen")
    if not (isinstance(data["bill"], str) and isinstance(data["reference"], str)):
        raise BadInput(where="message", why="bill and reference are texts")
    if not isinstance(data["amount_fen"], int) or not 1 <= len(data["reference"]) <= 100:
        raise BadInput(where="message", why="the amount is whole fen, the reference 1 to 100 characters")
    return BankPayment(**data)
