"""The pages of the pool: imported, looked through, decided, appraised; names for the manager and the expert only."""

from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from expert_pool import queries
from expert_pool.pool_file import EXAMPLE
from expert_pool.queries import applications, appraisals
from storage import audit_log
from tender import queries as tenders
from tender.lifecycle import Stage
from tests.builders import make_platform
from tests.doors.door import Door
from tests.flows.panels import draw_panel, fill_pool, opened_tender
from web.app import create_app
from web.guards import SESSION_COOKIE

HEAD = "number,name,employer,specialties\n"
APPLICATION = {
    **{key: EXAMPLE[key] for key in ("name", "employer", "specialties", "title", "born_on", "works_since")},
    "id_number": "440300197503011234",
    "past_employers": "某某工程局|1998-07-01|2010-06-30\n某某二局||",
}


class Scene:
    """A drawn panel whose evaluation is over."""

    def __init__(self, folder: Any) -> None:
        self.platform = make_platform(folder)
        self.tender = opened_tender(self.platform, ["300.00", "100.00", "200.00"])
        self.experts = fill_pool(self.platform, [f"Institute {n}" for n in range(9)])
        self.panel = draw_panel(self.platform, self.tender)
        self.manager = self.platform.people["pool-manager"]
        self.supervisor = self.platform.people["supervisor"]
        self.client = TestClient(create_app(self.platform.adapters))
        self.door = Door(self.client, self.platform)
        with self.platform.database.reading() as session:
            draw = queries.find_draw(session, self.tender.tender_id)
            assert draw is not None
            self.draw_id = draw.id
            self.ids = {row.number: row.id for row in queries.experts(session)}

    def page(self, who: Actor, path: str, data: Any = None, files: Any = None) -> httpx.Response:
        with self.platform.database.transaction() as session:
            now = self.platform.clock.now()
            secret = begin_session(session, person_id=who.person_id, hours=1, now=now)
        headers = {
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"{SESSION_COOKIE}={secret}; language=en",
        }
        method = "GET" if data is None and files is None else "POST"
        return self.client.request(
            method, path, headers=headers, follow_redirects=False, data=data, files=files
        )

    def upload(self, name: str, body: bytes, mode: str = "all") -> httpx.Response:
        return self.page(self.manager, "/pool", {"mode": mode}, {"file": (name, body)})


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    # Not entered, so that no worker runs beside the test.
    return Scene(tmp_path_factory.mktemp("pool-pages"))


def test_a_wrong_file_is_reported_by_line_and_imports_nothing(scene: Scene) -> None:
    answer = scene.upload("x.csv", f"{HEAD}N1,新人,院,A08\nN2,,院,Z9\n".encode())
    assert answer.status_code == 422
    assert "nothing was imported: 2 places are wrong" in answer.text
    assert answer.text.count('data-label="Line">3<') == 2
    checked = scene.upload("x.csv", f"{HEAD}N2,=1+1,院,A08\n".encode(), "check")
    assert checked.headers["content-disposition"] == 'attachment; filename="report.csv"'
    assert checked.content.decode("utf-8-sig").splitlines()[1].startswith("2,name,")
    with scene.platform.database.reading() as session:
        assert queries.pool_size(session) == 9


def test_the_templates_come_back_as_good_files(scene: Scene) -> None:
    for form in ("csv", "xlsx"):
        body = scene.page(scene.manager, f"/pool/template/{form}").content
        assert scene.upload(f"t.{form}", body).headers["location"] == "/pool?imported=1"
    assert scene.page(scene.manager, "/pool/template/pdf").status_code == 404
    assert scene.upload("t.xlsx", b"PK broken").status_code == 422
    good = scene.upload("x.csv", f"{HEAD}N1,新人,院,A08\nN2,,院,A08\n".encode("gbk"), "good")
    assert (good.status_code, "1 expert was imported" in good.text) == (200, True)
    api = scene.door.call(
        scene.manager, "PUT", "/api/experts/file?name=x.csv", f"{HEAD}N2,,院,A08\n".encode()
    )
    assert (api.status_code, api.json()["code"]) == (422, "bad-pool-file")


def test_the_pool_is_filtered_and_names_are_found_whole(scene: Scene) -> None:
    shown = scene.page(scene.manager, "/pool?specialty=A0801&region=440300&standing=active").text
    assert "Name 1" in shown
    assert "Name 1" not in scene.page(scene.manager, "/pool?specialty=C06").text
    assert "Institute 3" in scene.page(scene.manager, "/pool/search", {"name": "name 4"}).text
    assert "Institute 3" not in scene.page(scene.manager, "/pool/search", {"name": "name"}).text


def test_the_manager_changes_standing_and_bans_with_reasons(scene: Scene) -> None:
    path = f"/pool/experts/{scene.ids['E009']}"
    assert scene.page(scene.manager, f"{path}/standing", {"move": "suspend:complaint"}).status_code == 303
    assert scene.page(scene.manager, f"{path}/standing", {"move": "suspend:complaint"}).status_code == 409
    ban = {"begins": "2026-12-02", "ends": "2027-12-01", "reason": "bribery", "ban_note": "kept sealed"}
    assert scene.page(scene.manager, f"{path}/bans", ban).status_code == 303
    assert scene.page(scene.manager, f"{path}/bans", {**ban, "ends": "2026-01-01"}).status_code == 422
    shown = scene.page(scene.manager, path).text
    assert "kept sealed" in shown
    assert "Lift the ban" in shown


def test_the_manager_sets_the_limits_of_later_draws(scene: Scene) -> None:
    limits = {"tie_years": "5", "oldest": "65", "cool_down_days": "10", "most_per_month": "4"}
    wrong = scene.page(scene.manager, "/pool/rules", {**limits, "tie_years": "99"})
    assert (wrong.status_code, 'id="tie_years-error"' in wrong.text) == (422, True)
    assert scene.page(scene.manager, "/pool/rules", {**limits, "credentials": "licence"}).status_code == 303
    shown = scene.page(scene.manager, "/pool/rules").text
    assert 'value="65"' in shown
    assert 'value="licence" checked' in shown


def test_somebody_applies_and_is_let_in(scene: Scene) -> None:
    newcomer = scene.platform.person("newcomer", Duty.APPLICANT)
    wrong = scene.page(newcomer, "/become-expert", {**APPLICATION, "born_on": "long ago"})
    assert (wrong.status_code, 'id="born_on-error"' in wrong.text) == (422, True)
    assert scene.page(newcomer, "/become-expert", APPLICATION).status_code == 303
    assert "Waiting" in scene.page(newcomer, "/become-expert").text
    assert "张三" in scene.page(scene.manager, "/pool/applications").text
    with scene.platform.database.reading() as session:
        (waiting,) = applications.open_applications(session)
    path = f"/pool/applications/{waiting.id}"
    assert "某某二局" in scene.page(scene.manager, path).text
    assert scene.page(scene.manager, path, {"decision": "approve", "number": ""}).status_code == 422
    assert scene.page(scene.manager, path, {"decision": "approve", "number": "E700"}).status_code == 303
    shown = scene.page(newcomer, "/expert/entry").text
    assert "E700" in shown
    assert "440300197503011234" in shown


def test_leave_appraisal_objection_and_own_leaf(scene: Scene) -> None:
    member = scene.panel["seat-1"]
    assert scene.page(member, "/expert/leave", {"begins": "x", "ends": "2027-01-31"}).status_code == 422
    leave = {"begins": "2027-01-01", "ends": "2027-01-31"}
    assert scene.page(member, "/expert/leave", leave).status_code == 303
    with scene.platform.database.transaction() as session:
        record = tenders.tender(session, scene.tender.tender_id)
        record.stage = Stage.EVALUATED
        session.add(record)
    path = f"/appraisals/{scene.tender.tender_id}"
    assert scene.tender.tender_id in scene.page(scene.supervisor, "/appraisals").text
    assert scene.page(scene.tender.office, f"{path}/seat-1", {"late": "3"}).status_code == 422
    assert scene.page(scene.tender.office, f"{path}/seat-1", {"late": "1"}).status_code == 303
    assert scene.page(scene.supervisor, f"{path}/seat-1", {"leading": "1"}).status_code == 303
    with scene.platform.database.reading() as session:
        row = appraisals.find_appraisal(session, scene.tender.tender_id, "seat-1", "supervisor")
    assert row is not None
    objecting = f"/expert/appraisals/{row.id}"
    assert scene.page(member, objecting, {"objection": ""}).status_code == 422
    assert scene.page(member, objecting, {"objection": "I only asked a question"}).status_code == 303
    assert "I only asked" in scene.page(scene.manager, "/pool/applications").text
    answered = {"answer": "agreed", "upheld": "yes"}
    assert scene.page(scene.manager, f"/pool/appraisals/{row.id}", answered).status_code == 303
    shown = scene.page(member, "/expert/entry").text
    with scene.platform.database.reading() as session:
        leaf = next(s.leaf for s, _ in queries.panel(session, scene.tender.tender_id) if s.seat == "seat-1")
    assert leaf in shown
    assert "agreed" in shown


def test_the_supervisor_recomputes_and_no_name_leaves_the_pool(
    scene: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    said = [
        scene.page(scene.supervisor, "/pool-figures").text,
        scene.page(scene.supervisor, f"/eligibility/{scene.draw_id}").text,
        scene.page(scene.supervisor, f"/eligibility/{scene.draw_id}", {"x": "y"}).text,
        scene.page(scene.supervisor, f"/appraisals/{scene.tender.tender_id}").text,
        scene.page(scene.supervisor, "/draws").text,
        scene.page(scene.tender.office, "/office").text,
        scene.door.call(scene.supervisor, "GET", "/api/pool-figures").text,
        scene.door.call(scene.supervisor, "GET", "/api/experts").text,
        scene.door.call(scene.supervisor, "POST", f"/api/draws/{scene.draw_id}/eligibility-check").text,
        scene.door.call(None, "GET", f"/api/tenders/{scene.tender.tender_id}/draw").text,
    ]
    assert "every line is as frozen" in said[2]
    assert scene.door.call(scene.panel["seat-1"], "GET", "/api/my-entry").json()["number"].startswith("E00")
    scene.page(scene.manager, "/pool")
    scene.page(scene.manager, "/pool/search", {"name": "Name 4"})
    out, err = capfd.readouterr()
    with scene.platform.database.reading() as session:
        facts = b"".join(session.exec(select(audit_log.LogRecord.fact))).decode()
    for text in (*said, facts, caplog.text, out, err):
        assert not [word for word in ("Name 1", "Name 4", "Institute", "张三", "某某") if word in text]
