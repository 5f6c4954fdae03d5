from fractions import Fraction
from typing import Any

import pytest

from evaluation.evaluate import evaluate
from evaluation.fixed_point import units
from evaluation.price_score import Anchors, score_prices
from evaluation.result import Ranking, write_ranking
from evaluation.rulebook import read_rulebook
from tests.evaluation.cases import case_of, rulebook_data


def book(maximum: str, places: int, **price: Any) -> dict[str, Any]:
    """A rulebook in which price alone decides."""
    return rulebook_data(
        groups=[], places={"price": places, "total": 2}, price={"weight": 10_000, "maximum": maximum, **price}
    )


def ranked(prices: list[str], maximum: str = "100", places: int = 2, **price: Any) -> Ranking:
    price = {"formula": {"kind": "ratio"}, **price}
    named = {f"b{i}": offer for i, offer in enumerate(prices)}
    return evaluate(case_of(book(maximum, places, **price), named, {}))


def points(prices: list[str], maximum: str = "100", places: int = 2, **price: Any) -> list[str]:
    lines = write_ranking(ranked(prices, maximum, places, **price))["lines"]
    assert isinstance(lines, list)
    by_bid = {line["bid_id"]: line["price_points"] for line in lines}
    return [by_bid.get(f"b{i}", "out") for i in range(len(prices))]


@pytest.mark.parametrize(
    ("prices", "maximum", "places", "expected"),
    [
        (["15000", "10000", "30000"], "1", 3, ["0.667", "1.000", "0.333"]),
        (["1000000", "1200000", "2000000"], "100", 0, ["100", "83", "50"]),
        (["580.50", "616.50", "695.00"], "30", 2, ["30.00", "28.25", "25.06"]),
        (["24", "20"], "19", 4, ["15.8333", "19.0000"]),
        (["120253085.53", "123456789.21"], "100", 2, ["100.00", "97.40"]),
    ],
    ids=["W6", "W8", "W15", "W14", "epsilon counter-example"],
)
def test_worked_examples_of_the_lowest_price(
    prices: list[str], maximum: str, places: int, expected: list[str]
) -> None:
    assert points(prices, maximum, places) == expected


MEAN = {"terms": [{"base": "mean"}]}


def deviation(above: str, below: str, **more: Any) -> dict[str, Any]:
    bands = {"above": [{"points": above}], "below": [{"points": below}]}
    return {"kind": "deviation", "counted": "started", **bands, **more}


def test_w1_started_percents_from_the_mean_of_the_valid_offers() -> None:
    prices = ["3554.20", "3832.51", "3412.00", "3395.40", "3486.40"]
    limit = {"side": "above", "of": "estimate", "factors": ["1.05"], "at_limit": "outside"}
    rules = {"estimate": "3650", "limits": [limit], "benchmark": MEAN, "formula": deviation("3", "2")}
    assert points(prices, "70", 0, **rules) == ["61", "out", "66", "66", "67"]
    found = ranked(prices, "70", 0, **rules).benchmark
    assert found is not None
    assert found.value == 346200


@pytest.mark.parametrize(("price", "is_in"), [("3832.49", True), ("3832.50", False), ("3832.51", False)])
def test_a_limit_may_leave_its_own_price_outside(price: str, is_in: bool) -> None:
    limit = {"side": "above", "of": "estimate", "factors": ["1.05"], "at_limit": "outside"}
    assert (points(["3000", price], estimate="3650", limits=[limit])[1] != "out") == is_in


@pytest.mark.parametrize(
    ("price", "counted", "expected"),
    [
        ("102.00", "started", "94.00"),
        ("102.01", "started", "91.00"),
        ("101.99", "completed", "97.00"),
        ("102.00", "completed", "94.00"),
        ("102.50", "interpolated", "92.50"),
        ("98.00", "started", "96.00"),
        ("97.99", "started", "94.00"),
        ("100.00", "started", "100.00"),
    ],
)
def test_percents_count_as_started_completed_or_interpolated(price: str, counted: str, expected: str) -> None:
    rules = {"estimate": "100", "benchmark": {"terms": [{"base": "estimate"}]}}
    assert points([price], formula=deviation("3", "2") | {"counted": counted}, **rules) == [expected]


@pytest.mark.parametrize(
    ("price", "expected"), [("102.00", "35.00"), ("102.50", "34.80"), ("97.50", "34.90"), ("98.00", "35.00")]
)
def test_a_band_around_the_benchmark_may_cost_nothing(price: str, expected: str) -> None:
    free = {"from": "0", "points": "0"}
    formula = {
        "kind": "deviation",
        "above": [free, {"from": "2", "points": "0.4"}],
        "below": [free, {"from": "2", "points": "0.2"}],
        "floor": "25",
    }
    rules = {"estimate": "100", "benchmark": {"terms": [{"base": "estimate"}]}}
    assert points([price], "35", formula=formula, **rules) == [expected]


def test_points_are_held_between_floor_and_cap() -> None:
    rules = {"estimate": "100", "benchmark": {"terms": [{"base": "estimate"}]}}
    formula = deviation("3", "-3", start="50", cap="60", floor="40")
    assert points(["110", "104", "97", "90"], formula=formula, **rules) == [
        "40.00",
        "40.00",
        "59.00",
        "60.00",
    ]


def test_the_british_mean_gives_fifty_and_a_point_for_each_percent() -> None:
    formula = {"kind": "deviation", "start": "50", "above": [{"points": "1"}], "below": [{"points": "-1"}]}
    assert points(["90", "100", "110"], benchmark=MEAN, formula=formula) == ["60.00", "50.00", "40.00"]


def test_a_curve_runs_straight_between_its_knots() -> None:
    knots = [{"of": "lowest", "points": "20"}, {"of": "highest", "points": "0"}]
    assert points(["100", "150", "200"], "20", formula={"kind": "curve", "knots": knots}) == [
        "20.00",
        "10.00",
        "0.00",
    ]


def test_one_price_alone_on_a_curve_from_lowest_to_highest_has_the_better_points() -> None:
    knots = [{"of": "lowest", "points": "20"}, {"of": "highest", "points": "0"}]
    assert points(["150"], "20", formula={"kind": "curve", "knots": knots}) == ["20.00"]


def test_the_japanese_line_halves_what_lies_below_the_low_price_line() -> None:
    knots = [
        {"of": "price", "price": "0", "points": "55"},
        {"of": "ceiling", "factors": ["0.9"], "points": "10"},
        {"of": "ceiling", "points": "0"},
    ]
    rules = {"ceiling": "1000", "formula": {"kind": "curve", "knots": knots}}
    assert points(["1000", "950", "900", "800", "1001"], "100", 4, **rules) == [
        "0.0000",
        "5.0000",
        "10.0000",
        "15.0000",
        "out",
    ]


def test_a_logarithm_costs_everything_at_its_base() -> None:
    assert points(["100", "1000", "200", "10000"], "40", formula={"kind": "log"}) == [
        "40.00",
        "0.00",
        "27.96",
        "0.00",
    ]


def test_where_more_is_better_the_highest_price_leads() -> None:
    rules = {"better": "higher", "benchmark": {"terms": [{"base": "highest"}]}}
    assert points(["100", "80"], **rules) == ["100.00", "80.00"]


@pytest.mark.parametrize("places", [0, 2, 4, 6])
def test_thirteen_digit_prices_are_scored_exactly_on_both_sides_of_int64(places: int) -> None:
    rule = read_rulebook(book("100", places, formula={"kind": "ratio"})).price
    prices = units([131456655994900, 138356279424000])  # times 100 * 10**6 passes 2**63
    found = score_prices(prices, rule, Fraction(131456655994900), None, Anchors({}, {}, 1)).points
    exact = 100 * 10**places * 131456655994900 * 2 + 138356279424000
    assert found.values.tolist() == [100 * 10**places, exact // (2 * 138356279424000)]


def test_prices_outside_the_set_of_the_benchmark_may_have_the_floor() -> None:
    trim = [{"from_bids": 3, "high": 1, "low": 1}]
    rules = {
        "benchmark": {"terms": [{"base": "mean", "trim": trim}]},
        "formula": deviation("1", "1", floor="5"),
    }
    assert points(["90", "100", "110"], **rules) == ["90.00", "100.00", "90.00"]
    assert points(["90", "100", "110"], outliers="floor", **rules) == ["5.00", "100.00", "5.00"]
