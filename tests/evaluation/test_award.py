from typing import Any

import pytest

from evaluation.evaluate import evaluate
from evaluation.result import Ranking, write_ranking
from tests.evaluation.cases import case_of, rulebook_data


def ranked(award: dict[str, Any], bids: dict[str, tuple[str, str]], **more: Any) -> Ranking:
    """Bids of (price, points for quality); quality alone makes the technical points."""
    groups = [{"id": "quality", "weight": 10_000, "criteria": [{"id": "plan", "maximum": "100"}]}]
    price = {"weight": 0, "formula": {"kind": "none"}}
    book = rulebook_data(groups=groups, price=price, award=award, **more)
    sheets = {"m1": {bid: {"plan": points} for bid, (_, points) in bids.items()}}
    return evaluate(case_of(book, {bid: price for bid, (price, _) in bids.items()}, sheets))


def awards(ranking: Ranking) -> list[tuple[str, str]]:
    lines: Any = write_ranking(ranking)["lines"]
    return [(line["bid_id"], line["award"]) for line in lines]


BIDS = {"a": ("100", "80"), "b": ("120", "90"), "c": ("80", "60")}


@pytest.mark.parametrize(
    ("award", "expected"),
    [
        ({"by": "technical"}, [("b", "90.00"), ("a", "80.00"), ("c", "60.00")]),
        ({"by": "evaluated_price"}, [("c", "80.00"), ("a", "100.00"), ("b", "120.00")]),
        ({"by": "quality_per_price"}, [("a", "0.80"), ("b", "0.75"), ("c", "0.75")]),
        (
            {"by": "quality_per_price", "base_points": "100", "multiplier": "1000"},
            [("c", "2000.00"), ("a", "1800.00"), ("b", "1583.33")],
        ),
        (
            {"by": "price_less_quality", "rate": "1.5"},
            [("a", "-20.00"), ("b", "-15.00"), ("c", "-10.00")],
        ),
        ({"by": "utility_index", "rate": "0.01"}, [("a", "0.72"), ("c", "0.70"), ("b", "0.67")]),
    ],
    ids=str,
)
def test_the_deciding_figure_places_the_bids(award: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = awards(ranked(award, BIDS, tie_break=["higher_technical"]))
    assert found == expected


def test_the_least_cost_among_those_above_the_minimum_wins() -> None:
    found = awards(ranked({"by": "evaluated_price"}, BIDS, technical_minimum="75"))
    assert found == [("a", "100.00"), ("b", "120.00")]


def test_the_best_quality_within_the_budget_wins() -> None:
    groups = [{"id": "quality", "weight": 10_000, "criteria": [{"id": "plan", "maximum": "100"}]}]
    price = {"weight": 0, "formula": {"kind": "none"}, "ceiling": "110"}
    book = rulebook_data(groups=groups, price=price, award={"by": "technical"})
    sheets = {"m1": {bid: {"plan": points} for bid, (_, points) in BIDS.items()}}
    found = awards(evaluate(case_of(book, {bid: price for bid, (price, _) in BIDS.items()}, sheets)))
    assert found == [("a", "80.00"), ("c", "60.00")]


@pytest.mark.parametrize(
    ("ties", "places"),
    [
        ([], {"a": 1, "b": 1, "c": 3}),
        ([["b", "a"]], {"b": 1, "a": 2, "c": 3}),
        ([["a", "b"]], {"a": 1, "b": 2, "c": 3}),
    ],
)
def test_a_public_draw_decides_between_equals_and_nobody_else(
    ties: list[list[str]], places: dict[str, int]
) -> None:
    book = rulebook_data(tie_break=[])
    sheets = {"m1": {"a": {"plan": "80"}, "b": {"plan": "80"}, "c": {"plan": "70"}}}
    prices = dict.fromkeys("abc", "100")
    ranking = evaluate(case_of(book, prices, sheets, drawn={"ties": ties}))
    assert {str(line.bid.bid_id): line.place for line in ranking.lines} == places


@pytest.mark.parametrize(
    ("key", "first"),
    [("answer:green", "b"), ("group:business", "b"), ("criterion:record", "b"), ("earlier_bid", "a")],
)
def test_each_tie_key_decides_between_equal_totals(key: str, first: str) -> None:
    groups = [
        {"id": "technical", "weight": 3500, "criteria": [{"id": "plan", "maximum": "100"}]},
        {"id": "business", "weight": 3500, "criteria": [{"id": "record", "maximum": "100"}]},
    ]
    book = rulebook_data(groups=groups, tie_break=[key])
    sheets = {"m1": {"a": {"plan": "80", "record": "60"}, "b": {"plan": "60", "record": "80"}}}
    answers = {"a": {}, "b": {"green": True}} if key == "answer:green" else {}
    received = {"a": "2026-03-01T01:00:00.000Z", "b": "2026-03-01T01:00:00.001Z"}
    ranking = evaluate(case_of(book, dict.fromkeys("ab", "100"), sheets, answers=answers, received=received))
    assert (ranking.lines[0].bid.bid_id, ranking.lines[0].place) == (first, 1)
    assert ranking.ties == ()
