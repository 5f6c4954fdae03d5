import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from expert_pool.pool_file import EXAMPLE, NEEDED, read_pool_file
from kernel.errors import BadInput
from web.pool_workbook import NOT_READABLE, read_workbook, read_workbook_apart, write_workbook


def saved(change: Callable[[Workbook], object]) -> bytes:
    book = Workbook()
    book.active.append(NEEDED)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_template_is_read_back_in_a_process_of_its_own() -> None:
    lines, formulas = read_workbook_apart(write_workbook([list(EXAMPLE), list(EXAMPLE.values())]))
    found = read_pool_file(lines, formulas)
    assert (len(found.entries), found.faults) == (1, ())


def test_a_file_that_breaks_the_process_is_refused() -> None:
    with pytest.raises(BadInput, match="can be read"):
        read_workbook_apart(b"PK\x03\x04 broken")


def test_dates_and_whole_numbers_are_read_as_people_see_them() -> None:
    row = ["E1", "张三", "甲院", "A08", datetime(2028, 12, 31), date(1975, 3, 1), 13800000000.0]
    answer = read_workbook(saved(lambda book: book.active.append(row)))
    assert answer["lines"][1][1][4:] == ["2028-12-31", "1975-03-01", "13800000000"]


def test_a_cell_that_computes_is_named() -> None:
    data = saved(lambda book: book.active.append(["E1", "=1+1", "甲院", "A08"]))
    answer = read_workbook(data)
    lines = [(number, tuple(cells)) for number, cells in answer["lines"]]
    assert [(f.line, f.column) for f in read_pool_file(lines, answer["formulas"]).faults] == [(2, "name")]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(129 << 20))
    return out.getvalue()


def with_entity() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (bomb, "unpacks to more than"),
        (with_entity, NOT_READABLE),
        (lambda: saved(lambda book: book.active.merge_cells("A2:B2")), "merged cells"),
        (lambda: saved(lambda book: book.create_sheet("more")), "one sheet"),
    ],
    ids=["bomb", "entity", "merged", "sheets"],
)
def test_what_could_mean_something_else_is_refused(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_workbook(make())
    assert why in str(caught.value)
