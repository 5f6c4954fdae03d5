import random
from collections import Counter
from fractions import Fraction
from math import lcm

import pytest

from expert_pool.leximin import leximin
from expert_pool.rounding import round_shares
from expert_pool.split import split_chances
from tests.expert_pool.test_leximin import small_instance, teams


class Branches:
    """Walks every branch of a random program once: replays a prefix of answers, then says yes, and counts."""

    def __init__(self) -> None:
        self.prefix: list[bool] = []
        self.start()

    def start(self) -> None:
        self.taken: list[tuple[bool, Fraction]] = []

    def toss(self, c: int, n: int) -> bool:
        assert 0 < c < n
        answer = self.prefix[len(self.taken)] if len(self.taken) < len(self.prefix) else True
        self.taken.append((answer, Fraction(c if answer else n - c, n)))
        return answer

    @property
    def weight(self) -> Fraction:
        weight = Fraction(1)
        for _, share in self.taken:
            weight *= share
        return weight

    def advance(self) -> bool:
        answers = [answer for answer, _ in self.taken]
        while answers and not answers[-1]:
            answers.pop()
        if not answers:
            return False
        self.prefix = [*answers[:-1], False]
        return True


def shares_of(quotas: list[int], masks: list[int]) -> tuple[list[dict[int, int]], int, list[Fraction]]:
    classes = Counter(masks)
    chances = leximin(quotas, classes)
    split = split_chances(quotas, classes, chances)
    unit = lcm(*(share.denominator for shares in split.values() for share in shares.values()))
    whole = {mask: {g: int(share * unit) for g, share in shares.items()} for mask, shares in split.items()}
    return [whole[mask] for mask in masks], unit, [chances[mask] for mask in masks]


def walk(quotas: list[int], masks: list[int]) -> tuple[list[Fraction], Counter[frozenset[int]]]:
    """Exact chances of each expert, and the weight of each team, over all branches."""
    blocks, unit, _ = shares_of(quotas, masks)
    branches, seen = Branches(), [Fraction(0)] * len(masks)
    outcomes: Counter[frozenset[int]] = Counter()
    total = Fraction(0)
    while True:
        branches.start()
        seats = round_shares(blocks, unit, branches.toss)
        filled = Counter(group for _, group in seats)
        assert [filled[g] for g in range(len(quotas))] == quotas
        assert len({block for block, _ in seats}) == len(seats)
        assert all(masks[block] >> group & 1 for block, group in seats)
        total += branches.weight
        for block, _ in seats:
            seen[block] += branches.weight
        outcomes[frozenset(block for block, _ in seats)] += branches.weight  # type: ignore[assignment]
        if not branches.advance():
            assert total == 1
            return seen, outcomes


@pytest.mark.parametrize(
    ("quotas", "masks"),
    [
        ([1, 1], [1, 1, 3, 2]),
        ([1, 1], [1, 1, 1, 1, 2, 3]),
        ([1, 1, 1], [3, 6, 5, 7]),
        ([2, 1], [3, 3, 1, 2, 3]),
    ],
    ids=["C1", "C2", "ring", "two of one"],
)
@pytest.mark.parametrize("order", range(3))
def test_walking_every_branch_gives_exactly_the_leximin_chances(
    quotas: list[int], masks: list[int], order: int
) -> None:
    random.Random(order).shuffle(masks := list(masks))
    seen, outcomes = walk(quotas, masks)
    assert seen == shares_of(quotas, masks)[2]
    assert set(outcomes) <= teams(quotas, masks)


def test_forty_random_pools_walked_through_every_branch() -> None:
    walked = 0
    for seed in range(200):
        quotas, masks = small_instance(random.Random(1000 + seed))
        if not teams(quotas, masks) or len(masks) > 5:
            continue
        seen, _ = walk(quotas, masks)
        assert seen == shares_of(quotas, masks)[2]
        walked += 1
        if walked == 40:
            return
    raise AssertionError("too few pools")


def test_shares_that_do_not_fill_whole_seats_are_a_bug_not_a_panel() -> None:
    with pytest.raises(RuntimeError, match="internal"):
        round_shares([{0: 1}, {0: 1}], 3, lambda c, n: True)
