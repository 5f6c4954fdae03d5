"""`./mingtang lots`: the sample of the format page, both methods, and files that are refused by field."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.main import app

PAGE = (Path(__file__).parents[2] / "docs/formats/lot-award.md").read_text()
SAMPLE: dict[str, Any] = json.loads(
    next(block for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if '"lots": [\n' in block)
)


def run(folder: Path, case: object, *options: str) -> tuple[int, str]:
    file = folder / "lots.json"
    file.write_text(case if isinstance(case, str) else json.dumps(case))
    done = CliRunner().invoke(app([]), ["lots", str(file), *options])
    return done.exit_code, done.output


def test_the_sample_of_the_page_costs_what_the_page_says(tmp_path: Path) -> None:
    code, output = run(tmp_path, SAMPLE, "--json")
    answer = json.loads(output)
    assert code == 0
    assert (answer["proposal"]["total"], answer["other"]["total"], answer["difference"]) == (
        "230.00",
        "201.00",
        "-29.00",
    )
    assert answer["proposal"]["awards"][1] == {
        "lot": "2",
        "bidder": "B",
        "place": 2,
        "cost": "130.00",
        "passed": [{"bidder": "A", "place": 1, "holds": ["1"], "raises_by": None}],
    }


def test_people_read_tables_with_reasons(tmp_path: Path) -> None:
    code, output = run(tmp_path, {**SAMPLE, "rule": {"method": "optimal", "cap": 1}})
    assert code == 0
    assert "201.00" in output
    assert "230.00" in output


def test_each_alone_has_nothing_beside_it(tmp_path: Path) -> None:
    code, output = run(tmp_path, {**SAMPLE, "rule": {"method": "each_alone"}}, "--json")
    assert code == 0
    assert json.loads(output)["other"] is None


def test_bundles_and_least_numbers_are_read(tmp_path: Path) -> None:
    case = {
        **SAMPLE,
        "rule": {"method": "optimal", "cap": 2},
        "bundles": [{"bidder": "B", "lots": ["1", "2"], "discount": "40.5"}],
        "fewest_lots": {"C": 2},
    }
    code, output = run(tmp_path, case, "--json")
    assert code == 0
    assert json.loads(output)["proposal"]["total"] == "190.50"
    assert json.loads(output)["proposal"]["discounts"] == [
        {"bidder": "B", "lots": ["1", "2"], "discount": "40.50"}
    ]


WRONG: list[tuple[str, Any, str]] = [
    ("v", 2, "v"),
    ("places", 7, "places"),
    ("unit", "", "unit"),
    ("lots", [], "lots"),
    ("lots", [SAMPLE["lots"][0]] * 2, "lots"),
    ("lots", [{"id": "1", "offers": [{"bidder": "A", "cost": "1e3"}]}], "lots[0].offers[0].cost"),
    ("lots", [{"id": "1", "offers": [{"bidder": "A", "cost": "NaN"}]}], "lots[0].offers[0].cost"),
    ("lots", [{"id": "1", "offers": [{"bidder": "A", "cost": "0"}]}], "lots[0].offers[0].cost"),
    ("lots", [{"id": "1", "offers": [{"bidder": "A", "cost": "1.001"}]}], "lots[0].offers[0].cost"),
    ("lots", [{"id": "1", "offers": [{"bidder": "A", "cost": "1"}] * 2}], "lots[0].offers"),
    ("rule", {"method": "fair", "cap": 1}, "rule.method"),
    ("rule", {"method": "sequential"}, "rule.cap"),
    ("rule", {"method": "sequential", "cap": 0}, "rule.cap"),
    ("rule", {"method": "sequential", "cap": 1001}, "rule.cap"),
    ("rule", {"method": "each_alone", "cap": 1}, "rule.cap"),
    ("rule", {"method": "sequential", "cap": 1, "bundles": [[1, 2]]}, "rule.bundles"),
    ("rule", {"method": "optimal", "cap": 1, "bundles": [[1]]}, "rule.bundles[0]"),
    ("rule", {"method": "optimal", "cap": 1, "bundles": ["12"]}, "rule.bundles[0]"),
    ("rule", {"method": "optimal", "cap": 1, "bundles": [[1, 2], [2, 1]]}, "rule.bundles"),
    ("rule", {"method": "optimal", "cap": 1, "objective": "speed"}, "rule.objective"),
    ("bundles", [{"bidder": "A", "lots": ["1", "2"], "discount": "1"}], "rule.method"),
    ("fewest_lots", {"A": 0}, "fewest_lots.A"),
    ("lot", [], "lot"),
]


@pytest.mark.parametrize(("field", "value", "where"), WRONG)
def test_a_wrong_field_is_named(tmp_path: Path, field: str, value: object, where: str) -> None:
    code, output = run(tmp_path, {**SAMPLE, field: value}, "--json")
    assert code == 1
    assert json.loads(output)["error"]["detail"].startswith(f"{where}: ")


def test_what_is_no_file_of_json_is_refused(tmp_path: Path) -> None:
    assert "not JSON" in run(tmp_path, "{")[1]
    assert CliRunner().invoke(app([]), ["lots", str(tmp_path / "none.json")]).exit_code == 1
    unknown = {**SAMPLE, "rule": {"method": "optimal", "cap": 1}}
    unknown["bundles"] = [{"bidder": "A", "lots": ["1", "9"], "discount": "1"}]
    assert "bundles[0].lots" in run(tmp_path, unknown, "--json")[1]
