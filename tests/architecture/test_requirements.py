"""The ledger of requirements tells the truth: every row is there, and each proof it names exists."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "docs/requirements/approval.md"
GROUPS = {
    "A": 22, "B": 28, "C": 17, "D": 20, "E": 27, "F": 14, "G": 9, "H": 20,
    "I": 12, "J": 16, "K": 16, "L": 5, "M": 9, "O": 6, "P": 15,
}  # fmt: skip
"""How many rows each group has; group N belongs to tenders."""
ROWS = [f"{group}{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]


def entries() -> list[list[str]]:
    lines = [line.strip() for line in LEDGER.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0].strip() in ROWS]


@cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    )


def missing_proofs(cell: str) -> list[str]:
    """The test ids of a cell that do not exist."""
    named = [word.strip("`,;") for word in cell.split()]
    proofs = [word for word in named if "::" in word]
    return [p for p in proofs if p.partition("::")[2].partition("[")[0] not in names_in(p.partition("::")[0])]


def test_every_row_stands_there_once_in_order() -> None:
    assert [row[0] for row in entries()] == ROWS


@pytest.mark.parametrize("row", entries(), ids=lambda row: row[0])
def test_every_row_has_a_proof_that_exists_or_says_why_not(row: list[str]) -> None:
    rest = " | ".join(row[1:])
    if rest.startswith("not built: "):
        assert len(rest) > len("not built: ") + 10
        return
    assert len(row) == 3, row
    assert "::" in row[2], row
    assert missing_proofs(row[2]) == []


@pytest.mark.parametrize(
    ("cell", "missing"),
    [
        ("`tests/architecture/test_requirements.py::test_every_row_stands_there_once_in_order`", 0),
        ("`tests/architecture/test_requirements.py::test_of_nothing`", 1),
        ("`tests/nowhere.py::test_x`", 1),
    ],
)
def test_a_proof_that_does_not_exist_is_found(cell: str, missing: int) -> None:
    assert len(missing_proofs(cell)) == missing
