import json
from typing import Any

import pytest
from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.actions import registers as acts
from approval.csv_lines import Line, write_csv
from approval.judgements import appraise, best_limits, choosable, failing_windows, rank_sites
from approval.queries import registers as found
from approval.register_list import REGISTERS, register_named
from approval.registers import KINDS, figures, read_row, row_key, shown
from kernel.errors import BadInput, BadLines, NotAllowed, NotFound, Refused
from tests.builders import NOW, Platform, make_platform
from tools.demo.catalogue_load import load_catalogue

WRONG_BY_KIND = {
    "int": "many",
    "fen": "1.005",
    "date": "tomorrow",
    "choice": "neither",
    "truth": "perhaps",
}


def good(kind: str, choices: Any) -> str:
    return {"int": "7", "fen": "3000.00", "date": "2026-11-02", "truth": "是"}.get(
        kind, next(iter(choices), "text")
    )


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_register_reads_a_row_and_names_a_wrong_column(name: str) -> None:
    register = register_named(name)
    assert register.keys
    assert {column.kind for column in register.columns} <= set(KINDS)
    fields = {column.name: good(column.kind, column.choices) for column in register.columns}
    row = read_row(register, Line(2, fields))
    assert read_row(register, Line(2, row)) == row
    assert row_key(register, row)
    assert {column.name for column in register.public_columns()} <= set(fields)
    for column in register.columns:
        wrong = WRONG_BY_KIND.get(column.kind)
        for bad in ([wrong] if wrong else [7]) + ([""] if column.is_needed or column.is_key else []):
            with pytest.raises(BadInput) as error:
                read_row(register, Line(2, fields | {column.name: bad}))
            assert error.value.facts["where"] == column.name
        assert shown(column, row[column.name])
    with pytest.raises(BadInput):
        read_row(register, Line(2, fields | {"colour": "red"}))
    assert len(figures(register, [row])) == len(register.totals)


def test_there_is_no_register_of_another_name() -> None:
    with pytest.raises(NotFound):
        register_named("secrets")


def texts(name: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    return {figure.name: figure.text for figure in figures(register_named(name), rows)}


def test_subsidies_of_eleven_towns_and_160_villages_are_1030000_yuan() -> None:
    rows = [{"site": f"t{n}", "kind": "town", "amount_fen": 5_000_000} for n in range(11)]
    rows += [{"site": f"v{n}", "kind": "village", "amount_fen": 300_000} for n in range(160)]
    assert texts("subsidies", rows) == {"paid": "1030000.00", "towns": "11", "villages": "160"}


def test_3190_agents_serve_157_villages() -> None:
    rows = [{"site": f"v{n % 157}", "name": f"n{n}"} for n in range(3190)]
    assert texts("village_agents", rows) == {"agents": "3190", "villages": "157"}


def test_town_statistics_add_up_as_reported() -> None:
    reported = {
        "certificates": 9850,
        "trainings": 13000,
        "leaflets": 55000,
        "consultations": 43000,
        "labour": 9200,
    }
    rows = [{"kind": kind, "count": part} for kind, n in reported.items() for part in (n // 3, n - n // 3)]
    assert texts("town_statistics", rows) == {kind: str(n) for kind, n in reported.items()}


def test_62_of_100_chief_representatives_have_section_rank() -> None:
    ranks = ["section_chief"] * 62 + ["staff"] * 38
    rows: list[dict[str, Any]] = [{"unit": "window", "rank": rank, "is_chief": True} for rank in ranks]
    rows += [{"unit": "window", "rank": "staff", "is_chief": False}] * 26
    rows += [{"unit": "office", "rank": "staff", "is_chief": False}] * 7
    rows += [{"unit": "information", "rank": "worker", "is_chief": False}]
    told = texts("staff", rows)
    assert told["chiefs_by_rank"] == "62/100 (62.0 %)"
    assert (told["window_staff"], told["centre_staff"], told["workers"]) == ("126", "8", "1")


def test_60_window_units_are_42_licensing_and_18_of_public_service() -> None:
    rows = [{"kind": "licensing"}] * 42 + [{"kind": "public_service"}] * 18
    assert texts("window_units", rows) == {"units": "60", "licensing": "42", "public_service": "18"}


def test_fee_changes_count_departments_and_items() -> None:
    rows = [
        {"kind": kind, "department": f"d{n % departments}", "code": f"{kind}{n}"}
        for kind, departments, items in (("cancelled", 5, 6), ("discount", 3, 3), ("completed", 5, 23))
        for n in range(items)
    ]
    told = texts("fee_changes", rows)
    assert (told["cancelled"], told["cancelled_departments"]) == ("6", "5")
    assert (told["completed"], told["completed_departments"], told["discount_departments"]) == (
        "23",
        "5",
        "3",
    )


def test_a_site_below_six_is_told_by_the_figure() -> None:
    names = ("place", "sign", "duty_staff", "telephone", "book", "guide")
    rows = [dict.fromkeys(names, True), dict.fromkeys(names, True) | {"sign": False}]
    told = texts("six_have", rows)
    assert (told["complete"], told["sign"], told["place"]) == (
        "1/2 (50.0 %)",
        "1/2 (50.0 %)",
        "2/2 (100.0 %)",
    )
    assert texts("six_have", [])["complete"] == "0/0"


def sheet(window: str, day: str, points: int) -> dict[str, Any]:
    areas = ("display", "service", "cases", "management", "environment")
    return {"window": window, "checked_on": day} | dict.fromkeys(areas, points)


@pytest.mark.parametrize(("points", "fails"), [(15, True), (16, False), (17, False)])
def test_a_window_fails_below_80_of_100_points(points: int, fails: bool) -> None:
    assert bool(failing_windows([sheet("W1", "2026-01-01", points)])) is fails


def test_a_failed_window_stays_on_the_list_until_a_recheck_passes() -> None:
    sheets = [sheet("W1", "2026-02-01", 10), sheet("W1", "2026-01-01", 20), sheet("W2", "2026-01-01", 3)]
    assert failing_windows(sheets) == [("W1", "2026-02-01", 50), ("W2", "2026-01-01", 15)]
    sheets.append(sheet("W1", "2026-03-01", 16))
    assert [window for window, _, _ in failing_windows(sheets)] == ["W2"]


@pytest.mark.parametrize(
    ("centre", "sender", "grade"),
    [
        (100, 80, "excellent"),
        (100, 79, "good"),
        (80, 80, "good"),
        (80, 79, "qualified"),
        (50, 69, "unqualified"),
    ],
)
def test_both_scores_make_one_grade(centre: int, sender: int, grade: str) -> None:
    marks = {"image": 25, "attitude": 25, "quality": 0, "discipline": centre - 50}
    merged = appraise(marks | {"sender_score": sender})
    assert (merged.centre_score, merged.sender_score, merged.grade) == (centre, sender, grade)


def test_sites_are_ranked_within_their_county() -> None:
    rows = [{"site": "a", "score": 90}, {"site": "b", "score": 95}, {"site": "c", "score": 90}]
    assert rank_sites(rows, {"a": "X", "b": "X", "c": "Y"}) == {"X": [("b", 95), ("a", 90)], "Y": [("c", 90)]}


def test_the_best_city_is_found_for_each_item() -> None:
    rows = [{"city": c, "item": "B1", "days": d} for c, d in (("深圳", 5), ("武汉", 3), ("长沙", 9))]
    assert best_limits(rows) == {"B1": (3, "武汉")}


@pytest.mark.parametrize(
    ("until", "there"), [("2026-11-01", False), ("2026-11-02", True), ("2026-11-03", True)]
)
def test_an_agency_is_choosable_until_its_qualification_ends(until: str, there: bool) -> None:
    agency = {"code": "x", "service": "audit", "valid_until": until, "price_fen": 5, "promise_days": 3}
    assert bool(choosable([agency], "audit", "2026-11-02")) is there
    assert choosable([agency | {"blacklisted_for": "forgery"}], "audit", "2026-11-02") == []


def test_agencies_are_compared_by_price() -> None:
    rows = [
        {
            "code": code,
            "service": "design",
            "valid_until": "2030-01-01",
            "price_fen": price,
            "promise_days": 3,
        }
        for code, price in (("a", 300), ("b", 100), ("c", 200))
    ]
    assert [row["code"] for row in choosable(rows, "design", "2026-11-02")] == ["b", "c", "a"]
    with pytest.raises(Refused):
        choosable(rows, "magic", "2026-11-02")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    made = make_platform(tmp_path_factory.mktemp("registers"))
    made.person("centre", Duty.CENTRE_OFFICE, organisation="Centre")
    made.person("window", Duty.WINDOW_STAFF, organisation="Centre")
    with made.database.transaction() as session:
        load_catalogue(session, whole_network=True, now=NOW)
    return made


def put(session: Session, actor: Actor, name: str, content: str) -> int:
    return acts.import_rows(
        session, actor=actor, register=register_named(name), content=content.encode(), now=NOW
    )


DEVICES = "code,kind,window,state\n"


def test_a_file_is_imported_whole_or_not_at_all(platform: Platform) -> None:
    office = platform.people["centre"]
    with Session(platform.database.engine) as session:
        assert put(session, office, "devices", DEVICES + "d1,电子查询触摸屏,01,working\n") == 1
        assert put(session, office, "devices", DEVICES + "d1,computer,02,broken\nd2,other,,working\n") == 2
        assert [row.body["state"] for row in found.rows(session, "devices")] == ["broken", "working"]
        wrong = DEVICES + "d3,computer,01,working\n,computer,01,working\nd4,spade,01,working\n"
        with pytest.raises(BadLines) as error:
            put(session, office, "devices", wrong)
        told: Any = error.value.facts["lines"]
        assert [(line, where) for line, where, _ in told] == [(3, "code"), (4, "kind")]
        for bad in (
            "d5,computer,99,working\n",
            "d5,computer,01,working\nd5,computer,01,working\n",
        ):
            with pytest.raises(BadLines):
                put(session, office, "devices", DEVICES + bad)
        assert found.count(session, "devices") == 2
        assert found.count(session, "devices", words="broken") == 1
        assert [r.key for r in found.rows(session, "devices", words="d", first=1, limit=5)] == ["d2"]
        assert found.counts(session) == {"devices": 2}
        acts.remove_row(session, actor=office, register=register_named("devices"), key="d1", now=NOW)
        with pytest.raises(NotFound):
            acts.remove_row(session, actor=office, register=register_named("devices"), key="d1", now=NOW)
        with pytest.raises(NotAllowed):
            put(session, platform.people["window"], "devices", DEVICES)


def test_rows_come_as_json_and_are_found_by_site(platform: Platform) -> None:
    rows = [{"site": f"YC-{n}", "day": "2026-11-02", "leader": leader} for n, leader in ((1, "L"), (2, "M"))]
    content = json.dumps(rows)
    with Session(platform.database.engine) as session:
        assert put(session, platform.people["centre"], "duty_roster", content) == 2
        assert [row["leader"] for row in found.bodies(session, "duty_roster", site="YC-2")] == ["M"]
        assert found.count(session, "duty_roster", site="YC-1") == 1


def test_a_file_that_goes_out_comes_in_again_and_runs_no_formula() -> None:
    text = write_csv(["a", "b"], [{"a": "=1+1", "b": "-5"}, {"a": "x,y", "b": None}, {"a": "-x", "b": 3}])
    assert text.splitlines()[1:] == ["'=1+1,-5", '"x,y",', "'-x,3"]
