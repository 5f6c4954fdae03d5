from fractions import Fraction
from typing import Any

import pytest

from evaluation.benchmark import benchmark_value, excluded, figure, trimmed
from evaluation.fixed_point import units
from evaluation.rulebook import read_rulebook
from evaluation.rulebook.price import Exclusion, Trim
from kernel.errors import BadInput
from tests.evaluation.cases import rulebook_data

NOTHING = Fraction(0)
PRESET = (Trim(6, 1, 0, NOTHING, NOTHING, "down"), Trim(7, 1, 1, NOTHING, NOTHING, "down"))
SHARES = (Trim(4, 1, 0, NOTHING, NOTHING, "down"), Trim(7, 0, 0, Fraction(20), Fraction(20), "down"))


def value(
    prices: list[int], terms: list[dict[str, Any]], drawn: dict[str, str] | None = None, **more: Any
) -> Fraction:
    book = read_rulebook(
        rulebook_data(
            price__benchmark={"terms": terms},
            price__ceiling="2000.00",
            price__estimate="1500.00",
            drawn=[{"name": name, "values": [one, "0.001"]} for name, one in (drawn or {}).items()],
            **more,
        )
    )
    found = benchmark_value(
        book.price,
        units([price * 100 for price in prices]),
        coefficients={name: Fraction(one) for name, one in (drawn or {}).items()},
        samples={},
        places=book.places,
        offer_places=2,
    )
    return found.value / 100


@pytest.mark.parametrize(
    ("rules", "bids", "dropped"),
    [
        (PRESET, 5, (0, 0)),
        (PRESET, 6, (1, 0)),
        (PRESET, 7, (1, 1)),
        (PRESET, 30, (1, 1)),
        (SHARES, 3, (0, 0)),
        (SHARES, 4, (1, 0)),
        (SHARES, 6, (1, 0)),
        (SHARES, 7, (1, 1)),
        (SHARES, 9, (1, 1)),
        (SHARES, 10, (2, 2)),
    ],
)
def test_the_number_of_bids_says_how_many_extremes_are_dropped(
    rules: tuple[Trim, ...], bids: int, dropped: tuple[int, int]
) -> None:
    high, low = dropped
    assert trimmed(range(bids), rules) == list(range(low, bids - high))


def rule(percent: str = "30", **changes: Any) -> Exclusion:
    usual = {
        "of": "mean",
        "side": "both",
        "order": "worst_first",
        "repeat": True,
        "least": 2,
        "at_limit": "inside",
    }
    return Exclusion(percent=Fraction(percent), **{**usual, **changes})


@pytest.mark.parametrize(
    ("values", "exclusion", "left"),
    [
        ([70, 100, 130], rule(), [70, 100, 130]),
        ([70, 100, 130], rule(at_limit="outside"), [70, 100]),
        ([69, 100, 131], rule(), [69, 100]),
        ([50, 100, 150], rule(), [50, 100]),
        ([50, 100, 150], rule(side="below"), [100, 150]),
        ([50, 100, 150], rule(least=3), [50, 100, 150]),
        ([10, 90, 100, 110, 300], rule(), [90, 100, 110]),
        ([10, 90, 100, 110, 300], rule(repeat=False), [10, 90, 100, 110]),
        ([10, 90, 100, 110, 300], rule(repeat=False, order="all_at_once"), [90, 100, 110]),
    ],
)
def test_the_worst_deviation_goes_first_and_the_mean_is_taken_anew(
    values: list[int], exclusion: Exclusion, left: list[int]
) -> None:
    low, high = excluded(values, exclusion)
    assert values[low:high] == left


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("mean", Fraction(21, 2)),
        ("median", Fraction(21, 2)),
        ("lowest", 4),
        ("second_lowest", 9),
        ("highest", 17),
    ],
)
def test_each_figure_of_the_offers(base: str, expected: Fraction) -> None:
    assert figure(base, [4, 9, 12, 17]) == expected


def test_a_mixed_benchmark_weighs_the_trimmed_mean_against_the_ceiling_by_drawn_coefficients() -> None:
    terms = [
        {"base": "mean", "factors": ["K1", "Q1"], "trim": [{"from_bids": 3, "high": 1, "low": 1}]},
        {"base": "ceiling", "factors": ["0.9", "1-Q1"]},
    ]
    found = value([1000, 1200, 1700], terms, {"K1": "0.98", "Q1": "0.6"})
    assert found == 1200 * Fraction("0.98") * Fraction("0.6") + 2000 * Fraction("0.9") * Fraction("0.4")


def test_the_benchmark_is_rounded_only_where_the_rulebook_declares_decimals() -> None:
    terms = [{"base": "mean"}]
    assert value([1000, 1000, 1001], terms) == Fraction(3001, 3)
    assert value([1000, 1000, 1001], terms, places={"benchmark": 2}) == Fraction("1000.33")
    assert value([1000, 1000, 1001], terms, places={"benchmark": 0}) == 1000


def test_a_benchmark_of_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="benchmark"):
        value([1000], [{"base": "mean", "factors": ["1-1"]}])
