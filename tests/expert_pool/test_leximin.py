import random
from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from expert_pool.leximin import check_fillable, leximin
from expert_pool.split import split_chances
from kernel.errors import TooFewEligibleExperts

A, B, AB = 1, 2, 3
F = Fraction


def chances(quotas: list[int], masks: list[int]) -> list[Fraction]:
    found = leximin(quotas, Counter(masks))
    return [found[mask] for mask in masks]


@pytest.mark.parametrize(
    ("quotas", "masks", "expected"),
    [
        ([1, 1], [A, A, AB, B], [F(1, 2)] * 4),
        ([1, 1], [A, A, A, A, B, AB], [F(1, 4)] * 4 + [F(1, 2)] * 2),
        ([5], [A] * 5, [F(1)] * 5),
        ([2], [A] * 7, [F(2, 7)] * 7),
        ([1, 1, 1], [1, 2, 2, 4, 4, 4, 7], [F(1, 2)] * 3 + [F(1, 3)] * 3 + [F(1, 2)]),
        ([1, 1, 1], [1, 2, 2, 4, 4, 4], [F(1)] + [F(1, 2)] * 2 + [F(1, 3)] * 3),
    ],
    ids=["C1", "C2", "everyone", "one group", "two levels", "three levels"],
)
def test_chances_are_the_exact_leximin_fractions(
    quotas: list[int], masks: list[int], expected: list[Fraction]
) -> None:
    assert chances(quotas, masks) == expected
    assert sum(chances(quotas, masks)) == sum(quotas)


@pytest.mark.parametrize(
    ("quotas", "masks", "short"),
    [
        ([1, 1], [A, A, A], "b: 1"),
        ([2, 1], [AB, AB], "a + b: 1"),
        ([3, 2], [A, B], "a: 2; b: 1"),
        ([1, 1], [], "a: 1; b: 1"),
        ([1, 1], [0, 0, 0], "a: 1; b: 1"),
    ],
)
def test_a_pool_that_cannot_fill_the_seats_is_refused_and_the_short_groups_are_named(
    quotas: list[int], masks: list[int], short: str
) -> None:
    with pytest.raises(TooFewEligibleExperts) as refusal:
        check_fillable(quotas, Counter(masks), ["a", "b"])
    assert refusal.value.facts["short"] == short


@pytest.mark.parametrize(("experts", "enough"), [(4, False), (5, True), (6, True)])
def test_five_seats_need_five_experts(experts: int, enough: bool) -> None:
    if enough:
        check_fillable([5], {A: experts}, ["a"])
    else:
        with pytest.raises(TooFewEligibleExperts):
            check_fillable([5], {A: experts}, ["a"])


def teams(quotas: list[int], masks: list[int]) -> set[frozenset[int]]:
    """Every team that can fill the seats, by trying all of them."""
    seats = [g for g, quota in enumerate(quotas) for _ in range(quota)]
    return {
        frozenset(team)
        for team in combinations(range(len(masks)), len(seats))
        if any(
            all(masks[e] >> g & 1 for e, g in zip(order, seats, strict=True)) for order in permutations(team)
        )
    }


def small_instance(chance: random.Random) -> tuple[list[int], list[int]]:
    groups = chance.randint(1, 3)
    quotas = [chance.randint(1, 2) for _ in range(groups)]
    while sum(quotas) > 4:
        quotas.pop()
    return quotas, [chance.randrange(1, 1 << len(quotas)) for _ in range(chance.randint(2, 7))]


def assert_is_leximin(quotas: list[int], masks: list[int], possible: set[frozenset[int]]) -> None:
    """p is in the base polytope, and no mass can move from a luckier to a less lucky expert.

    In a base polytope that local condition is the leximin condition. The rank of a set of experts comes from the
    list of all teams, not from quotas and masks.
    """
    p = chances(quotas, masks)
    experts = range(len(masks))
    sets = [frozenset(s) for size in range(1, len(masks) + 1) for s in combinations(experts, size)]
    rank = {s: max(len(s & team) for team in possible) for s in sets}
    assert sum(p) == sum(quotas)
    assert all(sum(p[e] for e in s) <= rank[s] for s in sets)
    tight = [s for s in sets if sum(p[e] for e in s) == rank[s]]
    for poor in experts:
        for rich in experts:
            if p[poor] < p[rich]:
                assert any(poor in s and rich not in s for s in tight), (quotas, masks, poor, rich)


def test_three_hundred_random_small_pools_agree_with_the_enumeration_of_all_teams() -> None:
    feasible = refused = 0
    for seed in range(300):
        quotas, masks = small_instance(random.Random(seed))
        possible = teams(quotas, masks)
        if possible:
            feasible += 1
            check_fillable(quotas, Counter(masks), "abc")
            assert_is_leximin(quotas, masks, possible)
        else:
            refused += 1
            with pytest.raises(TooFewEligibleExperts):
                check_fillable(quotas, Counter(masks), "abc")
    assert feasible > 100
    assert refused > 20


def test_the_spread_over_groups_adds_up_to_each_chance_and_each_quota() -> None:
    for seed in range(200):
        quotas, masks = small_instance(random.Random(seed))
        if not teams(quotas, masks):
            continue
        classes = Counter(masks)
        found = leximin(quotas, classes)
        split = split_chances(quotas, classes, found)
        for mask, shares in split.items():
            assert sum(shares.values()) == found[mask]
            assert all(share > 0 and mask >> g & 1 for g, share in shares.items())
        filled = [sum(split[m].get(g, F(0)) * classes[m] for m in classes) for g in range(len(quotas))]
        assert filled == quotas


def test_the_spread_leaves_no_group_empty_that_a_class_could_help_to_fill() -> None:
    split = split_chances([2, 2, 2], Counter([7] * 5 + [3] * 5), leximin([2, 2, 2], {7: 5, 3: 5}))
    assert all(len(shares) == mask.bit_count() for mask, shares in split.items())
