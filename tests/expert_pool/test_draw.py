import random
from collections import Counter
from itertools import combinations
from math import sqrt

import pytest

from expert_pool.draw import (
    DrawGroup,
    Reveal,
    Row,
    check_reveal,
    commitment,
    make_request,
    request_hash,
    seed_of,
)
from expert_pool.drawing import draw_panel
from kernel.errors import BadInput, TooFewEligibleExperts, WrongReveal
from tests.expert_pool.pools import PARTIES, leaf, request_of, secrets_of, seed_for

DRAWS = 6000


@pytest.mark.parametrize(
    ("quotas", "masks"),
    [([1, 1], [1, 1, 3, 2]), ([1, 1], [1, 1, 1, 1, 2, 3]), ([1, 1, 1], [1, 2, 2, 6, 4, 4])],
    ids=["C1", "C2", "three groups with a certain member"],
)
def test_six_thousand_draws_give_every_expert_his_chance(quotas: list[int], masks: list[int]) -> None:
    request = request_of(quotas, masks, reserves=0)
    counts = Counter(
        seat.leaf for n in range(DRAWS) for seat in draw_panel(request, seed_for(request, n)).seats
    )
    chances = {cls.mask: float(cls.chance) for cls in request.classes}
    for i, mask in enumerate(masks):
        p = chances[mask]
        if p in (0, 1):
            assert counts[leaf(i)] == DRAWS * p
        else:
            z = (counts[leaf(i)] - DRAWS * p) / sqrt(DRAWS * p * (1 - p))
            assert abs(z) <= 4.5, (i, z)


def test_every_draw_fills_each_quota_with_different_eligible_experts_and_separate_reserves() -> None:
    masks = [1, 1, 3, 2, 2, 3, 0, 0, 7, 4, 4, 4]
    request = request_of([2, 2, 1], masks, reserves=2)
    of_leaf = {leaf(i): mask for i, mask in enumerate(masks)}
    for n in range(300):
        panel = draw_panel(request, seed_for(request, n))
        assert Counter(seat.group for seat in panel.seats) == {"a": 2, "b": 2, "c": 1}
        seated = {seat.leaf for seat in panel.seats}
        assert len(seated) == 5
        for seat in panel.seats:
            assert of_leaf[seat.leaf] >> "abc".index(seat.group) & 1
        for group, reserves in panel.reserves.items():
            free = sum(mask >> "abc".index(group) & 1 for one, mask in of_leaf.items() if one not in seated)
            assert len(reserves) == len(set(reserves)) == min(2, free)
            assert not seated & set(reserves)
            assert all(of_leaf[one] >> "abc".index(group) & 1 for one in reserves)


def test_every_pair_that_the_seats_allow_meets() -> None:
    masks = [1, 1, 1, 2, 2, 3, 3]
    request = request_of([1, 1], masks, reserves=0)
    met = {
        frozenset(seat.leaf for seat in draw_panel(request, seed_for(request, n)).seats) for n in range(4000)
    }
    allowed = {
        frozenset((leaf(i), leaf(j))) for i, j in combinations(range(7), 2) if (masks[i] | masks[j]) == 3
    }
    assert met == allowed


def test_the_order_of_the_rows_changes_nothing() -> None:
    masks = [1, 1, 3, 2, 2, 3, 0]
    rows = [Row(leaf(i), mask, None if mask else "specialty") for i, mask in enumerate(masks)]
    groups = [DrawGroup("a", 2, 1), DrawGroup("b", 1, 1)]
    first = make_request("d", 1, "t", groups, PARTIES, rows)
    for n in range(20):
        random.Random(n).shuffle(rows)
        again = make_request("d", 1, "t", groups, PARTIES, rows)
        assert request_hash(again) == request_hash(first)
        assert draw_panel(again, seed_for(again, n)) == draw_panel(first, seed_for(first, n))


def test_one_flipped_bit_in_any_reveal_gives_another_seed() -> None:
    request = request_of([1, 1], [1, 1, 3, 2])
    reveals = secrets_of("x")
    seeds = {seed_of(request_hash(request), reveals)}
    for i in range(len(reveals)):
        for bit in range(256):
            flipped = (int.from_bytes(reveals[i].secret, "big") ^ 1 << bit).to_bytes(32, "big")
            changed = [*reveals[:i], Reveal(reveals[i].party, flipped), *reveals[i + 1 :]]
            seeds.add(seed_of(request_hash(request), changed))
    assert len(seeds) == 1 + 3 * 256


def test_a_commitment_binds_secret_party_and_request() -> None:
    hash = request_hash(request_of([1, 1], [1, 1, 3, 2]))
    other = request_hash(request_of([1, 1], [1, 1, 3, 2], number=2))
    reveal = Reveal("office", b"s" * 32)
    committed = commitment(hash, "office", reveal.secret)
    check_reveal(hash, committed, reveal)
    for wrong_hash, wrong in (
        (hash, Reveal("office", b"t" * 32)),
        (hash, Reveal("witness", b"s" * 32)),
        (other, reveal),
    ):
        with pytest.raises(WrongReveal):
            check_reveal(wrong_hash, committed, wrong)


@pytest.mark.parametrize("length", [31, 33, 0])
def test_a_secret_has_exactly_32_bytes(length: int) -> None:
    with pytest.raises(BadInput, match="32 bytes"):
        commitment(b"h" * 32, "office", b"s" * length)


def test_a_secret_never_shows_in_a_repr() -> None:
    assert "sss" not in repr(Reveal("office", b"s" * 32))


def test_a_request_needs_groups_and_a_pool_that_fills_them() -> None:
    with pytest.raises(BadInput, match="from 1 to 13"):
        make_request("d", 1, "t", [], PARTIES, [])
    with pytest.raises(TooFewEligibleExperts, match="b: 1"):
        request_of([1, 1], [1, 1, 1])
