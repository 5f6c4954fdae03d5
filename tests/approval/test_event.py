"""The chain of a case's events follows its written format; a change anywhere is named by its number."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approval.event import FIRST, chain, event_bytes, first_broken
from crypto.canonical import read_canonical, tagged_hash
from tools.vectors.case_event import events

VECTORS = Path(__file__).parents[1] / "vectors/case-event/chain.json"


def test_the_vectors_are_what_the_format_says() -> None:
    kept = json.loads(VECTORS.read_text())
    previous = bytes.fromhex(kept["first"])
    assert previous == FIRST
    for row, event in zip(kept["events"], events(), strict=True):
        assert row["bytes"].encode() == event_bytes(event)
        previous = tagged_hash("case-event", previous, row["bytes"].encode())
        assert previous.hex() == row["hash"]
        assert chain(bytes.fromhex(kept["first"]), events()[0]).hex() == kept["events"][0]["hash"]


def test_an_event_is_canonical() -> None:
    assert all(isinstance(read_canonical(event_bytes(event)), dict) for event in events())


def kept_chain() -> list[tuple[object, bytes]]:
    rows = json.loads(VECTORS.read_text())["events"]
    return [(event, bytes.fromhex(row["hash"])) for event, row in zip(events(), rows, strict=True)]


@given(st.permutations(range(4)))
def test_another_order_is_named_at_the_first_event_out_of_place(order: list[int]) -> None:
    rows = kept_chain()
    expected = next((place + 1 for place, number in enumerate(order) if place != number), None)
    assert first_broken([rows[number] for number in order]) == expected  # type: ignore[misc]


@pytest.mark.parametrize("gone", range(3))
def test_a_missing_event_is_named(gone: int) -> None:
    rows = kept_chain()
    assert first_broken(rows[:gone] + rows[gone + 1 :]) == gone + 1  # type: ignore[arg-type]


@given(st.integers(0, 3), st.integers(0, 31), st.integers(1, 255))
def test_a_changed_byte_of_a_hash_is_named(place: int, byte: int, change: int) -> None:
    rows = kept_chain()
    event, kept = rows[place]
    rows[place] = event, kept[:byte] + bytes([kept[byte] ^ change]) + kept[byte + 1 :]
    assert first_broken(rows) == place + 1  # type: ignore[arg-type]
