"""Small pools solved by trying every committee: the oracle of the exact method."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from expert_pool.chances import Member

Team = tuple[int, ...]
NEAR = 1e-6


def keeps_caps(members: Sequence[Member], caps: Sequence[int], team: Sequence[int]) -> bool:
    held = Counter(members[one].path[level:] for one in team for level in range(len(caps)))
    kin = Counter(members[one].kin for one in team if members[one].kin)
    return (
        all(n <= caps[len(caps) - len(path)] for path, n in held.items()) and max(kin.values(), default=0) < 2
    )


def can_fill(quotas: Sequence[int], masks: Sequence[int]) -> bool:
    """Whether these experts can take all the seats, one each (augmenting paths)."""
    seats = [g for g, quota in enumerate(quotas) for _ in range(quota)]
    sitting = [-1] * len(seats)

    def place(one: int, tried: set[int]) -> bool:
        for seat, group in enumerate(seats):
            if masks[one] >> group & 1 and seat not in tried:
                tried.add(seat)
                if sitting[seat] < 0 or place(sitting[seat], tried):
                    sitting[seat] = one
                    return True
        return False

    return all(place(one, set()) for one in range(len(masks)))


def committees(quotas: Sequence[int], members: Sequence[Member], caps: Sequence[int]) -> list[Team]:
    """Every committee that the rules allow."""
    return [
        team
        for team in combinations(range(len(members)), sum(quotas))
        if keeps_caps(members, caps, team) and can_fill(quotas, [members[one].mask for one in team])
    ]


def leximin_by_lp(teams: Sequence[Team], experts: int) -> list[float]:
    """The leximin chances over all lotteries of committees, by one linear program after the other."""
    sits = np.zeros((experts, len(teams)))
    for column, team in enumerate(teams):
        sits[list(team), column] = 1
    fixed: dict[int, float] = {}
    while len(fixed) < experts:
        active = [one for one in range(experts) if one not in fixed]
        at_least = [np.append(-sits[one], 1) for one in active]
        at_least += [np.append(-sits[one], 0) for one in fixed]
        bounds = [0.0] * len(active) + [1e-10 - chance for chance in fixed.values()]
        every = [np.append(np.ones(len(teams)), 0)]
        best = linprog(np.append(np.zeros(len(teams)), -1), at_least, bounds, every, [1], method="highs")
        level = -best.fun
        lowest = [-sits[one] for one in (*active, *fixed)]
        bounds = [1e-9 - level] * len(active) + [1e-9 - chance for chance in fixed.values()]
        for one in active:
            most = linprog(-sits[one], lowest, bounds, [np.ones(len(teams))], [1], method="highs")
            if -most.fun < level + NEAR:
                fixed[one] = level
    return [fixed[one] for one in range(experts)]


def small_pool(seed: int) -> tuple[list[int], list[Member], list[int]]:
    """A random pool: up to three groups, four seats, eight experts, two levels of caps of 1 or 2."""
    chance = random.Random(seed)
    quotas = [chance.randint(1, 2) for _ in range(chance.randint(1, 3))]
    while sum(quotas) > 4:
        quotas.pop()
    levels = chance.choice([0, 1, 1, 1, 2])
    caps, employers = [chance.randint(1, 2) for _ in range(levels)], chance.randint(2, 5)
    members = []
    for _ in range(chance.randint(3, 8)):
        employer = chance.randrange(employers)
        path = (f"employer {employer}", f"company {employer % 2}")[:levels]
        members.append(Member(chance.randrange(1, 1 << len(quotas)), path))
    return quotas, members, caps
