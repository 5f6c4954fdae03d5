from typing import Any

import pytest

from crypto.canonical import canonical
from evaluation.charts import WIDTH
from evaluation.report.annexes import FORMS, REPEATS
from evaluation.report.contents import PARTS
from tests.evaluation.reports import report_of


def part(report: Any, id: str) -> Any:
    return next(part["content"] for part in report["parts"] if part["id"] == id)


def test_a_report_has_its_ten_parts_in_order_and_is_canonical_json() -> None:
    report: Any = report_of("small")
    assert [(p["number"], p["id"]) for p in report["parts"]] == [
        (n, id) for n, (id, _, _) in enumerate(PARTS, 1)
    ]
    assert canonical(report) == canonical(report_of("small"))


def test_every_bid_is_either_valid_or_rejected_with_reasons() -> None:
    report = report_of("small")
    valid = {bid["bid_id"] for bid in part(report, "valid_bids")[0]["bids"]}
    rejected = {bid["bid_id"] for bid in part(report, "rejections")[0]["rejected"]}
    assert (valid, rejected) == ({"a", "b", "c"}, {"d", "e"})
    assert all(bid["reasons"] for bid in part(report, "rejections")[0]["rejected"])


def test_scores_show_every_seat_and_the_panels_figure() -> None:
    for bid in part(report_of("small"), "scores")[0]["bids"]:
        assert [row["criterion"] for row in bid["criteria"]] == ["plan", "team", "record"]
        for row in bid["criteria"]:
            assert list(row["points"]) == [f"seat-{n}" for n in range(1, 6)]
            assert set(row["shades"].values()) <= set(range(6))
            assert row["combined"] is not None


@pytest.mark.parametrize("name", ["small", "tie", "thirteen-digits"])
def test_charts_stay_inside_their_width(name: str) -> None:
    report = report_of(name)
    for line in part(report, "ranking")[0]["lines"]:
        for _, start, width in line["bar"]:
            assert 0 <= start <= start + width <= WIDTH
    marks = part(report, "prices")[0]["bids"]
    assert (marks[0]["position"], marks[0]["is_benchmark"]) == (0, True)
    assert marks[-1]["position"] == (0 if name == "tie" else WIDTH)


def test_ties_are_named_as_a_matter_to_decide() -> None:
    matters = part(report_of("tie"), "matters")["matters"]
    assert [(m["kind"], m.get("bids")) for m in matters] == [("tie", ["x", "y"])]
    assert part(report_of("small"), "matters") == {"clarifications": [], "matters": []}
    assert part(report_of("tie"), "ranking")[0]["candidates"] == ["x", "y", "z"]


def test_every_form_has_its_number_and_says_which_part_it_repeats() -> None:
    report: Any = report_of("small")
    assert [(form["number"], form["id"]) for form in report["annexes"]] == [
        (n, id) for n, (id, _, _) in enumerate(FORMS, 1)
    ]
    ids = {id for id, _, _ in PARTS}
    for form in report["annexes"]:
        assert (form["part"] in ids) == (form["id"] in REPEATS)


def test_the_benchmark_is_explained_term_by_term() -> None:
    found = part(report_of("small"), "prices")[0]
    terms = found["benchmark"]["terms"]
    assert [term["base"] for term in terms] == ["lowest"]
    assert found["benchmark"]["value"] == terms[0]["product"]
    assert all(bid["evaluated_price"] == bid["price"] for bid in found["bids"])


def test_votes_and_sums_of_each_member_are_in_the_forms() -> None:
    forms = {form["id"]: form["content"] for form in report_of("small")["annexes"]}  # type: ignore[union-attr, index, call-overload]
    for bid in forms["preliminary"][0]["bids"]:
        assert all(check["passed"] + check["failed"] == 5 for check in bid["checks"])
    assert {one["seat"] for one in forms["individual"]} == {f"seat-{n}" for n in range(1, 6)}
    assert all(len(one["sums"][0]["bids"]) == 3 for one in forms["individual"])
