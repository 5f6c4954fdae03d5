"""The office's form of a draw: windows, the late round, and what the page says of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from expert_pool import queries
from expert_pool.drand import first_round_after
from tests.builders import make_platform
from tests.doors.door import Door
from tests.flows.panels import fill_pool, opened_tender
from tests.web.test_pool_pages import Scene
from web.app import create_app

FORM = {
    "zh": ["公路"],
    "en": ["Roads"],
    "quota": ["5"],
    "reserves": ["1"],
    "specialties": ["A08"],
    "regions": [""],
    "per_employer": "0",
}


class Office(Scene):
    """An opened tender and a pool."""

    def __init__(self, folder: Path) -> None:
        self.platform = make_platform(folder)
        self.tender = opened_tender(self.platform, ["300.00", "100.00", "200.00"])
        fill_pool(self.platform, [f"Institute {n}" for n in range(7)])
        self.client = TestClient(create_app(self.platform.adapters))
        self.door = Door(self.client, self.platform)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_form_names_the_first_round_and_refuses_an_earlier_one(office: Office) -> None:
    path = f"/office/tenders/{office.tender.tender_id}/draw"
    now = office.platform.clock.now()
    assert str(first_round_after(now + timedelta(hours=3))) in office.page(office.tender.office, path).text
    first = first_round_after(now + 3 * timedelta(minutes=20))
    given = {**FORM, "reveal_minutes": "20", "late_round": str(first - 1)}
    refused = office.page(office.tender.office, path, given)
    assert (refused.status_code, 'id="late_round-error"' in refused.text) == (422, True)
    assert f"the first round allowed is {first}" in refused.text
    short = office.page(office.tender.office, path, {**given, "reveal_minutes": "4"})
    assert 'id="reveal_minutes-error"' in short.text
    made = office.page(office.tender.office, path, {**given, "late_round": str(first)})
    assert made.status_code == 303
    with office.platform.database.reading() as session:
        draw = queries.find_draw(session, office.tender.tender_id)
    assert draw is not None
    assert (draw.reveal_minutes, draw.request["late"]["round"]) == (20, first)
