"""Every branch of the rounding walked with exact fractions: chances equal, only allowed committees, every pair."""

import random
from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import pytest

from expert_pool.draw import DrawGroup, DrawTerms, Row, make_request, members_of
from expert_pool.drawing import POOL, Drawing, Network
from expert_pool.network_rounding import round_flow
from kernel.errors import Refused, TooFewEligibleExperts
from tests.expert_pool.oracle import committees, small_pool
from tests.expert_pool.pools import PARTIES, leaf
from tests.expert_pool.test_rounding import Branches

MOST_BRANCHES = 3000


def drawing_of(
    quotas: list[int], masks: list[int], caps: tuple[int, ...] = (), employers: object = "", kin: str = ""
) -> Drawing:
    """A draw of version 2; employers are letters, one for each cap."""
    names = list(employers) if isinstance(employers, (str, list)) else []
    rows = [
        Row(
            leaf(i),
            mask,
            None,
            tuple(names[i][level:].encode().hex() for level in range(len(caps))),
            kin[i].encode().hex() if kin and kin[i] != "-" else "",
        )
        for i, mask in enumerate(masks)
    ]
    groups = [DrawGroup("abcdefg"[g], quota, 0) for g, quota in enumerate(quotas)]
    return Drawing(make_request("d", 1, "t", groups, PARTIES, rows, DrawTerms(caps)))


def walk(drawing: Drawing, order: list[int]) -> tuple[dict[int, Fraction], set[frozenset[int]]]:
    """The exact chance of each expert in this order of the shuffle, and every committee that can come out."""
    free, kept = drawing.clusters(order)
    branches, met = Branches(), dict.fromkeys(range(len(drawing.eligible)), Fraction(0))
    network = Network(drawing, order)
    network.place(POOL, free, kept)
    seen: set[frozenset[int]] = set()
    for _ in range(MOST_BRANCHES):
        branches.start()
        seats = round_flow(network.arcs, drawing.unit, branches.toss)
        picks = []
        for number, (part, group) in network.choices.items():
            if seats[number]:
                weight = network.arcs[number][2]
                shares = {
                    order[place]: drawing.whole[drawing.kinds[order[place]]].get(group, 0) for place in part
                }
                assert sum(shares.values()) == weight
                picks.append({one: Fraction(share, weight) for one, share in shares.items() if share})
        for one, share in (item for pick in picks for item in pick.items()):
            met[one] += branches.weight * share
        seen |= {frozenset(team) for team in product(*picks)}
        if not branches.advance():
            return met, seen
    raise AssertionError("too many branches")


def chances_of(drawing: Drawing) -> dict[int, Fraction]:
    return {i: Fraction(drawing.held[kind], drawing.unit) for i, kind in enumerate(drawing.kinds)}


NAMED = [
    ([1, 1], [1, 1, 3, 2], (), ""),
    ([1, 1], [1, 1, 1, 1, 2, 3], (), ""),
    ([2], [1] * 5, (1,), "XXXYZ"),
    ([1, 1, 1], [1, 2, 2, 6, 4, 4], (), ""),
    ([3], [1] * 7, (2,), "XXXXYYZ"),
    ([2, 1], [1, 1, 1, 3, 3, 2], (2,), "XXXXXY"),
    ([2, 1], [1, 1, 1, 3, 2, 2], (1, 2), ["XC", "XC", "YC", "ZC", "VD", "VD"]),
]


@pytest.mark.parametrize(("quotas", "masks", "caps", "employers"), NAMED)
def test_every_order_and_branch_gives_the_leximin_chances_and_allowed_committees(
    quotas: list[int], masks: list[int], caps: tuple[int, ...], employers: object
) -> None:
    drawing = drawing_of(quotas, masks, caps, employers)
    allowed = {frozenset(team) for team in committees(quotas, members_of(drawing.eligible), caps)}
    pairs: set[frozenset[int]] = set()
    for number in range(12):
        order = list(range(len(masks)))
        random.Random(number).shuffle(order)
        met, seen = walk(drawing, order)
        assert met == chances_of(drawing)
        assert seen <= allowed
        pairs |= {frozenset(pair) for team in seen for pair in combinations(team, 2)}
    assert pairs <= {frozenset(pair) for team in allowed for pair in combinations(team, 2)}


@pytest.mark.parametrize(
    ("quotas", "masks", "caps", "employers"),
    [([1, 1], [1, 1, 1, 2, 2, 3, 3], (), ""), ([2, 1], [1, 1, 1, 1, 3, 3, 2, 2], (2,), "XXXYYZZV")],
)
def test_every_committee_that_the_rules_allow_comes_out_in_some_order(
    quotas: list[int], masks: list[int], caps: tuple[int, ...], employers: object
) -> None:
    drawing = drawing_of(quotas, masks, caps, employers)
    allowed = {frozenset(team) for team in committees(quotas, members_of(drawing.eligible), caps)}
    met: set[frozenset[int]] = set()
    for number in range(60):
        order = list(range(len(masks)))
        random.Random(number).shuffle(order)
        met |= walk(drawing, order)[1]
    assert met == allowed


def test_forty_random_pools_with_caps_keep_exact_chances_in_every_branch() -> None:
    walked = kept = 0
    for seed in range(200):
        quotas, members, caps = small_pool(seed)
        masks = [member.mask for member in members]
        employers = ["".join(name[0] + name[-1] for name in member.path) for member in members]
        names = [[text[2 * level : 2 * level + 2] for level in range(len(caps))] for text in employers]
        rows = [
            Row(
                leaf(i),
                mask,
                None,
                tuple("".join(names[i][level:]).encode().hex() for level in range(len(caps))),
            )
            for i, mask in enumerate(masks)
        ]
        groups = [DrawGroup("abc"[g], quota, 0) for g, quota in enumerate(quotas)]
        try:
            drawing = Drawing(make_request("d", 1, "t", groups, PARTIES, rows, DrawTerms(tuple(caps))))
        except TooFewEligibleExperts:
            continue
        allowed = {frozenset(team) for team in committees(quotas, members_of(drawing.eligible), caps)}
        order = list(range(len(rows)))
        random.Random(seed).shuffle(order)
        kept += bool(drawing.clusters(order)[1])
        met, seen = walk(drawing, order)
        assert met == chances_of(drawing), seed
        assert seen <= allowed, seed
        walked += 1
        if walked == 40:
            break
    assert walked == 40
    assert kept


def test_two_relatives_never_sit_together_and_keep_their_chances() -> None:
    drawing = drawing_of([1, 1], [1, 1, 1, 2, 2, 2], (1,), "UVWXYZ", "k--k--")
    order = list(range(6))
    for number in range(20):
        random.Random(number).shuffle(order)
        met, seen = walk(drawing, order)
        assert met == chances_of(drawing)
        kin = [i for i, row in enumerate(drawing.eligible) if row.kin]
        assert not any(set(kin) <= team for team in seen)


def test_relatives_who_fill_the_only_seats_are_refused() -> None:
    with pytest.raises(Refused, match="relatives"):
        drawing_of([1, 1], [1, 2], (), "", "kk")


def test_the_ends_of_the_shuffle_change_who_meets_but_not_the_chances() -> None:
    drawing = drawing_of([3], [1] * 9, (2,), "XXXYYYZZZ")
    pairs: Counter[frozenset[int]] = Counter()
    for number in range(30):
        order = list(range(9))
        random.Random(number).shuffle(order)
        met, seen = walk(drawing, order)
        assert set(met.values()) == {Fraction(1, 3)}
        pairs.update(frozenset(pair) for team in seen for pair in combinations(team, 2))
    assert len(pairs) == 36
