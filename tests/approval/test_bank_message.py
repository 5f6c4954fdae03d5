"""What the bank signs is taken, and nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approval.bank_message import BankPayment, read_message, sign_message, write_message
from crypto.canonical import canonical
from kernel.errors import BadInput, NotAllowed

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/bank-message/messages.json").read_text())
KEY = bytes(range(32))


def test_the_vector_of_the_format_holds() -> None:
    for vector in VECTORS["messages"]:
        message = vector["message"].encode()
        payment = read_message(bytes.fromhex(VECTORS["key"]), message, vector["proof"])
        assert write_message(payment) == message


@given(place=st.integers(0, 80), other=st.integers(1, 255))
def test_a_changed_byte_is_refused(place: int, other: int) -> None:
    message = write_message(BankPayment("B-1", "reference", 2500))
    proof, place = sign_message(KEY, message), place % len(message)
    changed = bytes([*message[:place], message[place] ^ other, *message[place + 1 :]])
    with pytest.raises(NotAllowed):
        read_message(KEY, changed, proof)


@pytest.mark.parametrize("proof", ["", "00" * 32, "ß"])
def test_a_wrong_proof_is_refused(proof: str) -> None:
    with pytest.raises(NotAllowed):
        read_message(KEY, write_message(BankPayment("B-1", "r", 1)), proof)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"v": 2, "bill": "B", "reference": "r", "amount_fen": 1},
        {"v": 1, "bill": "B", "reference": "r"},
        {"v": 1, "bill": 1, "reference": "r", "amount_fen": 1},
        {"v": 1, "bill": "B", "reference": "", "amount_fen": 1},
        {"v": 1, "bill": "B", "reference": "r", "amount_fen": "1"},
    ],
)
def test_a_signed_message_of_another_form_is_malformed(data: object) -> None:
    message = canonical(data)
    with pytest.raises(BadInput):
        read_message(KEY, message, sign_message(KEY, message))
