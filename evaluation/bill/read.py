"""Read a priced bill of quantities, CSV or XLSX (docs/formats/priced-bill.md). Whatever is unclear is refused by cell.

1. Cells as text, bounded (table.py, workbook.py).
2. The heading: known columns in any order, in English or Chinese; an unknown one is refused, for it may matter.
3. Each row by its kind: digits and a point, no exponent, no thousands separator, no formula, no NaN.
4. Items are unique, percentages name rows that stand above them, the sum is the last row and the only one.
"""

import re
from collections.abc import Mapping, Set

from evaluation.bill.table import Cells, csv_rows, fail
from evaluation.bill.values import FINE_PLACES, Bill, Kind, Row
from evaluation.bill.workbook import WORKBOOK_ENDINGS, workbook_rows
from kernel.errors import BadInput
from kernel.money import PriceScale

DIGITS = 15  # before the point
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
LINES, FEES, PROVISIONAL = "lines", "fees", "provisional"
HEADINGS: Mapping[str, str] = {
    "编号": "item",
    "项目编码": "item",
    "类别": "kind",
    "名称": "name",
    "项目名称": "name",
    "单位": "unit",
    "工程量": "quantity",
    "数量": "quantity",
    "综合单价": "unit_price",
    "单价": "unit_price",
    "合价": "total",
    "计算基础": "base",
    "费率": "rate",
    "大写": "words",
    "备注": "note",
}
COLUMNS = ("item", "kind", "name", "unit", "quantity", "unit_price", "total", "base", "rate", "words", "note")
NEEDED = ("item", "quantity", "unit_price", "total")
KINDS: Mapping[str, Kind] = {
    "": Kind.LINE,
    "清单": Kind.LINE,
    "费率": Kind.PERCENT,
    "暂列": Kind.PROVISIONAL,
    "合计": Kind.SUM,
    **{kind.value: kind for kind in Kind},
}
BASES: Mapping[str, str] = {"清单合计": LINES, "费用合计": FEES, "暂列合计": PROVISIONAL}
GROUPS = (LINES, FEES, PROVISIONAL)
BELONGS = {
    Kind.LINE: {"quantity", "unit_price", "total"},
    Kind.PERCENT: {"base", "rate", "total"},
    Kind.PROVISIONAL: {"total"},
    Kind.SUM: {"total", "words"},
}


def read_bill(name: str, data: bytes, scale: PriceScale) -> Bill:
    """Read a bill; prices that are left empty are None, as in the tender office's template.

    Raises:
        BadInput: with the row and the column, and what would be right.
    """
    is_workbook = name.casefold().endswith(WORKBOOK_ENDINGS)
    rows = workbook_rows(name, data) if is_workbook else csv_rows(name, data)
    if not rows:
        raise BadInput(where=name, why="the bill is empty")
    (heading, cells), *body = rows
    columns = _columns(name, heading, cells)
    read: list[Row] = []
    above: set[str] = set()
    for number, values in body:
        row = _row(name, number, _named(name, number, columns, values), scale.places)
        if read and read[-1].kind is Kind.SUM:
            fail(name, number, "", "nothing may follow the sum")
        _check_place(name, row, above)
        read.append(row)
        above.add(row.item)
    if not read or read[-1].kind is not Kind.SUM:
        raise BadInput(where=name, why="the last row must be the sum")
    return Bill(tuple(read[:-1]), read[-1], scale.places)


def _columns(name: str, number: int, cells: Cells) -> list[str]:
    found = []
    for cell in cells:
        word = cell.strip()
        column = HEADINGS.get(word, word.casefold())
        if column and column not in COLUMNS:
            fail(name, number, word[:40], "this column is not known here")
        if column and column in found:
            fail(name, number, column, "this column stands twice")
        found.append(column)
    for column in NEEDED:
        if column not in found:
            fail(name, number, column, "this column is missing")
    return found


def _named(name: str, number: int, columns: list[str], cells: Cells) -> dict[str, str]:
    values = dict.fromkeys(COLUMNS, "")
    for at, cell in enumerate(cells):
        text = cell.strip()
        if at >= len(columns) or not columns[at]:
            if text:
                fail(name, number, str(at + 1), "this cell stands under no heading")
        elif text.startswith("="):
            fail(name, number, columns[at], "formulas are not allowed: write the value")
        else:
            values[columns[at]] = text
    return values


def _row(name: str, number: int, values: Mapping[str, str], places: int) -> Row:
    kind = KINDS.get(values["kind"].casefold())
    if kind is None:
        fail(name, number, "kind", f"it must be one of {', '.join(Kind)}")
    for column in ("quantity", "unit_price", "total", "base", "rate", "words"):
        if values[column] and column not in BELONGS[kind]:
            fail(name, number, column, "leave this cell empty in a row of this kind")
    if kind is not Kind.SUM and not values["item"]:
        fail(name, number, "item", "it is missing")
    needed = {Kind.LINE: "quantity", Kind.PERCENT: "base", Kind.PROVISIONAL: "total"}.get(kind)
    if needed and not values[needed]:
        fail(name, number, needed, "it is missing")

    def exact(column: str, decimals: int) -> int | None:
        return _number(name, number, column, values[column], decimals) if values[column] else None

    return Row(
        number,
        kind,
        values["item"],
        values["name"],
        values["unit"],
        exact("quantity", FINE_PLACES),
        exact("unit_price", FINE_PLACES),
        exact("total", places),
        tuple(BASES.get(part.strip(), part.strip()) for part in values["base"].split("+") if part.strip()),
        exact("rate", FINE_PLACES),
        values["words"],
    )


def _number(name: str, number: int, column: str, text: str, decimals: int) -> int:
    match = NUMBER.fullmatch(text)
    if match is None:
        fail(
            name, number, column, "write digits and a point only, such as 1250000.00: no exponent, no commas"
        )
    fraction = match[2] or ""
    if len(fraction) > decimals:
        fail(name, number, column, f"at most {decimals} decimals are allowed")
    if len(match[1]) > DIGITS:
        fail(name, number, column, f"at most {DIGITS} digits are allowed before the point")
    units = int(match[1] + fraction.ljust(decimals, "0"))
    return -units if text.startswith("-") else units


def _check_place(name: str, row: Row, above: Set[str]) -> None:
    if row.kind is not Kind.SUM:
        if row.item in GROUPS or "+" in row.item:
            fail(name, row.number, "item", "this word stands for a group of rows; choose another")
        if row.item in above:
            fail(name, row.number, "item", "this item stands twice")
    for part in row.base:
        if part not in GROUPS and part not in above:
            fail(name, row.number, "base", "it must name rows above: lines, fees, provisional, or items")
