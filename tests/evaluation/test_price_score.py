import pytest

from evaluation.fixed_point import units
from evaluation.price_score import score_prices
from evaluation.rulebook import PriceRule
from kernel.money import read_units


def rule(maximum: int, places: int) -> PriceRule:
    return PriceRule("low_price_first", "lowest_compliant", 10_000, maximum * 10**places, places)


def points(prices: list[str], maximum: int, places: int) -> list[int]:
    amounts = units([read_units(price, 2) for price in prices])
    return [int(value) for value in score_prices(amounts, rule(maximum, places)).values]


@pytest.mark.parametrize(
    ("prices", "maximum", "places", "expected"),
    [
        (["15000", "10000", "30000"], 1, 3, [667, 1000, 333]),
        (["1000000", "1200000", "2000000"], 100, 0, [100, 83, 50]),
        (["580.50", "616.50", "695.00"], 30, 2, [3000, 2825, 2506]),
        (["120253085.53", "123456789.21"], 100, 2, [10000, 9740]),
    ],
    ids=["W6", "W8", "W15", "epsilon counter-example"],
)
def test_worked_examples(prices: list[str], maximum: int, places: int, expected: list[int]) -> None:
    assert points(prices, maximum, places) == expected


@pytest.mark.parametrize("places", [0, 2, 4, 6])
def test_thirteen_digit_prices_are_scored_exactly_on_both_sides_of_int64(places: int) -> None:
    low, high = (
        "1314566559949.00",
        "1383562794240.00",
    )  # 131456655994900 units; times 100 * 10**6 passes 2**63
    exact = 100 * 10**places * 131456655994900 * 2 + 138356279424000
    assert points([low, high], 100, places) == [100 * 10**places, exact // (2 * 138356279424000)]


def test_one_bid_alone_has_the_full_points() -> None:
    assert points(["1"], 30, 2) == [3000]


def test_no_bid_has_no_points() -> None:
    assert score_prices(units([]), rule(30, 2)).values.size == 0
