"""The cells of a bill as text: CSV in UTF-8 or GB18030 here, workbooks in workbook.py. Everything is bounded."""

import csv
import io
from typing import NoReturn

from kernel.errors import BadInput

FILE_LIMIT = 16 << 20  # bytes
ROWS = 20_000
COLUMNS = 30
CELL = 500  # characters
ENCODINGS = ("utf-8-sig", "gb18030")

Cells = list[str]


def csv_rows(name: str, data: bytes) -> list[tuple[int, Cells]]:
    """The rows of a CSV file with their numbers; empty rows are left out."""
    text = _decoded(name, data)
    found: list[tuple[int, Cells]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            check_size(name, number, cells)
            found.append((number, cells))
    except csv.Error:
        raise BadInput(
            where=f"{name} row {len(found) + 1}", why="the quotes of this row do not match"
        ) from None
    return [(number, cells) for number, cells in found if any(cell.strip() for cell in cells)]


def check_size(name: str, number: int, cells: Cells) -> None:
    """Raise BadInput for a row beyond the limits."""
    if number > ROWS:
        fail(name, number, "", f"a bill has at most {ROWS} rows")
    if len(cells) > COLUMNS:
        fail(name, number, "", f"a bill has at most {COLUMNS} columns")
    if any(len(cell) > CELL for cell in cells):
        fail(name, number, "", f"a cell holds at most {CELL} characters")


def fail(name: str, number: int, column: str, why: str) -> NoReturn:
    """Refuse a bill because of one cell or row."""
    raise BadInput(where=f"{name} row {number}" + (f" column {column}" if column else ""), why=why)


def _decoded(name: str, data: bytes) -> str:
    if len(data) > FILE_LIMIT:
        raise BadInput(where=name, why=f"a bill has at most {FILE_LIMIT} bytes")
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise BadInput(where=name, why="it must be text in UTF-8 or GB18030")
