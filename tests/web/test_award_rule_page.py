"""The office says on the page of the lots how many lots one bidder may win; what is wrong is named at its input."""

from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from tests.builders import Platform, PublishedTender, make_draft, make_platform
from tests.doors.door import Door
from web.app import create_app
from web.guards import SESSION_COOKIE

LOTS = {"lot_zh": ["一标段", "二标段"], "lot_en": ["Lot 1", "Lot 2"]}


class Desk:
    """A draft and the browser of its office."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.client = platform, TestClient(create_app(platform.adapters))
        self.tender: PublishedTender = make_draft(platform, openers=2)
        self.door = Door(self.client, platform)

    def send(self, **form: Any) -> tuple[int, str]:
        with self.platform.database.transaction() as session:
            secret = begin_session(
                session, person_id=self.tender.office.person_id, hours=1, now=self.platform.clock.now()
            )
        headers = {
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"{SESSION_COOKIE}={secret}; language=en",
        }
        answer = self.client.post(
            f"/office/tenders/{self.tender.tender_id}/lots",
            data={**LOTS, "version": str(self.shown()["version"]), **form},
            headers=headers,
            follow_redirects=False,
        )
        return answer.status_code, answer.text

    def shown(self) -> dict[str, Any]:
        path = f"/api/tenders/{self.tender.tender_id}"
        return dict(self.door.call(self.tender.office, "GET", path).json())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(make_platform(tmp_path_factory.mktemp("award-rule")))


def test_a_rule_is_kept_and_taken_back(desk: Desk) -> None:
    status, _ = desk.send(award_method="optimal", cap="1", objective="price", bundles="1+2")
    assert status in (302, 303)
    assert desk.shown()["award_rule"] == {
        "method": "optimal",
        "cap": 1,
        "objective": "price",
        "bundles": [[1, 2]],
    }
    assert desk.send(award_method="each_alone")[0] in (302, 303)
    assert desk.shown()["award_rule"] is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"award_method": "sequential", "cap": ""}, "cap"),
        ({"award_method": "sequential", "cap": "0"}, "cap"),
        ({"award_method": "sequential", "cap": "1", "bundles": "1+2"}, "bundles"),
        ({"award_method": "optimal", "cap": "1", "bundles": "1 and 2"}, "bundles"),
        ({"award_method": "optimal", "cap": "1", "bundles": "2"}, "bundles"),
    ],
)
def test_what_is_wrong_is_named_at_its_input(desk: Desk, form: dict[str, str], field: str) -> None:
    status, page = desk.send(**form)
    assert status == 422
    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page


def test_the_api_refuses_a_wrong_rule_by_its_path(desk: Desk) -> None:
    answer = desk.door.call(
        desk.tender.office,
        "PUT",
        f"/api/tenders/{desk.tender.tender_id}",
        {"award_rule": {"method": "sequential", "cap": 0}},
        If_Match=f'"{desk.shown()["version"]}"',
    )
    assert answer.status_code == 422
    assert "award_rule.cap" in answer.text
