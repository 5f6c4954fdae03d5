"""Reading a CSV or JSON file row by row: every wrong line is told at once, and a file with one is not taken."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from crypto.canonical import read_json
from kernel.errors import BadInput, BadLines

MOST_LINES = 100_000  # rows of one import; a whole network of sites has a fiftieth of it
MOST_TOLD = 100  # wrong lines named in one answer
Row = TypeVar("Row")


@dataclass(frozen=True)
class Line:
    """One row of a file: where it stands, and its fields by column."""

    number: int
    fields: Mapping[str, Any]


def read_lines(content: bytes, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Line]:
    """The rows of a CSV file whose first line names the columns, or of a JSON list of objects.

    Raises:
        BadInput: not UTF-8, no rows, or a column that is not known.
    """
    if content.lstrip()[:1] in (b"[", b"{"):
        yield from _json_lines(content)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(where="file", why="save the file as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="")
    names = [name.strip() for name in reader.fieldnames or ()]
    if not set(needed) <= set(names):
        raise BadInput(where="file", why=f"name the columns {', '.join(needed)} in line 1")
    if unknown := sorted(set(names) - set(columns)):
        raise BadInput(where="file", why=f"the column {unknown[0]} is not known here")
    reader.fieldnames = names
    for row in reader:
        yield Line(reader.line_num, {k: (v or "").strip() for k, v in row.items() if isinstance(v, str)})


def _json_lines(content: bytes) -> Iterator[Line]:
    rows = read_json(content)
    if isinstance(rows, dict):
        rows = rows.get("rows")
    if not isinstance(rows, list):
        raise BadInput(where="file", why="a list of rows is needed here")
    for number, row in enumerate(rows, start=1):
        yield Line(number, row if isinstance(row, dict) else {"": row})


def read_all(lines: Iterator[Line], read: Callable[[Line], Row]) -> list[Row]:
    """Every row read; raises BadLines naming each line that cannot be."""
    rows: list[Row] = []
    wrong: list[tuple[int, str, str]] = []
    for line in lines:
        try:
            rows.append(read(line))
        except BadInput as error:
            wrong.append((line.number, str(error.facts["where"]), str(error.facts["why"])))
        if len(rows) > MOST_LINES:
            raise BadInput(where="file", why=f"at most {MOST_LINES} rows are taken at once")
    if wrong:
        raise BadLines(where="file", why="nothing was imported", count=len(wrong), lines=wrong[:MOST_TOLD])
    if not rows:
        raise BadInput(where="file", why="the file has no rows")
    return rows


def write_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a byte order mark for spreadsheets; a cell never begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column, "")) for column in columns])
    return "\ufeff" + out.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # A spreadsheet would run what begins so; the apostrophe makes it a text.
    return (
        "'" + text
        if text[:1] in ("=", "+", "@", "\t", "\r") or (text[:1] == "-" and not _is_number(text))
        else text
    )


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()
