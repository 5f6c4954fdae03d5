import random
from collections import Counter
from fractions import Fraction as F

import pytest

from expert_pool.chances import Member, pool_chances
from expert_pool.hall import Relaxation
from kernel.errors import BadInput, Refused, TooFewEligibleExperts
from tests.expert_pool.oracle import can_fill, committees, leximin_by_lp, small_pool

A, B, AB = 1, 2, 3


def chances(
    quotas: list[int], masks: list[int], caps: list[int], employers: list[str], kin: str = ""
) -> list[F]:
    members = [
        Member(
            mask, tuple(employers[i][level:] for level in range(len(caps))), kin[i].strip("-") if kin else ""
        )
        for i, mask in enumerate(masks)
    ]
    found = pool_chances(quotas, members, caps, "abcdefg"[: len(quotas)])
    return [found.of(member) for member in members]


@pytest.mark.parametrize(
    ("quotas", "masks", "caps", "employers", "expected"),
    [
        ([1, 1], [A, A, AB, B], [], [], [F(1, 2)] * 4),
        ([1, 1], [A, A, A, A, B, AB], [], [], [F(1, 4)] * 4 + [F(1, 2)] * 2),
        ([2], [A] * 5, [1], list("XXXYZ"), [F(1, 3)] * 3 + [F(1, 2)] * 2),
        ([2], [A] * 5, [2], list("XXXYZ"), [F(2, 5)] * 5),
        ([3], [A] * 5, [2], list("XXXXY"), [F(1, 2)] * 4 + [F(1)]),
        ([3], [A] * 5, [1], list("XXXYZ"), [F(1, 3)] * 3 + [F(1)] * 2),
        ([1, 1], [A, A, B, B], [1], list("XYXX"), [F(0), F(1), F(1, 2), F(1, 2)]),
        ([2], [A] * 6, [1, 1], ["XC", "XC", "YC", "YC", "ZD", "WE"], [F(1, 4)] * 4 + [F(1, 2)] * 2),
    ],
    ids=["C1", "C2", "C3", "cap two is loose", "cap two binds", "certain", "never", "nested"],
)
def test_chances_within_caps_are_exact(
    quotas: list[int], masks: list[int], caps: list[int], employers: list[str], expected: list[F]
) -> None:
    assert chances(quotas, masks, caps, employers) == expected


def test_sixty_random_pools_agree_with_the_enumeration_of_all_committees() -> None:
    bound = refused = 0
    for seed in random.Random(20261122).sample(range(10_000), 60):
        quotas, members, caps = small_pool(seed)
        teams = committees(quotas, members, caps)
        if not teams:
            refused += 1
            with pytest.raises(TooFewEligibleExperts):
                pool_chances(quotas, members, caps, "abc"[: len(quotas)])
            continue
        found = pool_chances(quotas, members, caps, "abc"[: len(quotas)])
        bound += bool(found.bound)
        exact = [found.of(member) for member in members]
        assert sum(exact) == sum(quotas)
        wanted = leximin_by_lp(teams, len(members))
        assert all(abs(float(p) - q) < 1e-6 for p, q in zip(exact, wanted, strict=True)), seed
    assert bound >= 5
    assert refused >= 10


def test_the_smallest_ways_out_agree_with_trying_them() -> None:
    for seed in random.Random(5).sample(range(10_000), 60):
        quotas, members, caps = small_pool(seed)
        names = "abc"[: len(quotas)]
        try:
            pool_chances(quotas, members, caps, names)
        except TooFewEligibleExperts as error:
            relaxed = error.facts["relaxation"]
            assert isinstance(relaxed, Relaxation)
            left = [
                quota - relaxed.from_groups.get(name, 0) for quota, name in zip(quotas, names, strict=True)
            ]
            assert sum(quotas) - sum(left) == relaxed.give_up > 0
            assert committees(left, members, caps)
            for level, least in enumerate(relaxed.caps):
                for cap in range(caps[level] + 1, sum(quotas) + 1):
                    raised = [cap if i == level else one for i, one in enumerate(caps)]
                    assert bool(committees(quotas, members, raised)) == (bool(least) and cap >= (least or 0))
            for one, other in relaxed.widen:
                wider = [
                    Member(
                        m.mask | 1 << names.index(one) if m.mask >> names.index(other) & 1 else m.mask, m.path
                    )
                    for m in members
                ]
                assert committees(quotas, wider, caps)


def test_a_short_pool_is_refused_by_its_groups_and_by_what_the_cap_adds() -> None:
    with pytest.raises(TooFewEligibleExperts, match=r"b: 1\.$"):
        chances([1, 1], [A, A, A], [], [])
    with pytest.raises(TooFewEligibleExperts, match="a: 1 \\(because of the cap on employers\\)") as refusal:
        chances([2], [A] * 4, [1], list("XXXX"))
    relaxed = refusal.value.facts["relaxation"]
    assert isinstance(relaxed, Relaxation)
    assert (relaxed.give_up, relaxed.caps, relaxed.merge) == (1, (2,), ())


def test_relatives_change_nobodys_chance_and_too_close_a_block_is_refused() -> None:
    loose = chances([1, 1], [A, A, A, B, B, B], [1], list("UVWXYZ"), "k--k--")
    assert loose == [F(1, 3)] * 6
    with pytest.raises(Refused, match="widen the pool"):
        chances([1, 1], [A, B, B], [], [], "kk-")


@pytest.mark.parametrize(("groups", "fine"), [(0, False), (1, True), (13, True), (14, False)])
def test_one_to_thirteen_groups_are_taken(groups: int, fine: bool) -> None:
    members = [Member(1 << g) for g in range(groups)] or [Member(1)]
    if fine:
        assert set(pool_chances([1] * groups, members, [], "abcdefghijklmn"[:groups]).of_kind.values()) == {
            F(1)
        }
    else:
        with pytest.raises(BadInput, match="from 1 to 13"):
            pool_chances([1] * groups, members, [], "abcdefghijklmn"[:groups])


def test_many_binding_employers_still_share_their_caps() -> None:
    masks, employers = [A] * 12, [f"E{i // 4}" for i in range(12)]
    found = chances([3], masks, [1], employers)
    assert found == [F(1, 4)] * 12
    assert can_fill([3], [A] * 3)
    totals = Counter(employers)
    assert all(count * F(1, 4) == 1 for count in totals.values())
