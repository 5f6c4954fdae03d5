"""`mingtang score`: ranking and derivation of a case from a file; refusals that name the field; no server."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.console import OUT
from client.main import app
from tests.real_parts.platform import ROOT

PAGE = (ROOT / "docs" / "formats" / "evaluation-case.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def run(folder: Path, text: str | bytes, *options: str) -> tuple[int, str, str]:
    OUT.width = 220  # whatever terminal the tests run in
    file = folder / "case.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = CliRunner().invoke(app([]), ["score", str(file), *options])
    return done.exit_code, done.stdout, done.stderr


def lines_of(folder: Path, sample: str) -> dict[str, dict[str, Any]]:
    code, out, _ = run(folder, sample, "--json")
    assert code == 0
    return {line["bid_id"]: line for line in json.loads(out)["ranking"]["lines"]}


def test_the_first_sample_of_the_page_gives_what_the_page_says(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, SAMPLES[0])
    points = {bid: line["price_points"] for bid, line in lines.items()}
    assert points == {"E": "67", "D": "66", "C": "66", "A": "61"}
    code, out, _ = run(tmp_path, SAMPLES[0])
    assert code == 0
    assert "benchmark: 3462\n" in out
    assert "rejected: B" in out


def test_the_second_sample_of_the_page_gives_what_the_page_says(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, SAMPLES[1])
    assert {bid: (line["place"], line["total"]) for bid, line in lines.items()} == {
        "a": (1, "88.90"),
        "b": (2, "87.64"),
    }
    assert lines["a"]["evaluated_price"] == "1125000.00"


def test_the_command_runs_as_a_program_and_prints_every_derivation(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(SAMPLES[1], encoding="utf-8")
    done = subprocess.run(
        [ROOT / "mingtang", "score", file],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "200", "PATH": "/usr/bin:/bin"},
    )
    assert "only 2 accepted bids; the rulebook asks for 3" in done.stdout
    for figure in ("combined/plan", "answer/projects", "evaluated_price", "weighted/quality", "total"):
        assert done.stdout.count(f"│ {figure} ") == 2


def test_brief_leaves_the_derivations_out(tmp_path: Path) -> None:
    assert "combined/plan" not in run(tmp_path, SAMPLES[1], "--brief")[1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SAMPLES[0].replace('"3554.20"', "NaN"), "NaN is not a number"),
        (SAMPLES[0].replace('"3554.20"', "Infinity"), "Infinity is not a number"),
        (SAMPLES[0].replace('"3554.20"', "3554.20"), "bids[0].price: a text is needed here"),
        (SAMPLES[0].replace('"3554.20"', '"3554.201"'), "at most 2 decimals"),
        (SAMPLES[0].replace('"3554.20"', '"3,554.20"'), "digits and a point only"),
        (SAMPLES[0].replace('"bid_id": "B"', '"bid_id": "A"'), "bid A: it is in the case twice"),
        (SAMPLES[0].replace('"name":', '"name": "x", "name":'), "the key name stands twice"),
        (SAMPLES[0].replace('"3650.00"', "null"), "rulebook.price.estimate: it is needed"),
        ("{", "it is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("[]", "an object is needed here"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_its_reason(
    tmp_path: Path, text: str | bytes, why: str
) -> None:
    code, _, err = run(tmp_path, text)
    assert code == 1
    assert why in " ".join(err.split())
