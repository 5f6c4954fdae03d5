"""One entry changed by its manager, certificates as files, applications over JSON."""

import json
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from accounts.duties import Duty
from expert_pool.certificates import LIMIT
from expert_pool.pool_file import EXAMPLE, HEADINGS, read_pool_file, write_columns
from expert_pool.queries import pool
from expert_pool.records.pool import CertificateRecord
from storage import audit_log
from tests.builders import make_platform
from tests.doors.door import Door
from tests.expert_pool.entries import full_expert
from tests.flows.panels import fill_pool
from tests.flows.test_pool_life import WHO
from tests.web.test_pool_pages import APPLICATION, Scene
from web.app import create_app

PDF, PNG = b"%PDF-1.7 secret page", b"\x89PNG\r\n\x1a\n pixels"


class Pool(Scene):
    """A pool without any draw."""

    def __init__(self, folder: Any) -> None:
        self.platform = make_platform(folder)
        self.experts = fill_pool(self.platform, [f"Institute {n}" for n in range(2)])
        self.manager = self.platform.people["pool-manager"]
        self.supervisor = self.platform.person("supervisor", Duty.SUPERVISOR)
        self.client = TestClient(create_app(self.platform.adapters))
        self.door = Door(self.client, self.platform)
        with self.platform.database.reading() as session:
            self.ids = {row.number: row.id for row in pool.experts(session)}

    def facts(self, kind: str) -> list[Any]:
        with self.platform.database.reading() as session:
            found = [json.loads(row.fact) for row in session.exec(select(audit_log.LogRecord))]
        return [one for one in found if one["kind"] == kind]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return Pool(tmp_path_factory.mktemp("pool-edit"))


def test_what_is_written_as_columns_is_read_as_the_same_entry() -> None:
    columns = write_columns(full_expert(), WHO)
    (read,) = read_pool_file([(1, list(columns)), (2, list(columns.values()))]).entries
    assert (write_columns(read.expert, read.identity), set(columns)) == (columns, set(HEADINGS))


def test_the_manager_changes_an_entry_and_the_history_says_which_fields(scene: Pool) -> None:
    path = f"/pool/experts/{scene.ids['E001']}"
    form = scene.page(scene.manager, f"{path}/edit")
    assert 'value="Institute 0"' in form.text
    seen = form.text.partition('name="seen_at" value="')[2].partition('"')[0]
    data = {"name": "Name 1", "employer": "New Works", "specialties": "A0801;B02", "region": "440300"}
    wrong = scene.page(scene.manager, f"{path}/edit", {**data, "born_on": "x", "seen_at": seen})
    assert (wrong.status_code, 'id="born_on-error"' in wrong.text) == (422, True)
    assert scene.page(scene.manager, f"{path}/edit", {**data, "number": "E9"}).status_code == 409
    scene.platform.clock.at += scene.platform.clock.at.resolution * 1_000_000
    assert scene.page(scene.manager, f"{path}/edit", {**data, "seen_at": seen}).status_code == 303
    assert scene.page(scene.manager, f"{path}/edit", {**data, "seen_at": seen}).status_code == 412
    shown = scene.page(scene.manager, path).text
    assert "New Works" in shown
    assert "Changed: Employer" in " ".join(shown.split())
    (fact,) = scene.facts("expert.edited")
    assert fact["data"] == {"by": scene.manager.person_id, "fields": ["employer"]}


def test_an_entry_is_changed_over_json_by_the_same_checks(scene: Pool) -> None:
    columns = {"name": "Name 2", "employer": "Institute 1", "specialties": "A0801;B02", "title": "senior"}
    path = "/api/experts/E002/entry"
    for wrong in ({**columns, "title": "king"}, {**columns, "specialties": "Z9"}, {"name": "Name 2"}):
        assert scene.door.call(scene.manager, "PUT", path, {"columns": wrong}).status_code == 422
    other = {"columns": {**columns, "number": "E001"}}
    assert scene.door.call(scene.manager, "PUT", path, other).json()["code"] == "refused"
    changed = scene.door.call(scene.manager, "PUT", path, {"columns": columns}).json()
    assert changed == {"changed": ["title"]}
    assert scene.door.call(scene.manager, "PUT", path, {"columns": columns}).json() == {"changed": []}
    assert (
        scene.door.call(scene.manager, "PUT", "/api/experts/E9/entry", {"columns": columns}).status_code
        == 404
    )


def test_certificates_are_sealed_and_each_look_is_logged(scene: Pool) -> None:
    path = f"/pool/experts/{scene.ids['E001']}"
    for bad in (b"MZ program", b"<html>", b"", b"%PDF-" + bytes(LIMIT - 4)):
        refused = scene.page(scene.manager, f"{path}/certificates", {}, {"file": ("a.pdf", bad)})
        assert (refused.status_code, 'id="file-error"' in refused.text) == (422, True)
    for _ in range(2):
        sent = scene.page(scene.manager, f"{path}/certificates", {}, {"file": ("x/title.pdf", PDF)})
        assert sent.status_code == 303
    listed = scene.door.call(scene.supervisor, "GET", "/api/experts/E001/certificates").json()["certificates"]
    assert [(one["name"], one["media_type"]) for one in listed] == [("title.pdf", "application/pdf")]
    with scene.platform.database.reading() as session:
        record = session.get(CertificateRecord, listed[0]["id"])
        assert record is not None
        assert b"secret page" not in record.sealed
    looked = scene.page(scene.manager, f"/pool/certificates/{listed[0]['id']}/look", {})
    assert (looked.content, looked.headers["content-type"]) == (PDF, "application/octet-stream")
    again = scene.door.call(scene.supervisor, "POST", f"/api/certificates/{listed[0]['id']}/look")
    assert again.content == PDF
    assert [one["data"]["by"] for one in scene.facts("expert.certificate-seen")] == [
        scene.manager.person_id,
        scene.supervisor.person_id,
    ]
    assert (
        scene.door.call(scene.experts[0], "POST", f"/api/certificates/{listed[0]['id']}/look").status_code
        == 403
    )


def test_the_largest_file_is_taken_and_one_byte_more_is_not(scene: Pool) -> None:
    path = "/api/experts/E002/certificates?name=a.pdf"
    sizes = [LIMIT - 1, LIMIT, LIMIT + 1]
    answers = [scene.door.call(scene.manager, "POST", path, b"%PDF-".ljust(size, b"x")) for size in sizes]
    assert [one.status_code for one in answers] == [201, 201, 422]


def test_somebody_applies_with_a_certificate_withdraws_and_applies_again(scene: Pool) -> None:
    newcomer = scene.platform.person("newcomer", Duty.APPLICANT)
    made = scene.door.call(newcomer, "POST", "/api/expert-applications", {"columns": APPLICATION}).json()
    path = f"/api/expert-applications/{made['id']}"
    again = scene.door.call(newcomer, "POST", "/api/expert-applications", {"columns": APPLICATION})
    assert again.status_code == 409
    stranger = scene.platform.person("stranger", Duty.APPLICANT)
    assert scene.door.call(stranger, "POST", f"{path}/withdrawal").status_code == 404
    assert scene.door.call(newcomer, "POST", f"{path}/withdrawal").json() == {"withdrawn": True}
    second = scene.door.call(newcomer, "POST", "/api/expert-applications", {"columns": APPLICATION}).json()
    path = f"/api/expert-applications/{second['id']}"
    brought = scene.door.call(newcomer, "POST", f"{path}/certificates?name=licence.png", PNG)
    assert brought.status_code == 201
    sent = scene.page(newcomer, f"/become-expert/{second['id']}/certificates", {}, {"file": ("a.pdf", PDF)})
    assert sent.status_code == 303
    assert "licence.png" in scene.page(newcomer, "/become-expert").text
    (waiting,) = scene.door.call(scene.manager, "GET", "/api/expert-applications").json()["applications"]
    assert (waiting["entry"]["name"], len(waiting["certificates"])) == (EXAMPLE["name"], 2)
    decided = scene.door.call(scene.manager, "POST", f"{path}/decision", {"approve": True, "number": "E700"})
    assert decided.json() == {"approved": True}
    late = scene.door.call(newcomer, "POST", f"{path}/certificates?name=b.pdf", PDF + b"2")
    assert late.status_code == 409
    listed = scene.door.call(scene.manager, "GET", "/api/experts/E700/certificates").json()["certificates"]
    assert {one["name"] for one in listed} == {"licence.png", "a.pdf"}
    states = scene.door.call(newcomer, "GET", "/api/my-expert-applications").json()["applications"]
    assert sorted(one["state"] for one in states) == ["approved", "withdrawn"]
