"""Every item can be begun online, and each of the seven online functions has its door."""

import pytest

from approval.actions.open_case import NewCase, open_case
from approval.applicant import read_applicant
from approval.item import Mode
from approval.queries import cases, catalogue
from approval.queries.catalogue import Wanted
from tests.flows.online import WHO, Online
from tools.demo.catalogue import YICHANG
from tools.demo.catalogue_load import load_catalogue


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory) -> Online:
    made = Online(tmp_path_factory.mktemp("catalogue"))
    with made.centre.platform.database.transaction() as session:
        load_catalogue(session, now=made.centre.now)
    return made


def test_every_item_has_its_form_and_can_be_begun_online(online: Online) -> None:
    who, applicant = online.applicant(), read_applicant(WHO["name"], WHO["identity"], "")
    with online.centre.platform.database.transaction() as session:
        rows = [row for row in catalogue.items(session, Wanted()) if row.code.startswith("YI")]
        for row in rows:
            version = cases.version(session, str(row.current_version_id))
            facts = {"alone": True} if version.mode is Mode.JOINT else {}
            mode = version.online[0] if version.online else ""
            opened = open_case(
                session,
                actor=who,
                command=NewCase(row.code, applicant, channel="online", online_mode=mode, facts=facts),
                keys=online.centre.platform.adapters.keys,
                calendar=online.centre.calendar,
                now=online.centre.now,
            )
            assert opened.case.state == "draft"
    assert len(rows) == YICHANG.items == 255
    browser = online.browser()
    for row in rows[::16]:
        page = browser.get(f"/apply/{row.code}")
        assert page.status_code == 200
        assert f'action="/apply/{row.code}"' in page.text


FUNCTIONS = {
    "申报": "POST /api/cases",
    "预审": "POST /api/cases/{case_id}/pre-check",
    "传递": "POST /api/cases/{case_id}/hops",
    "审批": "POST /api/cases/{case_id}/acts",
    "查询": "POST /api/track",
    "监察": "GET /api/cards",
    "投诉": "POST /api/complaints",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_online_function_has_its_door(online: Online, name: str) -> None:
    method, path = FUNCTIONS[name].split()
    found = {(one, route.path_format) for route in online.app.routes for one in getattr(route, "methods", ())}
    assert (method, path) in found
