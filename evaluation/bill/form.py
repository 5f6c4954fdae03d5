"""A bill as JSON, to hand it from one process to the next; numbers are texts, for JSON's are too small."""

from crypto.canonical import JsonValue
from evaluation.bill.values import Bill, Kind, Row

NUMBERS = ("quantity", "unit_price", "total", "rate")


def write_bill(bill: Bill) -> dict[str, JsonValue]:
    """A bill as JSON."""
    return {"places": bill.places, "rows": [_write_row(row) for row in (*bill.rows, bill.grand)]}


def read_written_bill(data: dict[str, JsonValue]) -> Bill:
    """The inverse of `write_bill`; what it reads came from there."""
    written, places = data["rows"], data["places"]
    assert isinstance(written, list)
    assert isinstance(places, int)
    *rows, grand = (_read_row(row) for row in written if isinstance(row, dict))
    return Bill(tuple(rows), grand, places)


def _write_row(row: Row) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "number": row.number,
        "kind": row.kind.value,
        "item": row.item,
        "name": row.name,
        "unit": row.unit,
        "base": list(row.base),
        "words": row.words,
    }
    for name in NUMBERS:
        value = getattr(row, name)
        found[name] = None if value is None else str(value)
    return found


def _read_row(data: dict[str, JsonValue]) -> Row:
    number, base = data["number"], data["base"]
    assert isinstance(number, int)
    assert isinstance(base, list)
    quantity, unit_price, total, rate = (
        None if data[name] is None else int(str(data[name])) for name in NUMBERS
    )
    texts = (str(data["item"]), str(data["name"]), str(data["unit"]))
    parts = tuple(str(part) for part in base)
    return Row(
        number, Kind(str(data["kind"])), *texts, quantity, unit_price, total, parts, rate, str(data["words"])
    )
