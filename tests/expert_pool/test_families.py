import json
import random
from collections import Counter
from fractions import Fraction as F

import pytest

from expert_pool.chances import Member
from expert_pool.drawing_input import Pool, read_pool
from expert_pool.explain_draw import explain
from expert_pool.families import probabilities, settled
from expert_pool.lottery import Lottery, binding, check_lottery, kind_of, make_lottery
from expert_pool.simulate_draw import simulate
from kernel.errors import Refused, TooFewEligibleExperts
from tests.expert_pool.oracle import committees, keeps_caps, leximin_by_lp, small_pool


def file_of(experts: list[tuple[str, str]], seats: int, cap: int, *families: list[str]) -> Pool:
    """Experts by employer and groups, `a` with the seats and `b` with one."""
    body = {
        "groups": [{"name": "a", "seats": seats}, {"name": "b", "seats": 1}],
        "per_employer": cap,
        "relatives": list(families),
        "experts": [
            {"id": f"e{i}", "employer": employer, "fills": list(fills)}
            for i, (employer, fills) in enumerate(experts)
        ],
    }
    return read_pool(json.dumps(body).encode())


@pytest.mark.parametrize("seed", range(40))
def test_chances_with_families_agree_with_all_committees(seed: int) -> None:
    chance = random.Random(seed)
    cap = chance.choice([0, 1])
    size = chance.randint(4, 7)
    experts = [
        (str(i) if i < 3 or not cap else chance.choice("XY"), chance.choice(["a", "ab", "b", "a"]))
        for i in range(size)
    ]
    families = [["e0", "e1"], *([["e1", "e2"]] if chance.random() < 0.3 else [])]
    pool = file_of(experts, chance.randint(1, 3), cap, *families)
    teams = committees(pool.quotas, pool.members, pool.caps)
    if not teams:
        with pytest.raises(TooFewEligibleExperts):
            probabilities(pool)
        return
    exact = list(probabilities(pool).values())
    assert [float(one) for one in exact] == pytest.approx(leximin_by_lp(teams, size), abs=1e-6)
    assert sum(exact) == sum(pool.quotas)


def test_a_family_that_does_not_bind_leaves_the_pool_as_it_is() -> None:
    pool = file_of([(str(i), "ab") for i in range(8)], 2, 1, ["e0", "e1"])
    assert settled(pool) == pool


def test_relatives_never_sit_together_and_keep_their_chances_when_they_bind() -> None:
    pool = file_of([("1", "a"), ("2", "a"), ("3", "a"), ("4", "b")], 2, 0, ["e0", "e1"])
    assert list(probabilities(pool).values()) == [F(1, 2), F(1, 2), 1, 1]
    assert simulate(pool, 400).is_plausible


def test_a_family_with_colleagues_of_its_own_is_counted_out_where_it_binds() -> None:
    pool = file_of(
        [("X", "a"), ("Y", "a"), ("Y", "a"), ("3", "a"), ("4", "a"), ("5", "b")], 3, 1, ["e0", "e1"]
    )
    assert list(probabilities(pool).values()) == [F(1, 2), F(1, 2), F(1, 2), F(3, 4), F(3, 4), 1]
    assert simulate(pool, 400).is_plausible
    assert [step.chance for step in explain(pool).chain] == [F(1, 2), F(3, 4), 1]


def test_a_pool_where_no_panel_keeps_relatives_apart_is_refused() -> None:
    pool = file_of([("X", "a"), ("Y", "a"), ("Z", "b")], 2, 2, ["e0", "e1"])
    with pytest.raises(Refused, match="two relatives on one panel"):
        probabilities(pool)


def test_a_binding_family_in_a_large_pool_is_refused_by_its_name() -> None:
    employers = [f"E{i // 2}" for i in range(130)]
    experts = [("X", "a"), ("Y", "a"), *((employer, "a") for employer in employers), ("X", "b"), ("Y", "b")]
    pool = file_of(experts, 6, 1, ["e0", "e133"])
    with pytest.raises(Refused, match=r"families relatives\[0\]"):
        probabilities(pool)


def related_pool(seed: int) -> tuple[list[int], list[Member], list[int]]:
    """A small pool with caps of every kind and two families in it."""
    quotas, members, caps = small_pool(seed)
    chance = random.Random(seed)
    kin = [""] * len(members)
    for family in "xyxy":
        kin[chance.randrange(len(members))] = family
    return quotas, [one._replace(kin=name) for one, name in zip(members, kin, strict=True)], caps


def expected(lottery: Lottery, members: list[Member], caps: list[int]) -> list[F]:
    of_kind = dict(zip(lottery.kinds, lottery.chances, strict=True))
    bound = binding([one.path for one in members], caps)
    return [of_kind[kind_of(one, bound)] for one in members]


def test_lotteries_give_the_leximin_chances_of_all_committees() -> None:
    compared = 0
    for seed in range(30):
        quotas, members, caps = related_pool(seed)
        teams = committees(quotas, members, caps)
        if not teams:
            with pytest.raises(Refused):
                make_lottery(quotas, members, caps)
            continue
        lottery = make_lottery(quotas, members, caps)
        exact = expected(lottery, members, caps)
        assert [float(one) for one in exact] == pytest.approx(leximin_by_lp(teams, len(members)), abs=1e-6)
        assert sum(exact) == sum(quotas)
        assert check_lottery(quotas, lottery, caps) == ""
        compared += 1
    assert compared > 15


def test_tickets_seat_only_committees_that_the_rules_allow() -> None:
    for seed in range(60):
        quotas, members, caps = related_pool(seed)
        if not committees(quotas, members, caps):
            continue
        lottery = make_lottery(quotas, members, caps)
        bound = binding([one.path for one in members], caps)
        homes: dict[int, list[int]] = {}
        for number, one in enumerate(members):
            homes.setdefault(lottery.kinds.index(kind_of(one, bound)), []).append(number)
        for ticket in lottery.committees:
            held = Counter(kind for seats in ticket.seats for kind in seats)
            team = [one for kind, count in held.items() for one in homes[kind][:count]]
            assert keeps_caps(members, caps, team)
