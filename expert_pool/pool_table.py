"""A file of experts as a table: the cells of a CSV file, bounded, and what a spreadsheet may not run.

Workbooks (XLSX) become the same rows in a process of their own (web/pool_workbook.py).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kernel.errors import BadInput

FILE_LIMIT = 16 << 20  # bytes
ROWS = 20_000
CELL = 2000  # characters
CELLS = 40  # in a row
ENCODINGS = ("utf-8-sig", "gb18030")  # GBK is a part of GB18030
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell or line; the value itself is never repeated."""

    line: int
    column: str
    why: str


def csv_lines(data: bytes) -> list[Line]:
    """The rows of a CSV file with their line numbers; empty rows are left out.

    Raises:
        BadInput: too large, no text, or quotes that do not match.
    """
    check_bytes(data)
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    found: list[Line] = []
    line = 1
    try:
        for cells in reader:
            found.append((line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        raise BadInput(where=f"line {line}", why="the quotes of this line do not match") from None
    return check_lines(found)


def check_bytes(data: bytes) -> None:
    """Raise BadInput for a file that is empty or too large."""
    if not data.strip():
        raise BadInput(where="file", why="the file is empty")
    if len(data) > FILE_LIMIT:
        raise BadInput(where="file", why=f"a file has at most {FILE_LIMIT} bytes")


def check_lines(found: Iterable[Line]) -> list[Line]:
    """The lines that hold something; raises BadInput for more or larger ones than can be read."""
    lines = [(number, cells) for number, cells in found if any(cell.strip() for cell in cells)]
    if len(lines) > ROWS + 1:
        raise BadInput(where="file", why=f"a file has at most {ROWS} experts")
    for number, cells in lines:
        if len(cells) > CELLS:
            raise BadInput(where=f"line {number}", why=f"a line has at most {CELLS} cells")
        if any(len(cell) > CELL for cell in cells):
            raise BadInput(where=f"line {number}", why=f"a cell holds at most {CELL} characters")
    return lines


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV that a spreadsheet opens as text: with a mark of UTF-8, and no cell that it would run."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise BadInput(where="file", why="save the file as CSV in UTF-8 or GBK, or as XLSX")
