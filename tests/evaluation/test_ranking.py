import pytest

from evaluation.fixed_point import units
from evaluation.ranking import place_bids

PRICE_FIRST, TECHNICAL_FIRST = ("lower_price", "higher_technical"), ("higher_technical", "lower_price")


def places(totals: list[int], prices: list[int], technical: list[int], keys: tuple[str, ...]) -> list[int]:
    columns = {"lower_price": units(prices), "higher_technical": -units(technical)}
    standing = place_bids([-units(totals), *(columns[key] for key in keys)])
    assert sorted(int(standing.places[row]) for row in standing.order) == [
        int(standing.places[row]) for row in standing.order
    ]
    return [int(place) for place in standing.places]


@pytest.mark.parametrize(
    ("totals", "prices", "technical", "keys", "expected"),
    [
        ([80, 90, 70], [1, 1, 1], [1, 1, 1], (), [2, 1, 3]),
        ([80, 80, 80], [3, 1, 2], [1, 1, 1], PRICE_FIRST, [3, 1, 2]),
        ([80, 80, 80], [3, 1, 2], [9, 1, 1], TECHNICAL_FIRST, [1, 2, 3]),
        ([80, 80, 70, 80], [5, 5, 1, 5], [7, 7, 9, 8], PRICE_FIRST, [2, 2, 4, 1]),
        ([80, 80, 80], [1, 2, 3], [1, 2, 3], (), [1, 1, 1]),
        ([80, 80], [10**30, 10**30 - 1], [1, 1], PRICE_FIRST, [2, 1]),
        ([], [], [], PRICE_FIRST, []),
    ],
)
def test_places_follow_total_then_the_declared_keys(
    totals: list[int], prices: list[int], technical: list[int], keys: tuple[str, ...], expected: list[int]
) -> None:
    assert places(totals, prices, technical, keys) == expected
