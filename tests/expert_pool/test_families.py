import json
import random
from fractions import Fraction as F

import pytest

from expert_pool.drawing_input import Pool, read_pool
from expert_pool.families import probabilities, settled
from expert_pool.simulate_draw import simulate
from kernel.errors import Refused, TooFewEligibleExperts
from tests.expert_pool.oracle import committees, leximin_by_lp


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


def test_a_family_with_colleagues_of_its_own_is_refused_where_it_binds() -> None:
    with pytest.raises(Refused, match="relatives"):
        probabilities(
            file_of([("X", "a"), ("Y", "a"), ("Y", "a"), ("3", "a"), ("4", "b")], 3, 1, ["e0", "e1"])
        )
