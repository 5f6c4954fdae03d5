"""Dealing a seed: any k shares restore it, fewer tell nothing, a lie is named."""

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.canonical import expand, tagged_hash
from crypto.key_shares import (
    Share,
    combine,
    commitments,
    deal,
    is_faithful_dealing,
    is_good_share,
    read_share,
)
from kernel.errors import BadInput

SEED = bytes(range(200, 232))
CTX = b"\x0c" * 32


def peasant(left: int, right: int) -> int:
    """Multiplication in GF(2^8)/0x11b, bit by bit: independent of tables and generators."""
    product = 0
    while right:
        product ^= left * (right & 1)
        left = (left << 1) ^ (0x11B if left & 0x80 else 0)
        right >>= 1
    return product


def inverse(value: int) -> int:
    return next(other for other in range(1, 256) if peasant(value, other) == 1)


def by_the_book(shares: tuple[Share, ...]) -> bytes:
    """Lagrange's formula at 0, byte by byte."""
    seed = bytearray(32)
    for place in range(32):
        for one in shares:
            term = one.y[place]
            for other in shares:
                if other.index != one.index:
                    term = peasant(peasant(term, other.index), inverse(other.index ^ one.index))
            seed[place] ^= term
    return bytes(seed)


def test_shares_lie_on_the_derived_polynomial() -> None:
    coefficients = [SEED, *(expand(SEED, "coef", CTX, bytes([j])) for j in (1, 2))]
    for share in deal(SEED, CTX, 3, 5):
        for place in range(32):
            x, value = share.index, 0
            for coefficient in reversed(coefficients):
                value = peasant(value, x) ^ coefficient[place]
            assert value == share.y[place]
        assert share.r == expand(SEED, "blind", CTX, bytes([share.index]))


@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 3), (2, 3), (3, 5), (5, 5), (32, 32)])
def test_every_k_shares_restore_the_seed(k: int, n: int) -> None:
    shares = deal(SEED, CTX, k, n)
    for subset in combinations(shares, k):
        assert combine(subset) == SEED


def test_lagrange_by_the_book_agrees() -> None:
    for subset in combinations(deal(SEED, CTX, 3, 4), 3):
        assert combine(subset) == SEED == by_the_book(subset)


def test_order_does_not_matter() -> None:
    for order in permutations(deal(SEED, CTX, 3, 3)):
        assert combine(order) == SEED


def test_fewer_shares_give_something_else() -> None:
    assert combine(deal(SEED, CTX, 3, 5)[:2]) != SEED


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.integers(1, 8), st.integers(0, 8))
def test_dealing_again_gives_the_same_commitments(seed: bytes, k: int, more: int) -> None:
    shares = deal(seed, CTX, k, k + more)
    committed = commitments(CTX, shares)
    assert combine(shares[more:]) == seed
    assert is_faithful_dealing(seed, CTX, k, committed)
    assert not is_faithful_dealing(seed, CTX, k, (*committed[:-1], bytes(32)))
    assert not is_faithful_dealing(seed, CTX[::-1] + b"x", k, committed)


def test_a_share_is_good_only_with_its_own_commitment() -> None:
    shares = deal(SEED, CTX, 2, 3)
    committed = commitments(CTX, shares)
    assert committed[0] == tagged_hash("share", CTX, b"\x01", shares[0].y, shares[0].r)
    assert all(is_good_share(CTX, share, item) for share, item in zip(shares, committed, strict=True))
    liar = Share(1, shares[0].y[:-1] + b"\x00", shares[0].r)
    for share in (liar, Share(2, shares[0].y, shares[0].r), Share(1, shares[0].y, shares[1].r)):
        assert not is_good_share(CTX, share, committed[0])


def test_shares_travel_as_64_bytes() -> None:
    share = deal(SEED, CTX, 2, 3)[1]
    assert read_share(2, share.to_bytes()) == share
    for size in (63, 65):
        with pytest.raises(BadInput):
            read_share(2, bytes(size))


@pytest.mark.parametrize(("size", "k", "n"), [(32, 0, 1), (32, 3, 2), (32, 1, 33), (31, 1, 1), (33, 1, 1)])
def test_impossible_dealings_are_refused(size: int, k: int, n: int) -> None:
    with pytest.raises(BadInput):
        deal(bytes(size), CTX, k, n)


@pytest.mark.parametrize("indexes", [(), (1, 1), (0, 1), (1, 256)])
def test_shares_that_cannot_be_combined_are_refused(indexes: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        combine([Share(index, bytes(32), bytes(32)) for index in indexes])


def test_a_share_never_shows() -> None:
    assert repr(deal(SEED, CTX, 1, 1)[0]) == "Share(index=1)"
