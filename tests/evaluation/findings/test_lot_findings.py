"""All findings of one lot: repeatable from the case alone, silent where they do not apply, changing nothing."""

from dataclasses import replace
from typing import Any

from crypto.canonical import canonical
from evaluation.case import EvaluationCase
from evaluation.evaluate import evaluate
from evaluation.findings.lot_findings import (
    NOT_BY_TOTAL,
    ONE_PART,
    Reason,
    make_lot_findings,
    part_names,
    step_units,
)
from evaluation.findings.outliers import OutlierRule
from evaluation.findings.sheet_figures import outlier_rule, sheet_figures
from evaluation.result import ranking_digest
from tests.evaluation.cases import case_of, rulebook_data

LOW = {
    "kind": "below_mean",
    "percent": "65",
    "strict": True,
    "clause": "财库〔2026〕2号",
    "response_minutes": 30,
}


def criterion(id: str, maximum: str, step: str = "1") -> dict[str, Any]:
    name = {"zh": id, "en": id}
    return {"id": id, "name": name, "maximum": maximum, "step": step, "scored_by": "experts"}


GROUPS = [
    {
        "id": "technical",
        "name": {"zh": "技术", "en": "Technical"},
        "weight": 5000,
        "maximum": "30",
        "criteria": [criterion("plan", "20"), criterion("licence", "10", "10")],
    },
    {
        "id": "trade",
        "name": {"zh": "商务", "en": "Trade"},
        "weight": 2000,
        "maximum": "10",
        "criteria": [criterion("record", "10")],
    },
]
PRICES = {"a": "100.00", "b": "50.00", "c": "120.00"}


def made(**changes: Any) -> EvaluationCase:
    """Four members; the fourth gives b little and sees no licence in c."""
    points = {bid: {"plan": "16", "licence": "10", "record": "8"} for bid in PRICES}
    sheets = {f"seat-{number}": dict(points) for number in (1, 2, 3)}
    sheets["seat-4"] = {
        **points,
        "b": {"plan": "8", "licence": "10", "record": "8"},
        "c": {"plan": "16", "licence": "0", "record": "8"},
    }
    return case_of(rulebook_data(**{"groups": GROUPS, "abnormally_low": [LOW], **changes}), PRICES, sheets)


def findings(case: EvaluationCase, *reasons: Reason) -> Any:
    return make_lot_findings(case, evaluate(case), reasons)


def test_everything_found_is_there_by_name() -> None:
    reason = Reason("seat-4", "b", "criterion", "plan", "It copies the tender.")
    body = findings(made(), reason)
    assert body["abnormally_low"][0]["flagged"] == ["b"]
    assert step_units(body["abnormally_low"][0]["steps"][0]) == 9000
    figures = {
        (one["seat"], one["bid_id"], one["level"], one["target"]) for one in body["outliers"]["figures"]
    }
    assert ("seat-4", "b", "criterion", "plan") in figures
    assert ("seat-4", "c", "group", "technical") in figures
    # One all-or-nothing figure lowers the others' mean so far that each of them stands apart from it too.
    licence = {seat for seat, *rest in figures if rest == ["c", "criterion", "licence"]}
    assert licence == {"seat-1", "seat-2", "seat-3", "seat-4"}
    assert [one["reason"] for one in body["outliers"]["figures"] if one["target"] == "plan"] == [
        "It copies the tender."
    ]
    assert body["outliers"]["split"] == [{"bid_id": "c", "criterion": "licence"}]
    assert {one["target"] for one in body["agreement"]} == {
        *("plan", "licence", "record", "technical", "trade", "total")
    }
    assert body["robustness"]["win_share"][0]["bid_id"] == "b"


def test_the_same_case_gives_the_same_bytes_and_the_ranking_stays() -> None:
    case = made()
    before = ranking_digest(evaluate(case))
    turned = replace(case, bids=case.bids[::-1], sheets=case.sheets[::-1])
    assert canonical(findings(case)) == canonical(findings(turned))
    assert ranking_digest(evaluate(case)) == before


def test_weights_are_not_drawn_where_they_decide_nothing() -> None:
    assert findings(made(award={"by": "evaluated_price"}))["robustness"]["skipped"] == NOT_BY_TOTAL
    only = [{**GROUPS[0], "weight": 10_000}]
    sheets = {"seat-1": {bid: {"plan": "16", "licence": "10"} for bid in PRICES}}
    price = {"formula": {"kind": "ratio"}, "weight": 0, "maximum": "100"}
    alone = case_of(rulebook_data(groups=only, price=price), PRICES, sheets)
    assert findings(alone)["robustness"]["skipped"] == ONE_PART


def test_a_rulebook_that_leaves_deviating_figures_out_gives_the_limit() -> None:
    combination = {"rule": "mean", "exclude": {"percent": "20", "against": "panel"}}
    assert outlier_rule(made(combination=combination).rulebook) == OutlierRule("panel_mean", 2_000)
    assert outlier_rule(made().rulebook) == OutlierRule()


def test_a_sheet_has_a_figure_for_each_criterion_group_and_all_together() -> None:
    case = made()
    [sheet] = [sheet for sheet in case.sheets if (sheet.member, sheet.bid_id) == ("seat-1", "a")]
    figures = sheet_figures(case.rulebook, sheet)
    assert figures["criterion", "plan"] == 1600
    assert figures["group", "technical"] == 2600
    # 26/30 of 5000 and 8/10 of 2000 basis points, over the common denominator 3000
    assert figures["total", "total"] == 2600 * 5000 + 800 * 2000 * 3


def test_names_are_found_by_id() -> None:
    assert part_names(made().rulebook)["trade"] == {"zh": "商务", "en": "Trade"}
