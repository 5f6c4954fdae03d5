"""Draws of an evaluation: the vectors recompute, with our code and with the program that the format page prints."""

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from evaluation.drawing import (
    COEFFICIENT,
    SAMPLE,
    DrawItem,
    DrawRequest,
    check_transcript,
    draw_items,
    formula_items,
    ties_that_matter,
    with_formula,
)
from evaluation.evaluate import evaluate
from evaluation.rulebook import read_rulebook
from kernel.errors import BadInput
from tests.evaluation.cases import case_of, rulebook_data

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "evaluation-draw").glob("*.json"))
PAGE = Path(__file__).parents[2] / "docs" / "formats" / "evaluation-draw.md"


@pytest.fixture(scope="module")
def printed() -> Any:
    """The program of the format page."""
    program = PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {"__name__": "page"}
    exec(program, names)
    return names["recompute"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_vector_gives_its_result_to_us_and_to_a_stranger(path: Path, printed: Any) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    assert [list(one) for one in check_transcript(record).result] == record["result"] == printed(record)


def test_the_vectors_are_there() -> None:
    assert [path.stem for path in VECTORS] == ["coefficient", "formula", "ties"]


def test_each_value_and_each_order_comes_up_about_equally_often() -> None:
    items = (DrawItem(COEFFICIENT, "K", ("1", "2", "3")), DrawItem(SAMPLE, "S", ("a", "b", "c")))
    request = DrawRequest("d", "t", "l", "formula", "r", items)
    drawn = [draw_items(request, n.to_bytes(32, "big")) for n in range(1200)]
    values = Counter(one[0] for one in drawn)
    orders = Counter(one[1] for one in drawn)
    assert len(values) == 3
    assert len(orders) == 6
    assert all(330 < count < 470 for count in values.values())
    assert all(140 < count < 260 for count in orders.values())


def test_items_stand_in_order_of_name_and_bids_in_order_of_id() -> None:
    price = {
        "weight": 3000,
        "maximum": "100",
        "samples": [{"name": "B", "size": 2}, {"name": "A", "size": 1}],
    }
    price |= {
        "formula": {"kind": "ratio"},
        "benchmark": {
            "terms": [
                {"base": "mean", "factors": ["K1"], "sample": "A"},
                {"base": "mean", "factors": ["K2"], "sample": "B"},
            ]
        },
    }
    rules = read_rulebook(
        rulebook_data(
            price=price, drawn=[{"name": "K2", "values": ["1", "2"]}, {"name": "K1", "values": ["3", "4"]}]
        )
    )
    found = formula_items(rules, ["z", "a", "m"])
    assert [(item.kind, item.name) for item in found] == [
        ("coefficient", "K1"),
        ("coefficient", "K2"),
        ("sample", "A"),
        ("sample", "B"),
    ]
    assert found[0].among == ("3", "4")
    assert found[2].among == ("a", "m", "z")
    assert formula_items(read_rulebook(rulebook_data()), ["a"]) == ()


def test_a_sample_takes_the_first_drawn_bids_that_are_still_in() -> None:
    sheets = {"seat-1": {bid: {"plan": "50"} for bid in "abcd"}}
    case = case_of(rulebook_data(), {"a": "1", "b": "2", "c": "3", "d": "4"}, sheets)
    sampled = read_rulebook(
        rulebook_data(
            price={
                "weight": 3000,
                "maximum": "100",
                "ceiling": "3",
                "formula": {"kind": "ratio"},
                "samples": [{"name": "S", "size": 2}],
                "benchmark": {"terms": [{"base": "mean", "factors": ["K"], "sample": "S"}]},
            },
            drawn=[{"name": "K", "values": ["0.9", "0.95"]}],
        )
    )
    case = replace(case, rulebook=sampled)
    items = formula_items(sampled, "abcd")
    drawn = with_formula(case, items, [["0.95"], ["d", "c", "a", "b"]]).drawn
    assert drawn.samples == {"S": ("a", "c")}
    assert drawn.coefficients == {"K": Fraction(19, 20)}


@pytest.mark.parametrize(("candidates", "matter"), [(1, 0), (2, 1), (3, 1)])
def test_ties_matter_at_the_places_of_candidates_only(candidates: int, matter: int) -> None:
    sheets = {"seat-1": {"a": {"plan": "90"}, "c": {"plan": "50"}, "b": {"plan": "50"}}}
    case = case_of(rulebook_data(candidates=candidates), {"a": "1", "c": "2", "b": "2"}, sheets)
    found = ties_that_matter(evaluate(case))
    assert [(item.name, item.among) for item in found] == [("2", ("b", "c"))] * matter


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("v",), 2),
        (("request", "v"), 2),
        (("request", "stage"), "later"),
        (("request", "items"), "none"),
        (("request", "surplus"), 1),
        (("freeze", "index"), -1),
        (("tree", "size"), 1),
    ],
)
def test_what_is_no_record_of_this_version_is_refused(path: tuple[str, ...], value: Any) -> None:
    record = json.loads(VECTORS[0].read_text(encoding="utf-8"))
    place = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(BadInput):
        check_transcript(record)
