"""`mingtang bill check`: what the platform would find, before the bid is sealed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from client.bill import BILL
from tests.evaluation.bills import PLAIN, TEMPLATE, with_row


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "bill.csv").write_text("\n".join(PLAIN))
    (tmp_path / "template.csv").write_text("\n".join(TEMPLATE))
    (tmp_path / "wrong.csv").write_text("\n".join(with_row("A3", "")))
    (tmp_path / "broken.csv").write_text("\n".join(with_row("A3", "A3,line,Kerb,m,1e3,3,100.00,,,")))
    return tmp_path


def run(files: Path, name: str, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(BILL, [str(files / name), "--template", str(files / "template.csv"), *more])
    return done.exit_code, done.output


def test_a_right_bill_has_exit_code_0(files: Path) -> None:
    code, shown = run(files, "bill.csv", "--json", "--price", "64728.56")
    found = json.loads(shown)
    assert (code, found["findings"], found["comes_to"]) == (0, [], "64728.56")
    assert found["in_words"] == "陆万肆仟柒佰贰拾捌元伍角陆分"


def test_what_the_platform_would_find_is_told(files: Path) -> None:
    code, shown = run(files, "wrong.csv", "--json", "--price", "1.00")
    rules = [one["rule"] for one in json.loads(shown)["findings"]]
    assert (code, rules[:2]) == (1, ["fee", "fee"])
    assert rules[-1] == "missing_item"
    assert "announced" in rules
    assert "missing_item" in run(files, "wrong.csv")[1]


def test_an_unreadable_bill_is_refused_with_its_cell(files: Path) -> None:
    code, shown = run(files, "broken.csv", "--json")
    assert code == 1
    assert "row 4 column quantity" in shown
    assert run(files, "nowhere.csv")[0] == 1
