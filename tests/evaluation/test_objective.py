from typing import Any

import pytest

from evaluation.evaluate import evaluate
from evaluation.result import write_ranking
from tests.evaluation.cases import case_of, rulebook_data


def points(value: dict[str, Any], answers: list[Any], maximum: str = "10") -> list[str]:
    """The points for these answers to one criterion that the platform scores; None is no answer."""
    criterion = {"id": "c", "maximum": maximum, "scored_by": "system", "value": {"answer": "x", **value}}
    book = rulebook_data(groups=[{"id": "g", "weight": 7000, "criteria": [criterion]}])
    bids = {f"b{i}": "100" for i in range(len(answers))}
    given = {f"b{i}": {} if answer is None else {"x": answer} for i, answer in enumerate(answers)}
    lines: Any = write_ranking(evaluate(case_of(book, bids, {}, answers=given)))["lines"]
    by_bid = {line["bid_id"]: line["parts"][1]["points"] for line in lines}
    return [by_bid[f"b{i}"] for i in range(len(answers))]


STEPS = {"kind": "steps", "steps": [{"from": "3", "points": "4"}, {"from": "5", "points": "10"}]}
UNITS = {"kind": "per_unit", "beyond": "1", "points": "2.5"}


@pytest.mark.parametrize(
    ("value", "answers", "expected"),
    [
        ({"kind": "flag"}, [True, False, None], ["10.00", "0.00", "0.00"]),
        (
            {"kind": "choice", "choices": {"甲": "10", "乙": "6.5"}},
            ["甲", "乙", None],
            ["10.00", "6.50", "0.00"],
        ),
        (STEPS, ["2.99", "3", "3.01"], ["0.00", "4.00", "4.00"]),
        (STEPS, ["4.99", "5", "500"], ["4.00", "10.00", "10.00"]),
        (UNITS, ["1", "1.99", "2"], ["0.00", "0.00", "2.50"]),
        (UNITS | {"counted": "started"}, ["1", "1.01", "2.01"], ["0.00", "2.50", "5.00"]),
        (UNITS | {"counted": "interpolated"}, ["0", "1.5", "9"], ["0.00", "1.25", "10.00"]),
        ({"kind": "best_ratio"}, ["3", "9", "0"], ["3.33", "10.00", "0.00"]),
        ({"kind": "best_ratio", "better": "lower"}, ["30", "45", "-1"], ["10.00", "6.67", "0.00"]),
        ({"kind": "between", "full_at": "20", "zero_at": "10"}, ["9", "13", "21"], ["0.00", "3.00", "10.00"]),
        ({"kind": "between", "full_at": "10", "zero_at": "20"}, ["9", "13", "21"], ["10.00", "7.00", "0.00"]),
    ],
    ids=str,
)
def test_an_answer_earns_the_points_of_its_rule(
    value: dict[str, Any], answers: list[Any], expected: list[str]
) -> None:
    assert points(value, answers) == expected


def test_criteria_of_experts_and_of_the_platform_add_up_in_one_group() -> None:
    experts = {"id": "plan", "maximum": "60"}
    system = {"id": "c", "maximum": "40", "scored_by": "system", "value": {"kind": "flag", "answer": "x"}}
    for level in ("criterion", "group"):
        book = rulebook_data(
            groups=[{"id": "g", "weight": 7000, "criteria": [experts, system]}], combination__level=level
        )
        sheets = {"m1": {"a": {"plan": "50"}}, "m2": {"a": {"plan": "41"}}}
        ranking = evaluate(case_of(book, {"a": "100"}, sheets, answers={"a": {"x": True}}))
        assert ranking.lines[0].parts[1].points == 8550


@pytest.mark.parametrize(("figure", "is_in"), [("59.99", False), ("60", True), ("60.01", True)])
@pytest.mark.parametrize("part", ["criterion", "group", "technical"])
def test_a_figure_at_its_minimum_passes_and_one_below_rejects(part: str, figure: str, is_in: bool) -> None:
    criterion: dict[str, Any] = {"id": "plan", "maximum": "100"}
    group: dict[str, Any] = {"id": "technical", "weight": 10_000, "criteria": [criterion]}
    book = rulebook_data(groups=[group], price__weight=0)
    {"criterion": criterion, "group": group}.get(part, book)[
        "minimum" if part != "technical" else f"{part}_minimum"
    ] = "60"
    ranking = evaluate(
        case_of(book, {"a": "100", "b": "90"}, {"m1": {"a": {"plan": figure}, "b": {"plan": "70"}}})
    )
    assert len(ranking.lines) == 1 + is_in
    if not is_in:
        name = {"criterion": "plan", "group": "technical", "technical": "technical"}[part]
        ground = ranking.rejected[0].reasons[0]
        assert (ground.check_id, ground.remarks) == (f"below-minimum:{name}", ("59.99 < 60.00",))


def test_a_bid_below_the_minimum_does_not_set_the_benchmark() -> None:
    book = rulebook_data(technical_minimum="30")
    prices = {"a": "100", "cheap": "10"}
    ranking = evaluate(case_of(book, prices, {"m1": {"a": {"plan": "80"}, "cheap": {"plan": "20"}}}))
    assert ranking.benchmark is not None
    assert ranking.benchmark.value == 10_000
