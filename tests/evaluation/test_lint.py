"""Every remark on a rulebook: a change that earns it, and the ready-made rulebooks with the remarks they have."""

from pathlib import Path
from typing import Any

import pytest

from evaluation.lint import ORDER, lint
from evaluation.lint_texts import REMARKS
from evaluation.rulebook import read_rulebook
from tests.evaluation.cases import rulebook_data
from tests.evaluation.ready_made import NAMES, load

EXPECTED: dict[str, list[str]] = {
    "absolute-linear": ["lowest-unguarded"],
    "adb-qcbs-1000": ["lowest-unguarded"],
    "cn-drawn-nine": ["no-ceiling", "cheaper-loses"],
    "cn-iterated-30": ["free-band-one-side", "no-ceiling", "cheaper-loses"],
    "cn-low-price-goods-30": ["low-without-ceiling"],
    "cn-low-price-services-10": ["price-weight-goods", "low-without-ceiling"],
    "cn-lowest-evaluated-goods": ["low-without-ceiling"],
    "cn-mean-started-percents": ["mean-untrimmed", "example-price", "limit-edge", "cheaper-loses"],
    "cn-mixed-abc": ["example-price", "cheaper-loses"],
    "cn-mixed-two": ["example-price", "cheaper-loses"],
    "cn-reasonable-price-highway": ["no-ceiling", "cheaper-loses"],
    "cn-reviewed-lowest-works": ["stated-unchecked"],
    "cn-small-enterprise-goods": ["low-without-ceiling"],
    "cn-small-enterprise-works": ["lowest-unguarded"],
    "cn-trimmed-mean-20": ["no-ceiling", "cheaper-loses"],
    "cn-trimmed-mean-float": ["no-ceiling", "cheaper-loses"],
    "eu-linear": ["lowest-unguarded"],
    "eu-relative": ["lowest-unguarded"],
    "goods-60-30-10": ["lowest-unguarded"],
    "jp-division": ["example-price"],
    "jp-price-points": ["example-price"],
    "jp-price-points-kink": ["example-price"],
    "price-log": ["lowest-unguarded"],
    "prozorro-lcc": ["stated-unchecked"],
    "prozorro-mixed": ["stated-unchecked"],
    "uk-mean": ["mean-untrimmed", "no-ceiling"],
    "wb-cqs": ["no-tie-key"],
    "wb-fbs": ["example-price"],
    "wb-qbs": ["no-tie-key"],
    "wb-qcbs-80-20": ["lowest-unguarded"],
    "works-40-40-20": ["lowest-unguarded"],
    "za-80-20": ["lowest-unguarded"],
}


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_made_rulebook_has_no_other_remarks_than_these(name: str) -> None:
    remarks = lint(read_rulebook(load(name)))
    assert [remark.code for remark in remarks] == EXPECTED.get(name, [])
    assert not [remark for remark in remarks if remark.severity == "error"]


TWO = [{"from": "0", "points": "0"}, {"from": "2", "points": "0.4"}]
COST = [{"from": "0", "points": "1"}]
MEAN = {"terms": [{"base": "mean"}]}
TRIMMED = {"terms": [{"base": "mean", "trim": [{"from_bids": 5, "high": 1, "low": 1}]}]}
SYSTEM = {"id": "x", "name": "x", "maximum": "100", "step": "1", "scored_by": "system"}


def deviation(**more: Any) -> dict[str, Any]:
    return {"kind": "deviation", "above": COST, "below": COST, **more}


def mean_with(**more: Any) -> dict[str, Any]:
    return {"terms": [{"base": "mean", **more}]}


def drawn(*values: str) -> dict[str, Any]:
    terms = {"terms": [{"base": "lowest", "factors": ["K"]}]}
    return {"drawn": [{"name": "K", "values": list(values)}], "price__benchmark": terms}


def limit(side: str, factor: str) -> dict[str, Any]:
    return {"side": side, "of": "estimate", "factors": [factor]}


def answered(**value: Any) -> dict[str, Any]:
    group = {"id": "g", "weight": 7000, "criteria": [{**SYSTEM, "value": {"answer": "a", **value}}]}
    return {"groups": [group]}


def low(**more: Any) -> list[dict[str, Any]]:
    usual = {"kind": "below_mean", "clause": "c", "response_minutes": 30, "strict": True, "percent": "50"}
    return [{**usual, **more}]


def units(amount: str) -> dict[str, Any]:
    return {"id": "a", "kind": "units", "answer": "a", "amount": amount}


TRIALS: list[tuple[str, str, dict[str, Any]]] = [
    ("free-band-one-side", "price.formula.below", {"price__formula": deviation(below=TWO)}),
    ("free-band-both-sides", "price.formula", {"price__formula": deviation(above=TWO, below=TWO)}),
    (
        "band-edge-started",
        "price.formula.above[1].from",
        {"price__formula": deviation(above=TWO, counted="started")},
    ),
    (
        "band-same-cost",
        "price.formula.above[1]",
        {"price__formula": deviation(above=[*COST, {"from": "3", "points": "1"}])},
    ),
    (
        "band-never-reached",
        "price.formula.above[1]",
        {"price__formula": deviation(above=[{"from": "0", "points": "10"}, {"from": "10", "points": "1"}])},
    ),
    (
        "deviation-rounded",
        "places.deviation",
        {"price__formula": deviation(counted="started"), "places__deviation": 2},
    ),
    ("flat-formula", "price.formula", {"price__formula": deviation(above=[], below=[])}),
    (
        "flat-formula",
        "price.formula",
        {"price__formula": {"kind": "curve", "knots": [{"of": "lowest", "points": "1"}]}},
    ),
    ("dearer-gains", "price.formula.above", {"price__formula": deviation(above=[{"points": "-1"}])}),
    (
        "dearer-gains",
        "price.formula.knots",
        {
            "price__formula": {
                "kind": "curve",
                "knots": [{"of": "lowest", "points": "1"}, {"of": "highest", "points": "2"}],
            }
        },
    ),
    ("cheaper-loses", "price.formula.below", {"price__formula": deviation(), "price__benchmark": TRIMMED}),
    ("floor-is-cap", "price.formula.floor", {"price__formula": {"kind": "ratio", "floor": "100"}}),
    ("start-above-cap", "price.formula.start", {"price__formula": deviation(cap="90")}),
    ("start-below-floor", "price.formula.start", {"price__formula": deviation(start="1", floor="2")}),
    ("outliers-cliff", "price.outliers", {"price__outliers": "floor"}),
    ("mean-untrimmed", "price.benchmark.terms[0]", {"price__benchmark": MEAN}),
    ("lowest-unguarded", "abnormally_low", {}),
    ("no-ceiling", "price.ceiling", {"price__benchmark": TRIMMED}),
    (
        "benchmark-not-own-price",
        "price.benchmark.of",
        {"price__benchmark": {"of": "offer"}, "price__adjustments": [units("1")]},
    ),
    ("benchmark-can-be-zero", "price.benchmark.terms", drawn("0", "1", "0.9")),
    ("benchmark-far-below", "price.benchmark.terms", {"price__benchmark": mean_with(factors=["0.5"])}),
    ("price-can-drop-to-zero", "price.adjustments", {"price__adjustments": [units("-1")]}),
    (
        "stated-unchecked",
        "price.adjustments[0]",
        {"price__adjustments": [{"id": "a", "kind": "stated", "answer": "a"}]},
    ),
    ("drawn-close", "drawn[0].values", drawn("0.95", "0.951", "0.952")),
    ("drawn-few", "drawn[0].values", drawn("0.95", "0.9")),
    (
        "trim-never-bites",
        "price.benchmark.terms[0].trim[0]",
        {"price__benchmark": mean_with(trim=[{"from_bids": 3, "high_percent": "20"}])},
    ),
    (
        "trim-falls",
        "price.benchmark.terms[0].trim[1]",
        {"price__benchmark": mean_with(trim=[{"from_bids": 4, "high": 2}, {"from_bids": 9, "high": 1}])},
    ),
    (
        "exclusion-never-bites",
        "price.benchmark.terms[0].exclude.percent",
        {"price__benchmark": mean_with(exclude={"percent": "100", "side": "below"})},
    ),
    (
        "sample-small",
        "price.samples[0].size",
        {"price__benchmark": mean_with(sample="S"), "price__samples": [{"name": "S", "size": 3}]},
    ),
    (
        "limits-contradict",
        "price.limits",
        {"price__estimate": "10", "price__limits": [limit("above", "0.8"), limit("below", "0.9")]},
    ),
    (
        "limit-never-bites",
        "price.limits[0]",
        {"price__estimate": "10", "price__ceiling": "9", "price__limits": [limit("above", "1")]},
    ),
    (
        "limit-edge",
        "price.limits[0].at_limit",
        {"price__estimate": "10", "price__limits": [limit("above", "1")]},
    ),
    ("example-price", "price.ceiling", {"price__ceiling": "1000000"}),
    ("rounding-coarse", "places.price", {"places__price": 0}),
    ("rounding-coarse", "places.price", {"price__formula": deviation(), "places__price": 0}),
    ("total-coarse", "places.total", {"places__total": 1}),
    ("minimum-unreachable", "technical_minimum", {"technical_minimum": "71"}),
    ("minimum-is-maximum", "technical_minimum", {"technical_minimum": "70"}),
    (
        "maximum-unreachable",
        "groups[0].criteria[0].value",
        answered(kind="choice", choices={"a": "9", "b": "0"}),
    ),
    ("answers-alike", "groups[0].criteria[0].value", answered(kind="choice", choices={"a": "9", "b": "9"})),
    (
        "criterion-without-effect",
        "groups[0].criteria[0].maximum",
        {
            "groups": [{"id": "g", "weight": 7000, "criteria": [{**SYSTEM, "scored_by": "experts"}]}],
            "places__total": 0,
            "total_maximum": "1",
        },
    ),
    ("experts-many", "combination", {"combination": {"rule": "trimmed_mean", "drop_high": 4, "drop_low": 3}}),
    ("total-without-price", "price.weight", {"price__weight": 0, "groups__0__weight": 10000}),
    ("price-points-unused", "price.weight", {"award": {"by": "technical"}}),
    ("quality-without-effect", "award.by", {"award": {"by": "evaluated_price"}}),
    ("price-formula-none", "price.formula.kind", {"price__formula": {"kind": "none"}}),
    (
        "adjustments-unused",
        "price.adjustments",
        {
            "price__adjustments": [units("1")],
            "price__benchmark": {"of": "offer"},
            "price__formula": {"kind": "ratio", "of": "offer"},
            "award": {"of": "offer"},
        },
    ),
    ("tie-key-useless", "tie_break", {"tie_break": ["lower_price", "lower_evaluated_price"]}),
    ("no-tie-key", "tie_break", {"tie_break": []}),
    ("price-weight-law", "price.weight", {"price__weight": 999, "groups__0__weight": 9001}),
    ("price-weight-goods", "price.weight", {"price__weight": 2999, "groups__0__weight": 7001}),
    ("candidates-law", "candidates", {"candidates": 4}),
    ("minimum-bids-law", "minimum_bids", {"minimum_bids": 2}),
    ("low-above-law", "abnormally_low[0].percent", {"abnormally_low": low(percent="65.01")}),
    ("low-below-law", "abnormally_low[0].percent", {"abnormally_low": low(percent="49.99")}),
    ("low-inclusive", "abnormally_low[0].strict", {"abnormally_low": low(strict=False)}),
    ("low-without-ceiling", "abnormally_low[0]", {"abnormally_low": low(kind="below_ceiling")}),
]


def made(changes: dict[str, Any]) -> dict[str, Any]:
    """The default rulebook, changed; a number in a path is a place of a list."""
    data = rulebook_data()
    for path, value in changes.items():
        *folders, key = path.split("__")
        place: Any = data
        for folder in folders:
            place = place[int(folder) if folder.isdigit() else folder]
        place[key] = value
    return data


@pytest.mark.parametrize(
    ("code", "where", "changes"), TRIALS, ids=[f"{t[0]}-{n}" for n, t in enumerate(TRIALS)]
)
def test_each_remark_is_earned_and_names_its_field(code: str, where: str, changes: dict[str, Any]) -> None:
    found = [remark for remark in lint(read_rulebook(made(changes))) if remark.code == code]
    assert [remark.where for remark in found] == [where]
    assert "{" not in found[0].why.zh + found[0].why.en


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("price-weight-goods", {"price__weight": 3000, "groups__0__weight": 7000}),
        ("price-weight-law", {"price__weight": 1000, "groups__0__weight": 9000}),
        ("candidates-law", {"candidates": 3}),
        ("minimum-bids-law", {"minimum_bids": 3}),
        ("low-above-law", {"abnormally_low": low(percent="65")}),
        ("low-below-law", {"abnormally_low": low(percent="50")}),
        ("low-below-law", {"abnormally_low": low(kind="below_ceiling", percent="45")}),
        ("minimum-unreachable", {"technical_minimum": "70"}),
        ("mean-untrimmed", {"price__benchmark": TRIMMED}),
        ("price-weight-law", {"price__weight": 999, "groups__0__weight": 9001, "currency": "EUR"}),
        ("cheaper-loses", {"price__formula": deviation()}),
    ],
)
def test_a_figure_at_its_limit_earns_no_remark(code: str, changes: dict[str, Any]) -> None:
    assert code not in [remark.code for remark in lint(read_rulebook(made(changes)))]


def test_every_code_has_a_trial() -> None:
    assert {code for code, _, _ in TRIALS} == set(REMARKS)


def test_the_gravest_remarks_come_first() -> None:
    remarks = lint(read_rulebook(made({"price__formula": deviation(start="1", floor="2"), "candidates": 4})))
    ranks = [ORDER.index(remark.severity) for remark in remarks]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


def test_the_page_of_the_codes_says_what_the_lint_says() -> None:
    page = (Path(__file__).parents[2] / "docs/formats/rulebook-lint.md").read_text()
    rows = [f"| `{code}` | {text.severity} | {text.en} |" for code, text in REMARKS.items()]
    assert [row for row in rows if row not in page] == []
