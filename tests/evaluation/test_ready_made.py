"""Every rulebook that comes with the platform: it reads back, and a case worked by pencil comes out of both engines."""

from pathlib import Path
from typing import Any

import pytest

from evaluation.result import Ranking, write_ranking
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from tests.evaluation.ready_made import NAMES, case, changed, load
from tests.evaluation.test_evaluate import compare

SMALL, LARGE = {"small_enterprise": True}, {"small_enterprise": False}
SEVEN = ["90", "100", "100", "100", "100", "100", "130"]
TEN = ["80", "90", "100", "100", "100", "100", "100", "100", "110", "120"]
NEAR_A_MILLION = ["900000", "920000", "940000"]
FEATURES = {"warranty": "24", "delivery": "fast"}  # 0.2 of at most 0.3


def figures(ranking: Ranking, key: str) -> dict[str, Any]:
    lines: Any = write_ranking(ranking)["lines"]
    return {line["bid_id"]: line[key] for line in lines}


def listed(ranking: Ranking, key: str, bids: int) -> list[Any]:
    found = figures(ranking, key)
    return [found.get(f"b{i:02}", "out") for i in range(bids)]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_reads_and_writes_back_and_says_where_it_comes_from(name: str) -> None:
    data = load(name)
    book = read_rulebook(data)
    assert write_rulebook(book) == data
    assert len(rulebook_digest(book)) == 64
    assert book.source
    assert "memory" in book.source or "read" in book.source.lower()
    assert book.name.zh != book.name.en


PRICE_POINTS: list[tuple[str, list[str], list[str], dict[str, str]]] = [
    ("goods-60-30-10", ["100", "120", "150"], ["100.00", "83.33", "66.67"], {}),
    ("works-40-40-20", ["100", "120", "150"], ["100.00", "83.33", "66.67"], {}),
    ("cn-low-price-goods-30", ["100", "120", "150"], ["100.00", "83.33", "66.67"], {}),
    ("cn-low-price-services-10", ["100", "120", "200"], ["100.00", "83.33", "50.00"], {}),
    ("cn-trimmed-mean-float", SEVEN, ["95.79", *["93.68"] * 5, "55.79"], {}),
    ("cn-trimmed-mean-20", TEN, ["87.37", "95.79", *["93.68"] * 6, "81.05", "68.42"], {}),
    ("cn-reasonable-price-highway", SEVEN, ["94.74", *["89.47"] * 5, "26.32"], {}),
    ("cn-iterated-30", ["70", "100", "130"], ["30.96", "30.56", "25.00"], {}),
    ("cn-iterated-30", ["10", "90", "100", "110", "300"], ["25.00", "35.00", "30.56", "26.11", "25.00"], {}),
    ("cn-mixed-two", NEAR_A_MILLION, ["99.60", "96.92", "94.25"], {"K1": "0.95", "Q1": "0.5"}),
    ("cn-mixed-abc", NEAR_A_MILLION, ["92.30", "89.47", "86.63"], {"D": "0.15", "K": "0.96"}),
    ("cn-drawn-nine", ["80", *["100"] * 8, "999"], ["84.00", *["100.00"] * 8, "0.00"], {}),
    ("jp-price-points", ["1000000", "900000", "800000"], ["0.0000", "10.0000", "20.0000"], {}),
    ("jp-price-points-kink", ["1000000", "900000", "800000"], ["0.0000", "10.0000", "15.0000"], {}),
    ("jp-price-points-kink", ["1000000.01", "950000"], ["out", "5.0000"], {}),
    ("wb-qcbs-80-20", ["100", "120"], ["100.00", "83.33"], {}),
    ("adb-qcbs-1000", ["100", "120"], ["1000.00", "833.33"], {}),
    ("eu-linear", ["100", "120", "250"], ["50.00", "40.00", "0.00"], {}),
    ("eu-relative", ["100", "120"], ["40.00", "33.33"], {}),
    ("za-80-20", ["100", "120", "250"], ["80.00", "64.00", "0.00"], {}),
    ("uk-mean", ["90", "100", "110"], ["60.00", "50.00", "40.00"], {}),
    ("absolute-linear", ["100", "150", "200"], ["40.00", "20.00", "0.00"], {}),
    ("negometrix-linear", ["500000", "600000", "800000", "1000001"], ["40.00", "40.00", "20.00", "0.00"], {}),
    ("price-log", ["100", "150", "200"], ["40.00", "16.60", "0.00"], {}),
]


@pytest.mark.parametrize(
    ("name", "prices", "points", "drawn"), PRICE_POINTS, ids=[row[0] for row in PRICE_POINTS]
)
def test_price_points_are_those_of_the_pencil(
    name: str, prices: list[str], points: list[str], drawn: dict[str, str]
) -> None:
    ranking = compare(case(load(name), prices, **drawn))
    assert listed(ranking, "price_points", len(prices)) == points


Rows = list[tuple[str, int, dict[str, Any]]]  # price, share of the quality points in percent, answers


@pytest.mark.parametrize(
    ("name", "rows", "key", "expected", "places"),
    [
        (
            "cn-small-enterprise-works",
            [("1000", 80, SMALL), ("960", 80, LARGE)],
            "evaluated_price",
            ["950.00", "960.00"],
            [1, 2],
        ),
        (
            "cn-lowest-evaluated-goods",
            [("645", 80, SMALL), ("685", 80, SMALL), ("600", 80, LARGE)],
            "evaluated_price",
            ["580.50", "616.50", "600.00"],
            [1, 3, 2],
        ),
        ("cn-value-ratio", [("100000", 80, {}), ("80000", 70, {})], "award", ["6.5600", "7.1750"], [2, 1]),
        ("jp-division", [("900000", 50, {}), ("999999", 100, {})], "award", ["15.5556", "18.0000"], [2, 1]),
        (
            "wb-qcbs-80-20",
            [("100", 80, {}), ("120", 90, {}), ("90", 74, {})],
            "total",
            ["84.00", "88.67", "out"],
            [2, 1, "out"],
        ),
        (
            "wb-qbs",
            [("1", 80, {}), ("9", 90, {}), ("5", 76, {})],
            "total",
            ["80.00", "90.00", "76.00"],
            [2, 1, 3],
        ),
        (
            "wb-fbs",
            [("1000000", 80, {}), ("1000000.01", 100, {}), ("999999", 78, {})],
            "award",
            ["80.00", "out", "78.00"],
            [1, "out", 2],
        ),
        (
            "wb-lcs",
            [("100", 78, {}), ("90", 76, {}), ("10", 74, {})],
            "award",
            ["100.00", "90.00", "out"],
            [2, 1, "out"],
        ),
        ("wb-cqs", [("1", 60, {}), ("9", 61, {})], "award", ["60.00", "61.00"], [2, 1]),
        (
            "adb-qcbs-1000",
            [("100", 80, {}), ("120", 90, {}), ("1", 74, {})],
            "total",
            ["840.00", "886.67", "out"],
            [2, 1, "out"],
        ),
        (
            "za-80-20",
            [("100", 0, {"owned_percent": "25.5"}), ("110", 0, {"owned_percent": "60", "local": True})],
            "total",
            ["85.00", "92.00"],
            [2, 1],
        ),
        ("utility-index", [("100", 80, {}), ("120", 90, {})], "award", ["0.900000", "0.833333"], [1, 2]),
        (
            "price-less-quality",
            [("300000", 80, {}), ("310000", 90, {})],
            "award",
            ["140000.00", "130000.00"],
            [2, 1],
        ),
        (
            "value-for-money",
            [("300000", 80, {}), ("300000", 90, {})],
            "award",
            ["26.666667", "30.000000"],
            [2, 1],
        ),
        (
            "prozorro-esco",
            [("499", 0, FEATURES), ("600", 0, {})],
            "evaluated_price",
            ["641.57", "600.00"],
            [1, 2],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_deciding_figure_and_the_places(
    name: str, rows: Rows, key: str, expected: list[str], places: list[int]
) -> None:
    prices, shares, answers = (list(column) for column in zip(*rows, strict=True))
    ranking = compare(case(load(name), prices, shares, answers))
    assert listed(ranking, key, len(rows)) == expected
    assert listed(ranking, "place", len(rows)) == places


def test_w1_the_mean_of_the_valid_offers_in_started_percents() -> None:
    book = changed("cn-mean-started-percents", price__estimate="3650.00")
    ranking = compare(case(book, ["3554.20", "3832.51", "3412.00", "3395.40", "3486.40"]))
    assert listed(ranking, "price_points", 5) == ["61", "out", "66", "66", "67"]
    assert ranking.benchmark is not None
    assert ranking.benchmark.value == 346200


def test_w3_a_month_late_is_thirty_more() -> None:
    ranking = compare(case(load("cn-reviewed-lowest-works"), ["3000"], answers=[{"months": "16"}]))
    assert figures(ranking, "evaluated_price") == {"b00": "3030.00"}


def test_w4_the_lowest_evaluated_price_wins_not_the_lowest_offer() -> None:
    more = ["-50", "-110", "-10", "10"]
    answers = [{"months": "15", "other_items": one} for one in more]
    ranking = compare(
        case(load("cn-reviewed-lowest-works"), ["2000", "2050", "1980", "1950"], answers=answers)
    )
    assert listed(ranking, "evaluated_price", 4) == ["1950.00", "1940.00", "1970.00", "1960.00"]
    assert ranking.lines[0].bid.bid_id == "b01"


def test_a_bid_that_does_not_state_its_months_is_out() -> None:
    ranking = compare(
        case(load("cn-reviewed-lowest-works"), ["2000", "2050"], answers=[{}, {"months": "15"}])
    )
    assert [line.bid.bid_id for line in ranking.lines] == ["b01"]


@pytest.mark.parametrize(
    ("prices", "maximum", "places", "points"),
    [
        (["15000", "10000", "30000"], "1", 3, ["0.667", "1.000", "0.333"]),
        (["1000000", "1200000", "2000000"], "100", 0, ["100", "83", "50"]),
        (["24", "20"], "19", 4, ["15.8333", "19.0000"]),
    ],
    ids=["W6", "W8", "W14"],
)
def test_the_ratio_in_other_scales(prices: list[str], maximum: str, places: int, points: list[str]) -> None:
    formula = {"kind": "ratio"}
    book = changed("eu-relative", price__maximum=maximum, places__price=places, price__formula=formula)
    assert listed(compare(case(book, prices)), "price_points", len(prices)) == points


def test_w10_a_price_is_divided_by_its_quality() -> None:
    ranking = compare(case(load("prozorro-meat"), ["499.00"], answers=[FEATURES]))
    assert figures(ranking, "evaluated_price") == {"b00": "388.11"}


def test_costs_are_added_to_a_price_that_was_divided_by_its_quality() -> None:
    answers = [{**FEATURES, "life_cycle_cost": "100"}, {"life_cycle_cost": "0"}]
    ranking = compare(case(load("prozorro-mixed"), ["499.00", "480.00"], answers=answers))
    assert figures(ranking, "evaluated_price") == {"b00": "488.11", "b01": "480.00"}  # 3493/9 + 100


def test_w12_the_costs_of_a_life_are_added() -> None:
    ranking = compare(case(load("prozorro-lcc"), ["469"], answers=[{"life_cycle_cost": "100"}]))
    assert figures(ranking, "evaluated_price") == {"b00": "569.00"}


def test_w15_the_benchmark_is_the_lowest_price_after_the_deduction() -> None:
    book = load("cn-small-enterprise-goods")
    ranking = compare(case(book, ["645", "685", "695"], answers=[SMALL, SMALL, LARGE]))
    assert listed(ranking, "evaluated_price", 3) == ["580.50", "616.50", "695.00"]
    assert listed(ranking, "price_points", 3) == ["30.00", "28.25", "25.06"]


def test_equal_prices_go_to_the_earlier_bid() -> None:
    answers = [{"life_cycle_cost": "0"}, {"life_cycle_cost": "0"}]
    ranking = compare(case(load("prozorro-lcc"), ["469", "469"], answers=answers))
    assert [line.bid.bid_id for line in ranking.lines] == ["b00", "b01"]
    assert ranking.ties == ()


def test_every_file_has_a_worked_case() -> None:
    text = Path(__file__).read_text()
    assert [name for name in NAMES if f'"{name}"' not in text] == []


def test_the_index_names_every_file() -> None:
    index = (Path(__file__).parents[2] / "docs/formats/ready-made-rulebooks.md").read_text()
    assert [name for name in NAMES if f"| `{name}` | {load(name)['name']['en']} · " not in index] == []
