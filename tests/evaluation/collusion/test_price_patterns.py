"""Regular differences of prices: exact on whole numbers, with what chance alone would give."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.collusion.price_patterns import Pattern, find_patterns, is_same_ratio


def named(*prices: int) -> dict[str, int]:
    return {f"bid-{number}": price for number, price in enumerate(prices)}


def test_an_arithmetic_progression_is_found_whole() -> None:
    found = find_patterns(named(1_000_003, 1_027_540, 10_137_715, 1_041_309, 1_055_078, 1_013_771))
    (run,) = [one for one in found if one.pattern is Pattern.ARITHMETIC and len(one.prices) > 3]
    assert run.prices == (1_013_771, 1_027_540, 1_041_309, 1_055_078)
    assert run.bids == ("bid-5", "bid-1", "bid-3", "bid-4")
    assert run.step == 13_769


@pytest.mark.parametrize(("last", "found"), [(29_999, False), (30_000, True), (30_001, False)])
def test_one_unit_off_is_no_arithmetic_progression(last: int, found: bool) -> None:
    runs = [one for one in find_patterns(named(10_000, 20_000, last)) if one.pattern is Pattern.ARITHMETIC]
    assert bool(runs) is found


@pytest.mark.parametrize(
    ("third", "holds"),
    [
        (121_006_050, True),
        (121_006_051, False),
        (120_993_951, True),
        (120_993_950, False),
        (121_000_000, True),
    ],
)
def test_fifty_millionths_are_the_limit_of_a_ratio(third: int, holds: bool) -> None:
    assert is_same_ratio(100_000_000, 110_000_000, third) is holds
    runs = [
        one
        for one in find_patterns(named(100_000_000, 110_000_000, third))
        if one.pattern is Pattern.GEOMETRIC
    ]
    assert bool(runs) is holds


def test_equal_prices_are_a_pattern() -> None:
    found = find_patterns(named(123_456_789, 123_456_789, 150_000_000))
    assert [(one.pattern, one.bids) for one in found] == [(Pattern.EQUAL, ("bid-0", "bid-1"))]
    assert found[0].chance < Fraction(1, 1_000_000)


def test_round_prices_in_a_row_are_what_chance_gives() -> None:
    assert all(one.chance == 1 for one in find_patterns(named(10_000, 20_000, 30_000)))
    odd = find_patterns(named(98_765_431, 99_765_434, 100_765_437))
    assert odd[0].pattern is Pattern.ARITHMETIC
    assert odd[0].chance < Fraction(1, 100_000)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12), st.randoms())
def test_the_order_of_bids_never_matters(prices: list[int], chance) -> None:  # type: ignore[no-untyped-def]
    bids = list(named(*prices).items())
    before = find_patterns(dict(bids))
    chance.shuffle(bids)
    assert find_patterns(dict(bids)) == before


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(3, 9))
def test_a_planted_progression_is_always_found(first: int, step: int, count: int) -> None:
    prices = named(*(first + step * place for place in range(count)))
    assert any(
        one.pattern is Pattern.ARITHMETIC and len(one.prices) == count for one in find_patterns(prices)
    )
