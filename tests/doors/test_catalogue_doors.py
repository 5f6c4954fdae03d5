"""The catalogue, the organisation and the registers through their doors: pages of the office, and JSON."""

import json
import re

import pytest

from approval.queries import catalogue as found
from approval.queries import organisation
from approval.register_list import REGISTERS
from tests.approval.items import item_data
from tests.doors.office import Office, put

PUBLIC = [
    ("/items?q=食品&kind=licence", "食品"),
    ("/items?hall=YC-H0&level=city&mode=promised&item_class=economy", "YI"),
    ("/items?q=nothing-of-this-name", "Show all"),
    ("/items/YI001", "YI001"),
    ("/items/YI001", "<svg"),
    ("/items/YI001", "8 of 8"),
    ("/items/YI001", "12345"),
    ("/catalogues", "Administrative licence"),
    ("/sites", "103/105 (98.10 %)"),
    ("/sites?parent=YC", "YC-13"),
    ("/sites/YC-1", "办事处"),
    ("/kiosk", "工业建设项目并联审批"),
    ("/kiosk", 'data-idle-seconds="60"'),
    ("/kiosk/items?kind=filing&page=99", "Page 4 of 4"),
    ("/kiosk/items/YI002", "segno"),
]


@pytest.mark.parametrize(("path", "words"), PUBLIC)
def test_everybody_reads_the_catalogue(office: Office, path: str, words: str) -> None:
    answer = office.client.get(
        path + ("&" if "?" in path else "?") + "lang=en", headers={"Accept": "text/html"}
    )
    assert answer.status_code == 200
    assert words in answer.text


def test_a_page_needs_no_script_in_it(office: Office) -> None:
    for path in ("/items", "/items/YI001", "/kiosk", "/kiosk/items/YI001"):
        text = office.client.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", text), path


def test_what_is_not_published_does_not_exist_for_the_public(office: Office) -> None:
    answer = office.page("/centre/items", office.one, department=office.loaded.department_ids[0], body="{")
    assert answer.status_code == 422
    body = json.dumps(item_data(code="NEW-1"))
    answer = office.page("/centre/items", office.one, department=office.loaded.department_ids[0], body=body)
    assert answer.headers["location"] == "/centre/items/NEW-1"
    for path in ("/items/NEW-1", "/kiosk/items/NEW-1", "/api/items/NEW-1", "/items/NEW-1/guide.pdf"):
        assert office.client.get(path).status_code == 404


def test_an_item_is_written_by_one_and_published_by_another(office: Office) -> None:
    body = json.dumps(item_data(code="NEW-2", basis=[]))
    office.page("/centre/items", office.one, department=office.loaded.department_ids[1], body=body)
    version = "/centre/items/NEW-2/versions/1"
    assert "At least one legal basis" in office.page(version, office.one).text
    refused = office.page(version, office.one, act="submit")
    assert refused.status_code == 422
    essentials = {
        "act": "essentials",
        "title_zh": "新事项",
        "promised_days": "7",
        "statutory_days": "20",
        "complaint_channel": "12345",
        "procedure_zh": "申请",
        "result_zh": "文件",
    }
    assert office.page(version, office.one, **essentials | {"promised_days": "21"}).status_code == 422
    assert office.page(version, office.one, **essentials).status_code == 303
    full = json.dumps(item_data(code="NEW-2"))
    assert office.page(version, office.one, act="save", body=full).status_code == 303
    assert office.page(version, office.one, act="submit").status_code == 303
    assert office.page(version, office.one, act="publish").status_code == 409
    assert office.page(version, office.two, act="send_back", reason="依据不足").status_code == 303
    assert office.page(version, office.one, act="submit").status_code == 303
    assert office.page(version, office.two, act="publish").status_code == 303
    assert office.client.get("/items/NEW-2").status_code == 200
    assert office.page("/centre/items/NEW-2/act", office.one, act="version").status_code == 303
    changed = json.dumps(item_data(code="NEW-2", promised_days=8))
    office.page("/centre/items/NEW-2/versions/2", office.one, act="save", body=changed)
    assert "promised_days" in office.page("/centre/items/NEW-2/versions/2", office.one).text
    assert "Promised: <strong>7" in office.client.get("/items/NEW-2?lang=en").text
    history = office.page("/centre/items/NEW-2", office.one).text
    assert "依据不足" in history


def test_a_paused_item_says_so_and_a_cancelled_one_is_gone(office: Office) -> None:
    act = "/centre/items/YI003/act"
    assert office.page(act, office.one, act="pause", reason="").status_code == 422
    assert office.page(act, office.one, act="pause", reason="系统升级").status_code == 303
    assert "paused" in office.client.get("/items/YI003?lang=en").text
    assert office.page(act, office.one, act="cancel", reason="清理").status_code == 303
    assert office.client.get("/items/YI003").status_code == 404


def test_entry_is_asked_by_one_and_approved_by_another(office: Office) -> None:
    act = "/centre/items/YI004/act"
    assert office.page(act, office.one, act="entry", reason="专网").status_code == 303
    with office.platform.database.reading() as session:
        entry = found.open_entries(session)[0].id
    assert office.page(act, office.one, act="approve", entry=entry).status_code == 409
    assert office.page(act, office.two, act="approve", entry=entry).status_code == 303
    assert "专网" in office.page("/centre", office.one).text
    window = office.loaded.window_ids[3]
    assert office.page(act, office.one, act="windows", window=window).status_code == 303


def test_rounds_years_and_settings_are_kept_by_the_office(office: Office) -> None:
    path = "/centre/catalogue"
    first = {"act": "round", "number": "1", "held_on": "2010-10-01", "note": "再造"}
    first |= {"before": "items: 1340\nmaterials: 1360", "after": "items: 255\nmaterials: 1256"}
    assert office.page(path, office.one, **first | {"before": "items 1340"}).status_code == 422
    assert office.page(path, office.one, **first).status_code == 303
    assert "1340 → 255 (−1085)" in office.client.get("/catalogues").text
    fourth = first | {"number": "2", "held_on": "2010-12-01", "note": "第四轮"}
    fourth["before"] = "items: 334\npromised_days: 3542\nreported_mean_tenths: 99"
    fourth["after"] = "items: 334\npromised_days: 2888\nreported_mean_tenths: 81"
    assert office.page(path, office.one, **fourth).status_code == 303
    text = office.client.get("/catalogues", headers={"Cookie": "language=en"}).text
    assert "computed 10.6 → 8.6; reported 9.9 → 8.1" in text
    assert office.page(path, office.one, act="year", year="2026").status_code == 303
    assert office.page(path, office.one, act="year", year="2026").status_code == 409
    exports = [office.client.get("/api/catalogues/2026") for _ in range(2)]
    assert exports[0].content == exports[1].content
    assert exports[0].headers["x-content-sha256"] in office.client.get("/catalogues").text
    assert office.page(path, office.one, act="office_hours", value="[]").status_code == 422
    hours = '{"begins": "08:30", "ends": "17:30"}'
    assert office.page(path, office.one, act="office_hours", value=hours).status_code == 303
    assert "08:30" in office.page(path, office.one).text
    assert office.page(path, office.one, act="dance").status_code == 422


def test_the_organisation_is_set_up_by_forms(office: Office) -> None:
    path, planning = "/centre/organisation", office.chief.organisation_id
    post = {"act": "post", "department": planning, "code": "review", "title_zh": "审查岗"}
    post["a"] = office.chief.person_id
    forms: list[tuple[int, dict[str, str]]] = [
        (422, {"act": "department", "organisation": planning, "code": "a b", "site_code": "YC"}),
        (303, {"act": "department", "organisation": planning, "code": "D50", "site_code": "YC"}),
        (303, {"act": "hall", "code": "H9", "site_code": "YC", "name": "分厅", "branch": "1"}),
        (
            303,
            {"act": "window", "hall": "H9", "number": "9", "name": "九号", "floor": "2", "kind": "general"},
        ),
        (
            422,
            {"act": "window", "hall": "H9", "number": "9", "name": "九号", "floor": "x", "kind": "general"},
        ),
        (
            303,
            {
                "act": "post",
                "department": planning,
                "code": "review",
                "title_zh": "审查岗",
                "a": office.chief.person_id,
            },
        ),
        (303, {"act": "absence", "person": office.chief.person_id, "since": "2026-11-02"}),
        (422, {"act": "absence", "person": office.chief.person_id, "since": "never"}),
        (303, {"act": "present", "person": office.chief.person_id, "day": "2026-11-02"}),
        (422, {"act": "dance"}),
    ]
    for status, form in forms:
        whole = {"system_kind": "platform", "unit_kind": "licensing", "office_kind": "joint"} | form
        assert office.page(path, office.one, **whole).status_code == status, form
    shown = office.page(path, office.one).text
    assert "31/40 (77.5 %)" in shown or "30/40" in shown
    assert "chief" in shown


def test_a_mandate_is_given_revoked_and_its_seal_made(office: Office) -> None:
    path, planning = "/centre/mandates", office.chief.organisation_id
    command = {"organisation": planning, "code": "D50", "site_code": "YC", "act": "department"}
    command |= {"system_kind": "platform", "unit_kind": "licensing", "office_kind": ""}
    office.page("/centre/organisation", office.one, **command)
    grant = {"act": "grant", "person_id": office.chief.person_id, "powers": "decide", "rank": "section_chief"}
    days = {"valid_from": "2026-11-02", "valid_to": "2027-11-01"}
    assert office.page(path, office.one, **grant, **days | {"valid_to": "2020-01-01"}).status_code == 422
    assert office.page(path, office.one, **grant, **days).status_code == 303
    with office.platform.database.reading() as session:
        mandate = organisation.mandates(session, planning)[0]
    assert office.page(path, office.one, act="revoke", mandate=mandate.id).status_code == 303
    assert "revoked from 2026-11-02" in office.page(path, office.one).text
    assert (
        office.page(path, office.one, act="seal", seal_department=planning, name="专用章").status_code == 303
    )
    with office.platform.database.reading() as session:
        seal = organisation.seals(session, planning)[0]
    assert office.page(path, office.one, act="end_seal", seal=seal.id).status_code == 303


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_register_has_its_page_and_its_file(office: Office, name: str) -> None:
    assert office.page(f"/centre/registers/{name}", office.one).status_code == 200
    exported = office.page(f"/centre/registers/{name}/rows.csv", office.one).text
    assert exported.startswith("\ufeff")
    public = office.client.get(f"/api/registers/{name}")
    assert public.status_code == (200 if REGISTERS[name].is_public else 404)
    assert office.door.call(office.one, "GET", f"/api/registers/{name}").status_code == 200


def test_a_register_is_imported_shown_and_exported_through_its_page(office: Office) -> None:
    page = "/centre/registers/devices"
    wrong = b"code,kind,state\nd1,computer,working\n,computer,working\nd2,spade,broken\n"
    answer = office.page(f"{page}/file", office.one, file=("devices.csv", wrong))
    assert answer.status_code == 422
    assert "3: code" in answer.text
    assert "4: kind" in answer.text
    good = b"code,kind,state\nd1,computer,working\nd2,scanner,broken\n"
    assert office.page(f"{page}/file", office.one, file=("devices.csv", good)).status_code == 303
    assert "1/2 (50.0 %)" in office.page(page, office.one).text
    exported = office.page(f"{page}/rows.csv", office.one).content
    assert office.page(f"{page}/file", office.one, file=("devices.csv", exported)).status_code == 303
    assert "d2" not in office.page(f"{page}?q=computer", office.one).text.partition("<tbody")[2]
    assert office.page(f"{page}/remove", office.one, key="d1").status_code == 303
    assert office.page(f"{page}/file", office.one, file=("devices.csv", b"")).status_code == 422


def test_the_four_public_facts_and_six_things_of_a_village_are_on_its_page(office: Office) -> None:
    village = "YC-1-1-1"
    agent = {
        "site": village,
        "name": "代办员甲",
        "services": "社保",
        "address": "村委会",
        "telephone": "0717-1",
    }
    six = {"site": village, "checked_on": "2026-11-01", "sign": False}
    six |= dict.fromkeys(("place", "duty_staff", "telephone", "book", "guide"), True)
    roster = {"site": village, "day": "2026-11-02", "leader": "值班领导乙"}
    for name, row in (("village_agents", agent), ("six_have", six), ("duty_roster", roster)):
        answer = office.door.call(office.one, "PUT", f"/api/registers/{name}", {"rows": [row]})
        assert answer.json() == {"rows": 1}, answer.text
    shown = office.client.get(f"/sites/{village}").text
    assert all(word in shown for word in ("代办员甲", "社保", "村委会", "0717-1", "值班领导乙", "✗"))
    figures = {f["name"]: f["text"] for f in office.client.get("/api/registers/six_have/figures").json()}
    assert figures["complete"] == "0/1 (0.0 %)"


def test_items_are_paged_as_json_and_written_as_json(office: Office) -> None:
    first = office.client.get("/api/items?limit=2&kind=licence").json()
    assert len(first["items"]) == 2
    second = office.client.get(f"/api/items?limit=2&kind=licence&cursor={first['next']}").json()
    assert second["items"][0]["code"] > first["items"][1]["code"]
    shown = office.client.get("/api/items/YI001").json()
    assert all(shown["blocks"].values())
    assert len(shown["blocks"]) == 8
    body = {"department": "D01", "site": "YC", "item": item_data(code="NEW-3")}
    made = office.door.call(office.one, "POST", "/api/items", body).json()
    moves = f"/api/item-versions/{made['version']}/moves"
    assert office.door.call(office.one, "POST", moves, {"move": "submit"}).json() == {"status": "in_review"}
    assert office.door.call(office.one, "POST", moves, {"move": "publish"}).status_code == 409
    assert office.door.call(office.two, "POST", moves, {"move": "publish"}).json() == {"status": "published"}
    assert office.door.call(office.two, "POST", moves, {"move": "dance"}).status_code == 422
    made = office.door.call(
        office.one, "POST", "/api/items/NEW-3/versions", {"item": item_data(code="NEW-3")}
    )
    assert made.status_code == 201
    pause = {"move": "pause", "reason": "x"}
    assert office.door.call(office.one, "POST", "/api/items/NEW-3/moves", pause).json() == {
        "status": "paused"
    }


def test_attendance_and_sites_come_in_as_json(office: Office) -> None:
    marks = [{"person": "one", "at": "2026-11-02T08:00"}, {"person": "one", "at": "2026-11-02T18:00"}]
    body = {"since": "2026-11-02", "until": "2026-11-03", "people": ["one", "two"], "marks": marks}
    answer = office.door.call(office.one, "PUT", "/api/attendance", body)
    assert answer.json() == {"sheets": 4}
    nobody = body | {"people": ["nobody"]}
    assert office.door.call(office.one, "PUT", "/api/attendance", nobody).status_code == 422
    rows = [{"code": "YC-14", "parent_code": "YC", "level": "county", "name": "新区", "has_centre": "no"}]
    assert office.door.call(office.one, "PUT", "/api/sites", {"rows": rows}).json() == {"sites": 1}
    assert "新区" in office.client.get("/sites?parent=YC").text


def test_pages_of_the_office_are_for_the_office(office: Office) -> None:
    for path in ("/centre", "/centre/items", "/centre/items/new", "/centre/registers", "/centre/mandates"):
        assert office.page(path, office.one).status_code == 200
        assert office.page(path, office.chief).status_code == 403
        assert office.page(path).status_code == 303


def test_agencies_are_compared_by_price_and_an_expired_one_is_not_there(office: Office) -> None:
    agency = {"service": "design", "qualification": "甲级", "promise_days": 5, "unit": "项"}
    offers = (("A", "便宜设计院", 10000, "2026-11-02"), ("B", "昂贵设计院", 20000, "2027-01-01"))
    expired = ("C", "过期设计院", 1, "2026-11-01")
    put(
        office,
        "intermediaries",
        [
            agency | {"code": code, "name": name, "price_fen": price, "valid_until": until}
            for code, name, price, until in (*offers, expired)
        ],
    )
    text = office.client.get("/intermediaries?service=design").text
    assert text.index("便宜设计院") < text.index("昂贵设计院")
    assert "过期设计院" not in text
    assert office.client.get("/intermediaries").status_code == 200
    assert office.client.get("/intermediaries?service=magic").status_code == 200


def test_promises_are_compared_with_other_cities(office: Office) -> None:
    rows = [{"city": "深圳", "item": f"B{n:03}", "days": 0 if n == 10 else 99} for n in range(10, 13)]
    put(office, "benchmark_limits", rows)
    text = office.page("/centre/totals", office.one).text
    assert "198/3 = 66.00" in text
    assert "B010:" in text
    assert "B011:" not in text


def test_ticks_of_a_department_follow_from_the_data(office: Office) -> None:
    def ticks(name: str) -> str:
        text = office.page("/centre/checklist", office.one).text
        row = next(row for row in text.split("<tr") if name in row)
        return "".join(re.findall("[✓✗]", row))

    assert ticks("市教育局") == "✓✓✓✓✗✓"
    code = "YI006"  # of the sixth department
    with office.platform.database.transaction() as session:
        found.item_by_code(session, code).window_ids = []
    assert ticks("市公安局") == "✓✗✓✓✗✓"


def test_a_month_of_attendance_is_shown_with_its_appraisal_and_exported(office: Office) -> None:
    marks = [{"person": "two", "at": "2026-10-12T09:30"}, {"person": "two", "at": "2026-10-12T18:00"}]
    body = {"since": "2026-10-10", "until": "2026-10-13", "people": ["two"], "marks": marks}
    assert office.door.call(office.one, "PUT", "/api/attendance", body).json() == {"sheets": 3}
    marked = {"image": 25, "attitude": 25, "quality": 25, "discipline": 20}
    sheet = {"person": "two", "period": "2026-10", "sender_score": 90, "department": "D01"}
    put(office, "appraisals", [sheet | marked])
    text = office.page("/centre/attendance?month=2026-10", office.one).text
    assert "Excellent" in text
    exported = office.page("/centre/attendance.csv?month=2026-10", office.one).text
    assert "Centre,two,,1,,,2,,,excellent" in exported
    assert office.page("/centre/attendance?month=October", office.one).status_code == 422


def test_a_ledger_is_exported_for_one_town(office: Office) -> None:
    row = {"day": "2026-11-02", "subject": "低保申请", "handling": "done"}
    towns = ("YC-1-1", "YC-2-2")
    put(office, "work_ledger", [row | {"site": town, "number": "1"} for town in towns])
    text = office.page("/centre/registers/work_ledger/rows.csv?site=YC-1-1", office.one).text
    assert "YC-1-1" in text
    assert "YC-2-2" not in text
