"""Priced bills: what is read exactly, and what is refused with its row and column."""

import io

import openpyxl  # type: ignore[import-untyped]
import pytest

from evaluation.bill.read import read_bill
from evaluation.bill.table import FILE_LIMIT, ROWS
from evaluation.bill.values import Kind
from kernel.errors import BadInput
from tests.evaluation.bills import CNY, HEADING, PLAIN, bill, cell, sheet, with_row, workbook

CHINESE = (
    "编号,类别,名称,单位,工程量,综合单价,合价,计算基础,费率,大写",
    "A1,清单,土方,m3,1000,12.5,12500.00,,,",
    "F1,费率,安全文明施工费,,,,375.00,清单合计,3,",
    ",合计,合计,,,,12875.00,,,壹万贰仟捌佰柒拾伍元整",
)


def test_numbers_are_whole_in_their_scales() -> None:
    found = bill(*PLAIN)
    first = found.rows[0]
    assert (first.quantity, first.unit_price, first.total) == (1_000_000_000, 12_500_000, 1_250_000)
    assert found.by_item()["A3"].quantity == 33_333_333
    assert found.by_item()["F2"].base == ("lines", "fees", "provisional")
    assert found.grand.total == 6_472_856
    assert [len(found.of(kind)) for kind in Kind] == [3, 2, 1, 0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headings_and_both_encodings_are_read(encoding: str) -> None:
    found = read_bill("bill.csv", "\r\n".join(CHINESE).encode(encoding), CNY)
    assert (found.rows[0].name, found.rows[1].kind, found.rows[1].base) == ("土方", Kind.PERCENT, ("lines",))


def test_a_workbook_says_the_same_as_the_text() -> None:
    assert read_bill("bill.xlsx", workbook(sheet(PLAIN)), CNY) == bill(*PLAIN)


def test_a_workbook_of_a_common_program_is_read() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in PLAIN:
        book.active.append([float(x) if x.replace(".", "").isdigit() else x or None for x in row.split(",")])
    book.save(target)
    assert read_bill("Bill.XLSX", target.getvalue(), CNY) == bill(*PLAIN)


@pytest.mark.parametrize(
    ("start", "row", "where"),
    [
        ("A1", "A1,line,x,m3,1e3,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,NaN,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,Infinity,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,１０,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,+10,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,010,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,.5,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,,12.5,12500,,,", "row 2 column quantity"),
        ("A1", 'A1,line,x,m3,"1,000",12.5,12500,,,', "row 2 column quantity"),
        ("A1", "A1,line,x,m3,1.0000001,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,1234567890123456,12.5,12500,,,", "row 2 column quantity"),
        ("A1", "A1,line,x,m3,1,12.5000001,12500,,,", "row 2 column unit_price"),
        ("A1", "A1,line,x,m3,1,=B2*2,12500,,,", "row 2 column unit_price"),
        ("A1", "A1,line,=x,m3,1,1,12500,,,", "row 2 column name"),
        ("A1", "A1,line,x,m3,1,12.5,12.505,,,", "row 2 column total"),
        ("A1", "A1,line,x,m3,1,12.5,12.50,lines,,", "row 2 column base"),
        ("A1", "A1,other,x,m3,1,12.5,12.50,,,", "row 2 column kind"),
        ("A1", ",line,x,m3,1,12.5,12.50,,,", "row 2 column item"),
        ("A1", "lines,line,x,m3,1,12.5,12.50,,,", "row 2 column item"),
        ("A2", "A1,line,x,m3,1,12.5,12.50,,,", "row 3 column item"),
        ("A1", "A1,line,x,m3,1,12.5,12.50,,,,,9", "row 2 column 12"),
        ("A1", 'A1,line,"x,m3,1,12.5,12.50,,,', "row 2"),
        ("A1", f"A1,line,{'x' * 501},m3,1,12.5,12.50,,,", "row 2"),
        ("P1", "P1,provisional,x,,,,,,,", "row 5 column total"),
        ("P1", "P1,provisional,x,,1,,5000,,,", "row 5 column quantity"),
        ("F1", "F1,percent,x,,,,1,,3,", "row 6 column base"),
        ("F1", "F1,percent,x,,,,1,F2,3,", "row 6 column base"),
        ("F1", "F1,percent,x,,,,1,A9,3,", "row 6 column base"),
        ("F1", ",sum,x,,,,1,,,", "row 7"),
        (",sum", "", "bill.csv"),
        ("item", HEADING.replace("words", "item"), "row 1 column item"),
        ("item", HEADING.replace("total", "totals"), "row 1 column totals"),
        ("item", HEADING.replace("unit_price", "note"), "row 1 column unit_price"),
    ],
)
def test_what_is_unclear_is_refused_by_row_and_column(start: str, row: str, where: str) -> None:
    with pytest.raises(BadInput) as refused:
        bill(*with_row(start, row))
    assert str(refused.value.facts["where"]).endswith(where)


def test_limits_of_a_file() -> None:
    row = "A{},line,x,m3,1,1,1.00,,,"
    most = [HEADING, *(row.format(number) for number in range(ROWS - 2)), f",sum,,,,,{ROWS - 2}.00,,,"]
    assert len(bill(*most).rows) == ROWS - 2
    with pytest.raises(BadInput, match=str(ROWS)):
        bill(*most[:-1], row.format("x"), most[-1])
    with pytest.raises(BadInput, match=str(FILE_LIMIT)):
        read_bill("bill.csv", b" " * (FILE_LIMIT + 1), CNY)


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", b"item,\0", b"\n\n", "item,total".encode("utf-16")])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_bill("bill.csv", data, CNY)


SHEET = sheet(PLAIN)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 but no archive",
        workbook(),
        workbook(SHEET, SHEET),
        workbook(sheet(PLAIN, '<mergeCells count="1"><mergeCell ref="A2:B2"/></mergeCells>')),
        workbook(SHEET.replace("<v>12.5</v>", "<f>5*2.5</f><v>12.5</v>")),
        workbook(SHEET.replace("<v>12.5</v>", "<v>1.25E1</v>")),
        workbook(SHEET.replace("<v>12.5</v>", "<v>12.500000000000002</v>")),
        workbook(SHEET.replace('t="n"><v>12.5<', 't="b"><v>1<')),
        workbook(SHEET.replace('t="n"><v>12.5<', 't="e"><v>#DIV/0!<')),
        workbook(SHEET.replace('t="n"><v>12.5<', 't="s"><v>7<')),
        workbook('<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET),
        workbook("<worksheet/>"),
        workbook(SHEET[:-20]),
        workbook(SHEET.replace("</sheetData>", f"<row r='30'>{cell('AF30', '1', 'n')}</row></sheetData>")),
        workbook(SHEET.replace("</sheetData>", f"<row r='20001'>{cell('A1', '1', 'n')}</row></sheetData>")),
        workbook(SHEET + " " * (64 << 20)),
    ],
    ids=range(16),
)
def test_workbooks_that_are_unclear_or_hostile_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_bill("bill.xlsx", data, CNY)
