"""The draw's numbers: the page's words, no bias, vectors."""

import hashlib
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.seeded_random import SeededRandom
from kernel.errors import BadInput

SEEDS = st.binary(min_size=32, max_size=32)


def stream(seed: bytes, blocks: int) -> bytes:
    label = b"mingtang-seeded-random/v1\x00"
    return b"".join(hashlib.sha256(label + seed + i.to_bytes(8, "big")).digest() for i in range(blocks))


@given(SEEDS, st.lists(st.integers(1, 2**80), max_size=20))
def test_numbers_are_read_from_the_stream_as_the_page_says(seed: bytes, limits: list[int]) -> None:
    source, data, at = SeededRandom(seed), stream(seed, 60), 0
    for n in limits:
        width = ((n - 1).bit_length() + 7) // 8
        while True:
            value = int.from_bytes(data[at : at + width], "big") % (1 << (n - 1).bit_length())
            at += width
            if value < n:
                break
        assert source.below(n) == value


@pytest.mark.parametrize("n", [1, 2, 3, 255, 256, 257, 2**64 + 1])
def test_every_number_is_below_n(n: int) -> None:
    source = SeededRandom(bytes(32))
    assert all(0 <= source.below(n) < n for _ in range(300))


def test_one_possibility_takes_nothing_from_the_stream() -> None:
    one, two = SeededRandom(bytes(32)), SeededRandom(bytes(32))
    one.below(1)
    assert one.below(2**64) == two.below(2**64)


def test_no_number_is_preferred() -> None:
    source = SeededRandom(b"\x05" * 32)
    counts = Counter(source.below(6) for _ in range(6000))
    assert set(counts) == set(range(6))
    assert max(abs(count - 1000) for count in counts.values()) < 150


def test_every_order_comes_up() -> None:
    source = SeededRandom(b"\x06" * 32)
    counts = Counter(tuple(source.shuffle("abc")) for _ in range(600))
    assert set(counts) == set(permutations("abc"))


@given(SEEDS, st.lists(st.integers()))
def test_shuffling_keeps_the_items_and_leaves_the_list(seed: bytes, items: list[int]) -> None:
    before = list(items)
    assert sorted(SeededRandom(seed).shuffle(items)) == sorted(items)
    assert items == before


@pytest.mark.parametrize("n", [0, -1])
def test_n_must_be_positive(n: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        SeededRandom(bytes(32)).below(n)


@pytest.mark.parametrize("size", [31, 33])
def test_a_seed_has_32_bytes(size: int) -> None:
    with pytest.raises(BadInput):
        SeededRandom(bytes(size))
