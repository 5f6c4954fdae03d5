"""The cells of a workbook (XLSX) exactly as they are written in it: no number passes through a float.

Untrusted: the caller reads workbooks in a process with limits (worker/bill_reader.py). What could make a cell mean
something else than it says is refused: formulas, merged cells, several sheets, entities.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

from evaluation.bill.table import CELL, COLUMNS, FILE_LIMIT, ROWS, Cells, check_size, fail
from kernel.errors import BadInput

UNPACKED_LIMIT = 64 << 20  # bytes of all parts together
PARTS = 500
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.ASCII)
PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
WORKBOOK_ENDINGS = (".xlsx", ".xlsm")


def workbook_rows(name: str, data: bytes) -> list[tuple[int, Cells]]:
    """The rows of the only sheet with their numbers; empty rows are left out."""
    if len(data) > FILE_LIMIT:
        raise BadInput(where=name, why=f"a bill has at most {FILE_LIMIT} bytes")
    try:
        sheet, strings = _parts(name, data)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        etree.XMLSyntaxError,
    ):
        raise BadInput(where=name, why="it is not a workbook (XLSX) that can be read") from None
    if sheet.find("{*}mergeCells/{*}mergeCell") is not None:
        raise BadInput(where=name, why="merged cells are not allowed: each row says all of its own")
    texts = ["".join(part.text or "" for part in _written(one)) for one in strings]
    found = []
    for number, row in enumerate(sheet.iterfind("{*}sheetData/{*}row"), start=1):
        written = row.get("r", str(number))
        if not DIGITS.fullmatch(written):
            raise BadInput(where=name, why="it is not a workbook (XLSX) that can be read")
        number = int(written)
        cells = _cells(name, number, row, texts)
        check_size(name, number, cells)
        if any(cell.strip() for cell in cells):
            found.append((number, cells))
    return found


def _written(item: "etree._Element") -> Iterator["etree._Element"]:
    """The texts of a string, without what only says how it is read aloud."""
    for part in item.iter("{*}t"):
        if part.getparent().tag.rpartition("}")[2] != "rPh":
            yield part


def _parts(name: str, data: bytes) -> tuple["etree._Element", list["etree._Element"]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len(infos) > PARTS or sum(info.file_size for info in infos) > UNPACKED_LIMIT:
            raise BadInput(where=name, why=f"it unpacks to more than {UNPACKED_LIMIT} bytes or {PARTS} parts")
        sheets = [info.filename for info in infos if SHEET.fullmatch(info.filename)]
        if len(sheets) != 1:
            raise BadInput(where=name, why="the workbook must have one sheet only")
        has_strings = "xl/sharedStrings.xml" in {info.filename for info in infos}
        strings = list(_tree(name, archive, "xl/sharedStrings.xml").iterfind("{*}si")) if has_strings else []
        return _tree(name, archive, sheets[0]), strings


def _tree(name: str, archive: zipfile.ZipFile, part: str) -> "etree._Element":
    with archive.open(part) as opened:
        body = opened.read(UNPACKED_LIMIT + 1)
    if len(body) > UNPACKED_LIMIT or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadInput(where=name, why="it is not a workbook (XLSX) that can be read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(body, parser)
    if not root.tag.startswith((MAIN, STRICT)):
        raise BadInput(where=name, why="it is not a workbook (XLSX) that can be read")
    return root


def _cells(name: str, number: int, row: "etree._Element", texts: list[str]) -> Cells:
    cells: Cells = []
    if number > ROWS:
        fail(name, number, "", f"a bill has at most {ROWS} rows")
    for cell in row.iterfind("{*}c"):
        at = _column(cell.get("r", ""), len(cells))
        if at >= COLUMNS:
            if _text(name, number, at, cell, texts):
                fail(name, number, "", f"a bill has at most {COLUMNS} columns")
            continue
        cells += [""] * (at + 1 - len(cells))
        cells[at] = _text(name, number, at, cell, texts)
    return cells


def _column(place: str, default: int) -> int:
    match = PLACE.fullmatch(place)
    if match is None:
        return default
    at = 0
    for letter in match[1]:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _text(name: str, number: int, at: int, cell: "etree._Element", texts: list[str]) -> str:
    """What a cell says; a number comes as the digits in the file."""
    column = str(at + 1)
    if cell.find("{*}f") is not None:
        fail(name, number, column, "formulas are not allowed: write the value")
    kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
    if kind == "inlineStr":
        return "".join(part.text or "" for part in _written(cell))[: CELL + 1]
    if kind == "s":
        if not DIGITS.fullmatch(value) or int(value) >= len(texts):
            fail(name, number, column, "this cell names a text that is not there")
        return texts[int(value)][: CELL + 1]
    if kind not in ("n", "str"):
        fail(name, number, column, "a text or a number is needed here")
    return value[: CELL + 1]
