import csv
import io
from collections.abc import Callable

import pytest

from expert_pool.pool_file import EXAMPLE, HEADINGS, NEEDED, PoolFile, read_pool_file
from expert_pool.pool_table import CELL, FILE_LIMIT, ROWS, csv_lines, safe_cell, write_csv
from expert_pool.specialties import classification, is_known, parent_of, path_of
from kernel.errors import BadInput

HEAD = ",".join(NEEDED)
GOOD = "E1,张三,甲院,A0803"


def read(text: str, encoding: str = "utf-8") -> PoolFile:
    return read_pool_file(csv_lines(text.encode(encoding)))


def faults(*lines: str, head: str = HEAD) -> list[tuple[int, str, str]]:
    found = read("\n".join([head, *lines]))
    return [(one.line, one.column, one.why) for one in found.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    found = read(f"{HEAD}\r\n{GOOD}\r\n\r\n,,,\r\n", encoding)
    assert [(one.line, one.expert.name, one.expert.employer) for one in found.entries] == [
        (2, "张三", "甲院")
    ]
    assert found.faults == ()


def test_columns_come_in_any_order_and_in_chinese() -> None:
    found = read("专业,姓名,专家编号,工作单位,职称\nA0803；B02,张三,E1,甲院,senior")
    assert found.entries[0].expert.specialties == {"A0803", "B02"}
    assert found.entries[0].expert.title == "senior"


def test_the_example_of_the_template_is_a_good_line() -> None:
    out = io.StringIO()
    csv.writer(out).writerows([list(EXAMPLE), list(EXAMPLE.values())])
    (entry,) = read(out.getvalue()).entries
    assert entry.expert.employments[0].organisation == "某某工程局"
    assert (entry.expert.trainings[0].hours, entry.expert.relatives[0].relation) == (8, "spouse")
    assert set(EXAMPLE) <= set(HEADINGS)


CODES = "use codes of the classification, such as A0801"
TABLE: list[tuple[str, list[tuple[int, str, str]]]] = [
    ("E1,张三,甲院,", [(2, "specialties", "a text is needed here")]),
    (",,,A08", [(2, key, "a text is needed here") for key in NEEDED[:3]]),
    ("E1,张三,甲院,道路", [(2, "specialties", CODES)]),
    ("E1,张三,甲院,A08;Z99", [(2, "specialties", CODES)]),
    ("E 1,张三,甲院,A08", [(2, "number", "use 1 to 40 letters, digits, points and hyphens")]),
    ("E1,=cmd(),甲院,A08", [(2, "name", "formulas are not allowed: write the value")]),
    ("E1,张三,@x,A08", [(2, "employer", "formulas are not allowed: write the value")]),
    ("E1,张三,甲院,A08,more", [(2, "", "there are more cells than columns")]),
    (f"E1,{'长' * 201},甲院,A08", [(2, "name", "at most 200 characters are allowed")]),
    (
        "E 1,=x,甲院,Z9",
        [
            (2, "number", "use 1 to 40 letters, digits, points and hyphens"),
            (2, "name", "formulas are not allowed: write the value"),
            (2, "specialties", CODES),
        ],
    ),
]


@pytest.mark.parametrize(("line", "expected"), TABLE, ids=lambda v: str(v)[:30])
def test_each_wrong_cell_is_named_by_line_and_column(line: str, expected: list[tuple[int, str, str]]) -> None:
    assert faults(line) == expected
    assert faults(GOOD.replace("E1", "E9"), line) == [(3, column, why) for _, column, why in expected]


DATED = f"{HEAD},valid_until,born_on,past_employers,credentials,id_number"


@pytest.mark.parametrize(
    ("rest", "column"),
    [
        ("2026/12/31,,,,", "valid_until"),
        ("2026-02-30,,,,", "valid_until"),
        (",31.12.1970,,,", "born_on"),
        (",,甲|2020-01-01|2019-01-01,,", "past_employers"),
        (",,甲|then,,", "past_employers"),
        (",,甲|2020-01-01|2021-01-01|x,,", "past_employers"),
        (",,,medal,", "credentials"),
        (",,,,44-03", "id_number"),
    ],
)
def test_a_wrong_date_or_part_is_named_by_its_column(rest: str, column: str) -> None:
    assert [one[:2] for one in faults(f"{GOOD},{rest}", head=DATED)] == [(2, column)]


def test_all_faults_of_a_line_are_found_at_once() -> None:
    found = faults(f"{GOOD},soon,soon,甲|then,medal,1", head=DATED)
    assert [column for _, column, _ in found] == DATED.split(",")[4:]


def test_a_bad_heading_stops_before_the_first_line() -> None:
    assert faults(GOOD, head="number,name,employer,colour") == [
        (1, "4", "this column is not known: take the names of the template"),
        (1, "specialties", "this column is missing"),
    ]
    assert faults(GOOD, head="number,name,name,employer") == [
        (1, "name", "this column stands twice"),
        (1, "specialties", "this column is missing"),
    ]


def test_a_number_and_an_identity_stand_once() -> None:
    head = f"{HEAD},id_number"
    lines = (f"{GOOD},440300199001011234", GOOD.replace("E1", "E2") + ",440300199001011234", f"{GOOD},")
    assert faults(*lines, head=head) == [
        (3, "id_number", "it stands in line 2 already"),
        (4, "number", "it stands in line 2 already"),
    ]


BROKEN: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"", "the file is empty"),
    (lambda: b"\n\n", "the file is empty"),
    (lambda: b",,\n", "the file is empty"),
    (lambda: HEAD.encode(), "no line below"),
    (lambda: b"PK\x03\x04" + b"\x00" * 40, "save the file as CSV"),
    (lambda: b"\xff\xfe\xff", "save the file as CSV"),
    (lambda: f'{HEAD}\n"E1,x'.encode(), "quotes"),
    (lambda: f"{HEAD}\n{'x' * (CELL + 1)}".encode(), f"at most {CELL} characters"),
    (lambda: f"{HEAD}\n{',' * 40}x".encode(), "cells"),
    (lambda: b"x" * (FILE_LIMIT + 1), f"at most {FILE_LIMIT} bytes"),
]


@pytest.mark.parametrize(("data", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_what_is_no_table_is_refused_whole(data: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_pool_file(csv_lines(data()))


@pytest.mark.parametrize(("rows", "refused"), [(ROWS - 1, False), (ROWS, False), (ROWS + 1, True)])
def test_a_file_has_its_number_of_lines(rows: int, refused: bool) -> None:
    data = (HEAD + "\n" + "x,y\n" * rows).encode()
    if refused:
        with pytest.raises(BadInput, match=f"at most {ROWS} experts"):
            csv_lines(data)
    else:
        assert len(csv_lines(data)) == rows + 1


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_spreadsheet_runs_what_a_report_says(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    (row,) = csv.reader(io.StringIO(write_csv([[cell, "plain"]]).decode("utf-8-sig"), newline=""))
    assert row == [f"'{cell}", "plain"]


def test_the_tree_of_specialties_has_three_levels_and_finer_codes_belong_to_it() -> None:
    tree = classification()
    assert {len(code) for code in tree} == {1, 3, 5}
    assert all(len(code) == 1 or parent_of(code) in tree for code in tree)
    assert all(one.name["zh"] and one.name["en"] for one in tree.values())
    assert [one.code for one in path_of("A080301")] == ["A", "A08", "A0803"]
    assert is_known("A080301")
    assert not any(map(is_known, ("D", "A99", "A0899", "A08990", "")))
