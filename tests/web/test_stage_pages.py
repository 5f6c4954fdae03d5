"""Pages of a tender in stages, from the choice of envelopes to the look at the prices; the ledger of outages."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from tender import queries
from tender.actions import outages
from tender.outages import UNREACHABLE
from tests.builders import PublishedTender, make_draft, make_platform
from tests.doors.door import Door
from tests.flows.staged import open_prices, open_technical, score_all
from tests.simulator import do_jobs
from tests.web.test_pool_pages import Scene
from web.app import create_app

SEALED = "Sealed until the scores are locked"


class Stages(Scene):
    """A platform whose pages are open; the embedded worker sleeps, since the application was not started."""

    def __init__(self, folder: Path) -> None:
        self.platform = make_platform(folder)
        self.client = TestClient(create_app(self.platform.adapters))
        self.door = Door(self.client, self.platform)

    def choose_openers(self, tender: PublishedTender, **changes: str) -> httpx.Response:
        """The page of the openers sent as the office fills it in for a draft."""
        with self.platform.database.reading() as session:
            version = queries.tender(session, tender.tender_id).version
        form = {
            "version": str(version),
            "opener": [one.person_id for one in tender.openers],
            "threshold": "2",
            "suite": "classic",
            **changes,
        }
        return self.page(tender.office, f"/office/tenders/{tender.tender_id}/openers", form)

    def public(self, path: str) -> str:
        """A page as a stranger reads it."""
        answer = self.client.get(path, headers={"Accept": "text/html", "Cookie": "language=en"})
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def scene(tmp_path: Path) -> Stages:
    return Stages(tmp_path)


def test_the_office_chooses_envelopes_and_the_rule_for_outages(scene: Stages) -> None:
    tender = make_draft(scene.platform)
    base = f"/office/tenders/{tender.tender_id}"
    page = scene.page(tender.office, f"{base}/openers").text
    assert 'name="envelopes" value="two"' in page
    assert 'id="suite-sm"' in page
    assert scene.choose_openers(tender, envelopes="two").status_code == 303
    with scene.platform.database.reading() as session:
        record = queries.tender(session, tender.tender_id)
        assert [one["kind"] for one in record.envelopes or []] == ["technical", "price"]
    page = scene.page(tender.office, f"{base}/timetable").text
    assert 'name="add_minutes"' in page
    assert 'value="120"' in page


def test_prices_are_shown_when_they_are_open_and_the_chair_closes_the_look(scene: Stages) -> None:
    tender = open_technical(scene.platform, ["300.00", "100.00", "200.00"])
    room = f"/tenders/{tender.tender_id}/opening"
    assert scene.public(room).count(SEALED) >= 3
    panel = score_all(scene.platform, tender)
    desk = f"/expert/tenders/{tender.tender_id}"
    assert "The scores are locked" in scene.page(panel[0], f"{desk}/prices").text
    assert (
        "Release the prices after the scores"
        in scene.page(tender.openers[0], f"/opener/tenders/{tender.tender_id}").text
    )
    open_prices(scene.platform, tender)
    shown = scene.page(panel[0], f"{desk}/prices").text
    assert "300.00" in shown
    assert "rank the bids" in shown
    assert "rank the bids" not in scene.page(panel[1], f"{desk}/prices").text
    assert SEALED not in scene.public(room).split("<template")[0]
    refused = scene.page(panel[1], f"{desk}/prices", {})
    assert refused.status_code == 409
    assert scene.page(panel[0], f"{desk}/prices", {}).status_code == 303
    do_jobs(scene.platform)
    with scene.platform.database.reading() as session:
        assert queries.tender(session, tender.tender_id).stage == "evaluated"


def test_the_ledger_lists_an_outage_with_its_certificate(scene: Stages) -> None:
    assert "No outage was recorded" in scene.public("/outages")
    for seconds in (0, 3600):
        scene.platform.clock.at += timedelta(seconds=seconds)
        with scene.platform.database.transaction() as session:
            outages.beat(
                session, keys=scene.platform.adapters.keys, cause=UNREACHABLE, now=scene.platform.clock.now()
            )
    page = scene.public("/outages")
    assert "not reachable" in page
    [item] = scene.client.get("/api/outages").json()["items"]
    assert f"/api/outages/{item['id']}" in page
    assert scene.client.get(f"/api/outages/{item['id']}").json() == item
    assert scene.client.get("/api/outages/none").status_code == 404
