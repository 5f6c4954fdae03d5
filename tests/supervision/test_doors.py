"""Supervision through its doors: JSON and pages, each for who may use it."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from supervision.actions.bulletins import keep_bulletins, keep_scores
from supervision.periods import read_period
from supervision.queries import bulletins
from tests.approval.centre import Centre
from tests.doors.door import Door
from tests.supervision.house import complain, done, give, make_house, offer, sweep
from web.app import create_app
from web.guards import SESSION_COOKIE

PAGE = {"Accept": "text/html", "Cookie": "language=en"}


class House:
    """A centre with a carded case, and its doors."""

    def __init__(self, centre: Centre, client: Any) -> None:
        self.centre, self.client, self.door = centre, client, Door(client, centre.platform)
        self.sessions: dict[str, str] = {}
        self.opened = centre.open()
        self.case = centre.accepted(identity="ID0001")
        sweep(centre)
        centre.go_to("2026-04-14")
        sweep(centre)

    def who(self, name: str) -> Actor:
        return self.centre.platform.people[name]

    def json(self, name: str, method: str, path: str, body: Any = None) -> Any:
        return self.door.call(self.who(name) if name else None, method, path, body)

    def page(self, name: str, path: str, data: dict[str, str] | None = None) -> Any:
        headers = dict(PAGE)
        if name:
            if name not in self.sessions:
                with self.centre.platform.database.transaction() as session:
                    self.sessions[name] = begin_session(
                        session, person_id=self.who(name).person_id, hours=9, now=self.centre.now
                    )
            headers["Cookie"] += f"; {SESSION_COOKIE}={self.sessions[name]}"
        if data is None:
            return self.client.get(path, headers=headers, follow_redirects=False)
        sent = {**headers, "Sec-Fetch-Site": "same-origin"}
        return self.client.post(path, data=data, headers=sent, follow_redirects=False)

    def card(self, rule: str = "R3") -> str:
        rows = self.json("inspector", "GET", "/api/cards").json()["items"]
        return str(next(row["id"] for row in rows if row["rule"] == rule))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    centre = make_house(tmp_path_factory.mktemp("house"))
    centre.person("auditor", Duty.AUDITOR)
    centre.person("centre-office", Duty.CENTRE_OFFICE)
    with TestClient(create_app(centre.platform.adapters)) as client:
        yield House(centre, client)


def test_the_auditor_reads_everything_and_moves_nothing(house: House) -> None:
    card = house.card()
    assert house.json("auditor", "GET", f"/api/cards/{card}").json()["moves"] == []
    assert (
        house.json("auditor", "POST", f"/api/cards/{card}/moves", {"move": "cancel", "text": "x"}).status_code
        == 403
    )
    for path in (
        "/supervision",
        f"/supervision/cards/{card}",
        "/supervision/complaints",
        "/supervision/scores",
    ):
        assert house.page("auditor", path).status_code == 200, path


def test_the_inspector_filters_cards_by_class(house: House) -> None:
    found = {}
    for chosen in ("timeliness", "compliance"):
        rows = house.json("inspector", "GET", f"/api/cards?rule_class={chosen}").json()["items"]
        found[chosen] = {row["class"] for row in rows}
    assert found["timeliness"] == {"timeliness"}
    assert found["compliance"] <= {"compliance"}
    assert "R3" in house.page("inspector", "/supervision?rule_class=timeliness").text
    assert "R3" not in house.page("inspector", "/supervision?rule_class=compliance").text


def test_a_department_sees_and_answers_its_own_card_and_the_inspector_handles_it(house: House) -> None:
    card = house.card()
    assert house.json("leader-a", "GET", f"/api/cards/{card}").json()["moves"] == ["defend", "rectify"]
    page = house.page("leader-a", f"/cards/{card}")
    assert (page.status_code, "The promise is broken" in page.text) == (200, True)
    answer = house.page("leader-a", f"/cards/{card}", {"move": "defend", "text": "The post was empty."})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cards/{card}")
    refused = house.page("inspector", f"/supervision/cards/{card}", {"move": "handle", "text": "late"})
    assert refused.status_code == 422
    form = {
        "move": "handle",
        "text": "late",
        "person": "officer-a",
        "kind": "talk",
        "decided_on": "2026-04-14",
    }
    answer = house.page("inspector", f"/supervision/cards/{card}", form)
    assert answer.status_code == 303
    shown = house.page("inspector", f"/supervision/cards/{card}").text
    assert "The post was empty." in shown
    assert "Admonishing talk" in shown


def test_the_rows_of_the_board_come_alone_for_the_script(house: House) -> None:
    rows = house.page("inspector", "/supervision/rows").text
    assert "<html" not in rows
    assert "R3" in rows
    assert "board.js" in house.page("inspector", "/supervision").text


def test_anybody_complains_and_follows_it_by_number_and_code(house: House) -> None:
    number = house.centre.case(house.case).number
    form = {"subject_kind": "case", "subject": number, "text": "Nobody was there."}
    assert f'value="{number}"' in house.page("", f"/complaints/new?number={number}").text
    assert house.page("", "/complaints/new", {**form, "subject": "none"}).status_code == 422
    assert "The code is shown only now" in house.page("", "/complaints/new", form).text.replace(
        "the code", "The code"
    )
    made = house.json("", "POST", "/api/complaints", form).json()
    slip = {"number": made["number"], "code": made["code"]}
    assert house.json("", "POST", "/api/complaints/follow", slip).json()["state"] == "received"
    assert "Received" in house.page("", "/complaints/follow", slip).text
    assert house.page("", "/complaints/follow", {**slip, "code": "wrong"}).status_code == 422


def test_the_inspector_takes_a_complaint_to_its_end(house: House) -> None:
    made, _ = complain(house.centre, "window", house.centre.windows["a"], name="Li", telephone="13800000000")
    path = f"/supervision/complaints/{made.id}"
    assert made.number in house.page("inspector", "/supervision/complaints").text
    assert "13800000000" not in house.page("inspector", path).text
    assert "13800000000" in house.page("inspector", path, {"move": "contact"}).text
    assert house.page("inspector", path, {"move": "close"}).status_code == 409
    for data in (
        {"move": "accept"},
        {"move": "find", "text": "It is so.", "is_upheld": "yes"},
        {"move": "reply", "text": "We have put it right."},
        {"move": "call_back", "text": "Content."},
        {"move": "close"},
    ):
        assert house.page("inspector", path, data).status_code == 303, data
    assert "Complaint closed" in house.page("inspector", path).text


def test_complaints_move_by_json_too(house: House) -> None:
    made, _ = complain(house.centre, "site", "city")
    path = f"/api/complaints/{made.id}/moves"
    answer = house.json("inspector", "POST", path, {"move": "refuse", "text": "Not ours."})
    assert (answer.status_code, answer.json()["state"]) == (201, "refused")
    assert house.json("inspector", "POST", path, {"move": "fly"}).status_code == 422
    listed = house.json("inspector", "GET", "/api/complaints?state=refused").json()["items"]
    assert made.id in {row["id"] for row in listed}


def test_a_rating_comes_from_the_link_once_and_never_from_a_staff_session(house: House) -> None:
    token = offer(house.centre, done(house.centre, identity="ID0100"))
    assert house.page("", f"/rate/{token}").status_code == 200
    assert house.page("chief-a", f"/rate/{token}", {"level": "5"}).status_code == 403
    assert house.page("", f"/rate/{token}", {}).status_code == 422
    thanks = house.page("", f"/rate/{token}", {"level": "5", "efficiency": "5", "guide": "4"})
    assert "Thank you" in thanks.text
    assert house.page("", f"/rate/{token}", {"level": "1"}).status_code == 404
    token = offer(house.centre, done(house.centre, identity="ID0101"))
    body = {"token": token, "level": 5}
    assert house.json("leader-a", "POST", "/api/ratings", body).status_code == 403
    assert house.json("", "POST", "/api/ratings", body).status_code == 201


def test_the_terminal_leads_to_the_rating_by_number_and_code(house: House) -> None:
    opened = house.centre.open(identity="ID0102")
    from approval.lifecycle import Act

    for code in ("form", "plan"):
        house.centre.act(opened.case, Act.ADD_MATERIAL, code=code, status="shown")
    house.centre.act(opened.case, Act.APPLY)
    house.centre.act(opened.case, Act.NOT_ACCEPT, reason="not ours", conditions=["c1"])
    slip = {"number": opened.case.number, "code": opened.code}
    assert house.page("", "/rate").status_code == 200
    assert house.page("", "/rate", {**slip, "code": "wrong"}).status_code == 422
    assert house.page("chief-a", "/rate", slip).status_code == 403
    answer = house.page("", "/rate", slip)
    assert answer.status_code == 303
    shown = house.page("", answer.headers["location"]).text
    assert "Quality of service" in shown
    assert "Accuracy of the guide" not in shown  # a question for online cases
    assert house.json("", "POST", "/api/ratings/offers", slip).status_code == 201


def test_a_handler_reads_aggregates_only(house: House) -> None:
    for number in range(5):
        give(house.centre, offer(house.centre, done(house.centre, identity=f"ID02{number:02}")), 4)
    answer = house.json("chief-a", "GET", "/api/ratings?period=2026-04").json()
    assert answer["items"][0]["ratings"] >= 5
    assert set(answer["items"][0]) == {"id", "ratings", "satisfied"}
    answer = house.json("chief-a", "GET", "/api/ratings?period=2026-03").json()
    assert answer["items"] == []


def test_everybody_reads_the_figures_with_numerator_denominator_and_statement(house: House) -> None:
    found = house.json("", "GET", "/api/figures?first=2026-01-01&last=2026-12-31").json()
    shown = {row["key"]: row for row in found["figures"]}
    assert shown["completed"]["sql"].startswith("SELECT SUM")
    assert shown["completed"]["denominator"] >= shown["completed"]["numerator"]
    page = house.page("", "/figures?first=2026-01-01&last=2026-12-31")
    assert "SELECT SUM" in page.text
    assert "Are people content?" in page.text
    department = house.centre.departments["a"]
    assert house.page("", f"/figures?department={department}&hall=hall").status_code == 200
    assert house.page("", "/figures?first=2027-01-01&last=2026-01-01").status_code == 422


def test_targets_are_the_centre_s_own(house: House) -> None:
    body = {"value": {"instant": ["at_least", 30]}}
    path = "/api/supervision/settings/figure_targets"
    assert house.json("inspector", "PUT", path, body).status_code == 403
    assert house.json("centre-office", "PUT", path, {"value": {"moon": ["at_least", 3]}}).status_code == 422
    assert house.json("centre-office", "PUT", path, body).json()["version"] == 1
    assert house.json("", "GET", path).json()["value"] == body["value"]
    weights = {"value": {"yellow": 6}}
    assert (
        house.json("centre-office", "PUT", "/api/supervision/settings/score_weights", weights).status_code
        == 200
    )
    wrong = {"value": {"yellow": -1}}
    assert (
        house.json("centre-office", "PUT", "/api/supervision/settings/score_weights", wrong).status_code
        == 422
    )


def test_a_monitor_reads_figures_and_gives_an_opinion_and_nothing_else(house: House) -> None:
    assert house.page("monitor", "/figures").status_code == 200
    assert house.page("monitor", "/monitor", {"text": "More chairs."}).status_code == 303
    assert house.page("monitor", "/monitor", {"text": " "}).status_code == 422
    assert house.json("monitor", "POST", "/api/opinions", {"text": "More light."}).status_code == 201
    for path in ("/supervision", "/cards", "/supervision/complaints"):
        assert house.page("monitor", path).status_code == 403
    from supervision.queries import complaints

    with house.centre.platform.database.reading() as session:
        first = complaints.opinions(session)[-1].id
    shown = house.page("inspector", "/supervision/opinions")
    assert "More chairs." in shown.text
    assert (
        house.page("inspector", f"/supervision/opinions/{first}", {f"text-{first}": "Done."}).status_code
        == 303
    )
    assert "Done." in house.page("monitor", "/monitor").text


def test_breaches_of_the_four_regimes_are_counted_by_window(house: House) -> None:
    found = house.json("inspector", "GET", "/api/breaches?period=2026-04").json()["windows"]
    assert sum(row.get("limited_time", 0) for row in found.values()) >= 1
    assert house.json("inspector", "GET", "/api/breaches?period=2026-03").json()["windows"] == {}


def test_scores_and_bulletins_have_their_pages(house: House) -> None:
    period = read_period("2026-04")
    stored = house.centre.platform.adapters.objects.put_once(
        iter([b"%PDF-1.7"]), expected=None, limit_bytes=99
    )
    with house.centre.platform.database.transaction() as session:
        keep_scores(session, period=period, now=house.centre.now)
        session.flush()
        own = house.centre.departments["a"]
        made = {d: (bulletins.body(session, period, d), stored) for d in ("", own)}
        assert keep_bulletins(session, period="2026-04", made=made, now=house.centre.now) == 2
        assert keep_bulletins(session, period="2026-04", made=made, now=house.centre.now) == 0
    scores = house.json("leader-a", "GET", "/api/scores?period=2026-04").json()["items"]
    assert scores[0]["id"] == house.centre.departments["a"]
    assert house.page("inspector", "/supervision/scores?period=2026-04").status_code == 200
    rows = house.json("leader-a", "GET", "/api/bulletins").json()["items"]
    assert {row["department"] for row in rows} == {"", house.centre.departments["a"]}
    pdf = house.page("leader-a", f"/bulletins/{rows[0]['id']}/pdf")
    assert (pdf.status_code, pdf.content) == (200, b"%PDF-1.7")
    assert "2026-04" in house.page("monitor", "/bulletins").text
    other = next(row["id"] for row in rows if row["department"])
    assert house.page("monitor", f"/bulletins/{other}/pdf").status_code == 404


def test_no_figure_can_be_typed_in(house: House) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for name in ("inspector", "centre-office"):
            assert house.json(name, method, "/api/figures", {"finished": 1}).status_code == 405


def test_the_six_functions_of_supervision_have_their_doors(house: House) -> None:
    for path in (
        "/api/cards",  # 实时监督, 预警纠错
        "/api/scores?period=2026-04",  # 绩效评估
        "/api/complaints",  # 投诉处理
        "/api/figures",  # 统计分析
    ):
        assert house.json("inspector", "GET", path).status_code == 200, path
    attendance = house.page("centre-office", "/centre/attendance")  # 指纹考勤
    assert attendance.status_code == 200
