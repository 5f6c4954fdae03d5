"""Workbooks of experts: read in a process of its own (`python -m web.pool_workbook`), and the template to fill in.

Read and refused by form: more than one sheet, merged cells, entities, more unpacked bytes than any real file has.
A cell that computes is reported by its place; its result is never used.
"""

import datetime
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from typing import Any

from crypto.canonical import canonical
from expert_pool.pool_table import CELL, CELLS, FILE_LIMIT, ROWS, Line, check_lines
from kernel.apart import confine, run_confined
from kernel.errors import BadInput, Unavailable

SECONDS = 60
UNPACKED_LIMIT = 128 << 20  # bytes of all parts together
PARTS = 200
NOT_READABLE = "it is not a workbook (XLSX) that can be read"
DIGITS = 15  # a number in a workbook keeps no more


def read_workbook_apart(data: bytes) -> tuple[list[Line], list[tuple[int, int]]]:
    """The lines of the only sheet, and where cells compute; raises BadInput for what cannot be read."""
    if len(data) > FILE_LIMIT:
        raise BadInput(where="file", why=f"a file has at most {FILE_LIMIT} bytes")
    try:
        answer: dict[str, Any] = json.loads(run_confined("web.pool_workbook", data, SECONDS))
    except (Unavailable, ValueError):
        raise BadInput(where="file", why="it is not a workbook (XLSX) that can be read") from None
    if "why" in answer:
        raise BadInput(where=answer["where"], why=answer["why"])
    lines = [(int(number), tuple(cells)) for number, cells in answer["lines"]]
    return check_lines(lines), [(line, at) for line, at in answer["formulas"]]


def write_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as a workbook whose cells are all text."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format, cell.data_type = "@", "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_workbook(data: bytes) -> dict[str, Any]:
    """What the reading process answers."""
    _check_parts(data)
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    if len(book.worksheets) != 1:
        raise BadInput(where="file", why="the workbook must have one sheet only")
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its size is not believed
    lines, formulas = [], []
    for row in sheet.iter_rows(max_col=CELLS + 1):
        cells = []
        number = 0
        for at, cell in enumerate(row):
            number = getattr(cell, "row", number) or number
            if cell.data_type == "f":
                formulas.append((number, at))
            cells.append(_text(cell.value)[: CELL + 1])
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append((number, cells))
        if len(lines) > ROWS + 1:
            raise BadInput(where="file", why=f"a file has at most {ROWS} experts")
    return {"lines": lines, "formulas": formulas}


def _check_parts(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len(infos) > PARTS or sum(info.file_size for info in infos) > UNPACKED_LIMIT:
            why = f"it unpacks to more than {UNPACKED_LIMIT} bytes or {PARTS} parts"
            raise BadInput(where="file", why=why)
        for info in infos:
            body = archive.read(info)
            if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
                raise BadInput(where="file", why="it is not a workbook (XLSX) that can be read")
            if info.filename.startswith("xl/worksheets/") and b"<mergeCell " in body:
                raise BadInput(where="file", why="merged cells are not allowed: each row says all of its own")


def _text(value: object) -> str:
    """A cell as its text; a date without its midnight, a whole number without its point."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**DIGITS:
        return str(int(value))
    return str(value)


def main() -> None:
    """Read standard input, answer on standard output."""
    data = sys.stdin.buffer.read()
    try:
        answer = read_workbook(data)
    except BadInput as error:
        answer = {"where": str(error.facts["where"]), "why": str(error.facts["why"])}
    except Exception:
        answer = {"where": "file", "why": NOT_READABLE}
    sys.stdout.buffer.write(canonical(answer))


if __name__ == "__main__":
    confine()
    main()
