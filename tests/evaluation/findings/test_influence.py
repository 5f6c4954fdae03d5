"""One voice less, one criterion less: the same places as a whole evaluation of the smaller case."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.case import EvaluationCase
from evaluation.evaluate import evaluate
from evaluation.findings.influence import (
    LAST_OF_GROUP,
    NAMED_IN_TIES,
    TOO_FEW_EXPERTS,
    find_influence,
    without_criterion,
)
from evaluation.sheets import Sheet
from tests.evaluation.cases import case_of, rulebook_data


def criterion(id: str, maximum: str = "10", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": {"zh": id, "en": id},
        "maximum": maximum,
        "step": "1",
        "scored_by": "experts",
        **more,
    }


def group(id: str, weight: int, *criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    maximum = str(sum(int(one["maximum"]) for one in criteria))
    return {
        "id": id,
        "name": {"zh": id, "en": id},
        "weight": weight,
        "maximum": maximum,
        "criteria": list(criteria),
        **more,
    }


GROUPS = [
    group("technical", 5000, criterion("plan"), criterion("team", "20")),
    group("trade", 2000, criterion("record")),
]


def case(points: dict[str, dict[str, list[int]]], **changes: Any) -> EvaluationCase:
    ids = ("plan", "team", "record")
    sheets = {
        seat: {bid: dict(zip(ids, map(str, figures), strict=True)) for bid, figures in bids.items()}
        for seat, bids in points.items()
    }
    bids = sorted(next(iter(points.values())))
    prices = {bid: str(100 + number) for number, bid in enumerate(bids)}
    return case_of(rulebook_data(**{"groups": GROUPS, **changes}), prices, sheets)


# Without seat-3 the bid a, and without seat-1 the bid b is first.
DIVIDED = {
    "seat-1": {"a": [9, 18, 8], "b": [8, 18, 8]},
    "seat-2": {"a": [8, 18, 8], "b": [8, 18, 8]},
    "seat-3": {"a": [3, 10, 8], "b": [10, 20, 8]},
}


def test_the_seat_that_decides_the_first_place_is_named() -> None:
    divided = case(DIVIDED)
    ranking = evaluate(divided)
    assert [line.bid.bid_id for line in ranking.lines] == ["b", "a"]
    found = find_influence(divided, ranking)
    assert [(one.left_out, one.changes_first, one.first) for one in found.experts] == [
        ("seat-1", False, ("b",)),
        ("seat-2", False, ("b",)),
        ("seat-3", True, ("a",)),
    ]
    assert [(one.left_out, one.skipped) for one in found.criteria] == [
        ("plan", ""),
        ("team", ""),
        ("record", LAST_OF_GROUP),
    ]


FIGURES = st.tuples(st.integers(0, 10), st.integers(0, 20), st.integers(0, 10)).map(list)
SHEETS = st.fixed_dictionaries(dict.fromkeys("abc", FIGURES))
PANELS = st.fixed_dictionaries({f"seat-{number}": SHEETS for number in (1, 2, 3, 4)})


@settings(deadline=None, max_examples=15)
@given(PANELS, st.sampled_from([None, "3"]))
def test_repeating_the_scoring_is_evaluating_the_smaller_case(
    points: dict[str, dict[str, list[int]]], minimum: str | None
) -> None:
    groups = [
        group("technical", 5000, criterion("plan", minimum=minimum), criterion("team", "20")),
        GROUPS[1],
    ]
    combination = {"rule": "trimmed_mean", "drop_high": 1, "drop_low": 0, "level": "criterion"}
    whole = case(points, groups=groups, combination=combination)
    found = find_influence(whole, evaluate(whole))
    for one in found.experts:
        sheets = tuple(sheet for sheet in whole.sheets if sheet.member != one.left_out)
        assert one.first == first_of(replace(whole, sheets=sheets))
    for one in found.criteria[:2]:
        rulebook = without_criterion(whole.rulebook, one.left_out)
        assert not isinstance(rulebook, str)
        cut = tuple(
            Sheet(s.member, s.bid_id, {id: p for id, p in s.points.items() if id != one.left_out})
            for s in whole.sheets
        )
        assert one.first == first_of(replace(whole, rulebook=rulebook, sheets=cut))


def first_of(smaller: EvaluationCase) -> tuple[str, ...]:
    return tuple(sorted(line.bid.bid_id for line in evaluate(smaller).lines if line.place == 1))


def test_nobody_is_left_out_where_too_few_would_be_left() -> None:
    trimmed = {"rule": "trimmed_mean", "drop_high": 1, "drop_low": 1, "level": "criterion"}
    three = case(DIVIDED, combination=trimmed)
    found = find_influence(three, evaluate(three))
    assert {one.skipped for one in found.experts} == {TOO_FEW_EXPERTS}
    alone = case({"seat-1": DIVIDED["seat-1"]})
    assert find_influence(alone, evaluate(alone)).experts[0].skipped == TOO_FEW_EXPERTS


def test_a_criterion_that_breaks_ties_is_not_left_out() -> None:
    named = case(DIVIDED, tie_break=["criterion:plan"])
    assert find_influence(named, evaluate(named)).criteria[0].skipped == NAMED_IN_TIES


def test_a_group_without_a_criterion_keeps_its_weight_and_the_share_of_its_minimum() -> None:
    groups = [group("technical", 5000, criterion("plan"), criterion("team", "20"), minimum="20"), GROUPS[1]]
    reduced = without_criterion(case(DIVIDED, groups=groups).rulebook, "plan")
    assert not isinstance(reduced, str)
    assert (reduced.groups[0].weight, reduced.groups[0].maximum) == (5000, 2000)
    assert reduced.groups[0].minimum == 20_00 * 20 // 30


def test_without_a_ranked_bid_there_is_nothing_to_repeat() -> None:
    failing = [
        {"bid_id": bid, "check": "sealed", "member": seat, "passed": False, "reason": "open"}
        for bid in "ab"
        for seat in DIVIDED
    ]
    check = [{"id": "sealed", "text": {"zh": "密封", "en": "Sealed"}, "clause": "51"}]
    rejected = case_of(rulebook_data(groups=GROUPS, checks=check), {"a": "1", "b": "2"}, {}, failing)
    assert find_influence(rejected, evaluate(rejected)).experts == ()


def test_a_rejected_bid_stays_out_though_a_voter_is_left_out() -> None:
    check = [{"id": "sealed", "text": {"zh": "密封", "en": "Sealed"}, "clause": "51"}]
    votes = [
        {"bid_id": bid, "check": "sealed", "member": seat, "passed": bid != "a" or seat == "seat-1"}
        | ({"reason": "open"} if bid == "a" and seat != "seat-1" else {})
        for bid in "ab"
        for seat in DIVIDED
    ]
    sheets = {
        seat: {"b": dict(zip(("plan", "team", "record"), map(str, bids["b"]), strict=True))}
        for seat, bids in DIVIDED.items()
    }
    voted = case_of(rulebook_data(groups=GROUPS, checks=check), {"a": "1", "b": "2"}, sheets, votes)
    assert {one.first for one in find_influence(voted, evaluate(voted)).experts} == {("b",)}
