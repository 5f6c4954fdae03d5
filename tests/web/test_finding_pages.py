"""The findings at their doors: own figures only, reasons that stay, and what is read after the ranking."""

from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from tests.doors.door import Door
from tests.flows.divided_panel import Stage
from web.app import create_app
from web.guards import SESSION_COOKIE
from worker.tasks import JOBS


class Scene:
    """A panel whose sheets are signed; seat-3 stands apart and so far nobody has given a reason."""

    def __init__(self, stage: Stage, client: Any) -> None:
        self.stage, self.platform, self.client = stage, stage.platform, client
        self.door = Door(client, stage.platform)
        self.stage.score_all(last="20")
        self.stage.rank()
        self.api = f"/api/tenders/{stage.tender.tender_id}"
        self.path = f"/findings/tenders/{stage.tender.tender_id}"
        self.supervisor = self.platform.person("supervisor", Duty.SUPERVISOR)

    def page(self, who: Actor, path: str = "", language: str = "en", **data: str) -> httpx.Response:
        with self.platform.database.transaction() as session:
            now = self.platform.clock.now()
            secret = begin_session(session, person_id=who.person_id, hours=1, now=now)
        headers = {
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"{SESSION_COOKIE}={secret}; language={language}",
        }
        sent: dict[str, Any] = {"headers": headers, "follow_redirects": False}
        where = self.path + path
        answer: httpx.Response = (
            self.client.post(where, data=data, **sent) if data else self.client.get(where, **sent)
        )
        return answer


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    stage = Stage(tmp_path_factory.mktemp("finding-pages"))
    # Not entered, so that no worker runs beside the test and ranks on its own.
    return Scene(stage, TestClient(create_app(stage.platform.adapters)))


def test_1_a_member_sees_own_figures_and_nobody_elses(scene: Scene) -> None:
    mine = scene.page(scene.stage.panel["seat-3"])
    assert "50 to 100 % below the others" in mine.text
    assert "Record the reason" in mine.text
    other = scene.page(scene.stage.panel["seat-1"])
    assert "None of your figures stands apart." in other.text
    assert "below the others" not in other.text
    assert "seat 3: 1" in other.text
    got = scene.door.call(scene.stage.panel["seat-3"], "GET", f"{scene.api}/own-outliers").json()
    assert [(one["band"], one["is_high"]) for one in got["items"]] == [("to_100_percent", False)]
    got = scene.door.call(scene.stage.panel["seat-1"], "GET", f"{scene.api}/own-outliers").json()
    assert got["items"] == []
    assert scene.door.call(scene.supervisor, "GET", f"{scene.api}/own-outliers").status_code == 403


def test_2_low_prices_are_shown_with_the_way_to_their_limit(scene: Scene) -> None:
    page = scene.page(scene.supervisor)
    for words in (
        "below 50 % of the mean",
        "83.33",
        "41.67",
        "no ceiling and no budget",
        "at least 30 minutes",
    ):
        assert words in page.text, words
    assert "低于" in scene.page(scene.supervisor, language="zh-CN").text
    lot = scene.stage.tender.lot_id
    got = scene.door.call(scene.supervisor, "GET", f"{scene.api}/lots/{lot}/low-prices").json()
    assert [one["flagged"] for one in got["rules"]] == [scene.stage.bids[:1], scene.stage.bids[:1], []]


def test_3_the_office_sees_nothing_before_the_ranking(scene: Scene) -> None:
    office = scene.stage.tender.office
    assert scene.page(office).status_code == 404
    assert scene.door.call(office, "GET", f"{scene.api}/findings").status_code == 404
    assert scene.client.get(f"{scene.api}/award-proposal").status_code == 404


def test_4_an_empty_reason_is_refused_and_a_reason_is_kept(scene: Scene) -> None:
    member = scene.stage.panel["seat-3"]
    [row] = scene.stage.own("seat-3")
    refused = scene.page(member, f"/outliers/{row.id}", reason=" ")
    assert refused.status_code == 422
    assert f'href="#reason-{row.id}"' in refused.text
    assert scene.page(member, f"/outliers/{row.id}", reason="The bridge is missing.").status_code in (
        302,
        303,
    )
    assert "The bridge is missing." in scene.page(member).text
    again = scene.door.call(
        member, "PUT", f"{scene.api}/outliers/{row.id}/reason", {"reason": "Another one."}
    )
    assert again.status_code == 409


def test_5_after_the_ranking_everybody_concerned_reads_all_of_it(scene: Scene) -> None:
    assert scene.stage.rank() == 1
    assert "come back in a minute" in scene.page(scene.supervisor).text
    adapters, payload = scene.platform.adapters, {"tender_id": scene.stage.tender.tender_id}
    job, now = JOBS["make_findings"], scene.platform.clock.now()
    assert job.prepare is not None
    made = job.prepare(adapters, payload, now)
    with scene.platform.database.transaction() as session:
        job.act(session, adapters, payload, made, now)
    for who in (scene.supervisor, scene.stage.tender.office, scene.stage.panel["seat-1"]):
        page = scene.page(who)
        for words in ("The bridge is missing.", "<svg", "10000 draws", "Without", "Kendall"):
            assert words in page.text, words
        [lot] = scene.door.call(who, "GET", f"{scene.api}/findings").json()["lots"]
        assert lot["findings"]["v"] == 1
    assert "没有" in scene.page(scene.supervisor, language="zh-CN").text


def test_6_the_award_is_public_with_the_result(scene: Scene) -> None:
    got = scene.client.get(f"{scene.api}/award-proposal").json()
    assert (got["rule"]["method"], got["other"]) == ("each_alone", None)
    assert got["proposal"]["awards"][0]["place"] == 1
