"""Bills of quantities for tests, as text and as workbooks."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from evaluation.bill.read import read_bill
from evaluation.bill.values import Bill
from kernel.money import PriceScale

CNY = PriceScale("CNY", 2)
HEADING = "item,kind,name,unit,quantity,unit_price,total,base,rate,words"
PLAIN = (
    HEADING,
    "A1,line,Earthwork,m3,1000,12.5,12500.00,,,",
    "A2,line,Concrete,m3,100.5,400,40200.00,,,",
    "A3,line,Kerb,m,33.333333,3,100.00,,,",
    "P1,provisional,Provisional sum,,,,5000.00,,,",
    "F1,percent,Safety,,,,1584.00,lines,3,",
    "F2,percent,Tax,,,,5344.56,lines+fees+provisional,9,",
    ",sum,Total,,,,64728.56,,,陆万肆仟柒佰贰拾捌元伍角陆分",
)
TEMPLATE = (
    HEADING,
    "A1,line,Earthwork,m3,1000,,,,,",
    "A2,line,Concrete,m3,100.5,,,,,",
    "A3,line,Kerb,m,33.333333,,,,,",
    "P1,provisional,Provisional sum,,,,5000.00,,,",
    "F1,percent,Safety,,,,,lines,3,",
    "F2,percent,Tax,,,,,lines+fees+provisional,9,",
    ",sum,Total,,,,,,,",
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def bill(*rows: str, places: int = 2) -> Bill:
    """A bill from CSV rows."""
    return read_bill("bill.csv", "\n".join(rows).encode(), PriceScale("CNY", places))


def with_row(start: str, row: str, rows: Sequence[str] = PLAIN) -> tuple[str, ...]:
    """The rows with the one that starts so replaced; an empty row leaves it out."""
    found = tuple(row if one.startswith(start) else one for one in rows)
    assert found != tuple(rows)
    return tuple(one for one in found if one)


def cell(place: str, value: str, kind: str = "inlineStr") -> str:
    """One cell of a sheet."""
    if kind == "inlineStr":
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}" t="{kind}"><v>{escape(value)}</v></c>'


def sheet(rows: Sequence[str], extra: str = "") -> str:
    """A sheet with one row for each CSV row; digits become numbers."""
    body = []
    for number, row in enumerate(rows, start=1):
        cells = [
            cell(f"{chr(65 + at)}{number}", text, "n" if text.replace(".", "").isdigit() else "inlineStr")
            for at, text in enumerate(row.split(","))
            if text
        ]
        body.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(body)}</sheetData>{extra}</worksheet>'


def workbook(*sheets: str) -> bytes:
    """A workbook with these sheets and nothing else that its reader looks at."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, body in enumerate(sheets, start=1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", body)
    return target.getvalue()
