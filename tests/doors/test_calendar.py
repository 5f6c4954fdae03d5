"""The doors of the working-day calendar: public reading, the centre office's import, pages without JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from tests.builders import Platform, make_platform
from tests.doors.door import Door
from web.app import create_app
from web.guards import SESSION_COOKIE

STOPPED = "start=2026-04-01&days=20&stop=2026-04-10:2026-04-17&stop=2026-04-29:2026-05-11"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return make_platform(tmp_path_factory.mktemp("calendar"))


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[Any]:
    with TestClient(create_app(platform.adapters)) as made:
        yield made


@pytest.fixture(scope="module")
def centre(platform: Platform) -> Actor:
    return platform.person("centre", Duty.CENTRE_OFFICE)


def cookie(platform: Platform, person: Actor) -> dict[str, str]:
    with platform.database.transaction() as session:
        held = begin_session(session, person_id=person.person_id, hours=1, now=platform.clock.now())
    return {"Cookie": f"{SESSION_COOKIE}={held}", "Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def test_a_year_tells_every_day_with_its_notice(client: Any) -> None:
    year = client.get("/api/calendar/2026").json()
    assert (len(year["days"]), year["working_days"], year["provisional"]) == (365, 248, False)
    assert year["days"][44] == {
        "date": "2026-02-14",
        "working": True,
        "kind": "make-up",
        "notice": "国务院办公厅关于2026年部分节假日安排的通知",
    }
    assert client.get("/api/calendar/2027").json()["provisional"] is True


@pytest.mark.parametrize("year", [2005, 2100, 0])
def test_a_year_outside_the_table_does_not_exist(client: Any, year: int) -> None:
    answer = client.get(f"/api/calendar/{year}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_due_date_comes_with_its_reasons(client: Any) -> None:
    answer = client.get(f"/api/due?{STOPPED}").json()
    assert (answer["due"], answer["provisional"]) == ("2026-05-19", False)
    assert set(answer) == {"due", "explanation", "provisional"}
    assert answer["explanation"][-1]["number"] == 20
    stopped = client.get("/api/due?start=2026-04-01&days=20&stop=2026-04-10:").json()
    assert (stopped["due"], stopped["used"], stopped["remaining"]) == (None, 6, 14)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("start=1.4.2026&days=20", "start"),
        ("start=2005-12-30&days=20", "start"),
        ("start=2026-04-01&days=-1", "days"),
        ("start=2026-04-01&days=20&extension=6000", "extension"),
        ("start=2026-04-01&days=20&stop=2026-04-10", "stop"),
        ("start=2026-04-01&days=20&stop=2026-04-10:2026-04-09", "stop"),
    ],
)
def test_a_wrong_question_is_refused_with_its_place(client: Any, query: str, where: str) -> None:
    answer = client.get(f"/api/due?{query}")
    assert (answer.status_code, answer.json()["facts"]["where"]) == (422, where)


def test_an_imported_closure_moves_the_due_date(client: Any, platform: Platform, centre: Actor) -> None:
    before = client.get("/api/due?start=2026-12-11&days=1").json()["due"]
    door = Door(client, platform)
    days = [{"date": "2026-12-14", "working": False}]
    answer = door.call(centre, "POST", "/api/calendar", {"notice_no": "Flood order 3", "days": days})
    assert answer.status_code == 201
    assert answer.json() == {"changed": days, "published_to": "2026-12-31"}
    after = client.get("/api/due?start=2026-12-11&days=1").json()
    assert (before, after["due"]) == ("2026-12-14", "2026-12-15")
    assert after["explanation"][3]["notice"] == "Flood order 3"


def test_page_shows_the_year_and_counts_a_limit(client: Any) -> None:
    page = client.get("/calendar?year=2026&start=2026-02-13&days=2&lang=en", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Due on 2026-02-24" in page.text
    assert "Make-up working day" in page.text
    assert page.text.count('class="mt-month"') == 12
    stopped = client.get(
        "/calendar?start=2026-04-01&days=20&from_1=2026-04-10&lang=en", headers={"Accept": "text/html"}
    )
    assert "Working days used: 6, remaining: 14." in stopped.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=2026-02-30&days=2", "start"),
        ("start=2026-02-13&days=two", "days"),
        ("start=2026-02-13&days=2&from_2=2026-02-1", "from_2"),
        ("start=2026-02-13&days=9&from_1=2026-02-24&to_1=2026-02-14", "from_1"),
    ],
)
def test_page_marks_the_field_that_is_wrong(client: Any, query: str, field: str) -> None:
    page = client.get(f"/calendar?{query}&lang=en", headers={"Accept": "text/html"})
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text


def test_centre_office_pastes_a_notice_and_a_wrong_line_refuses_all(
    client: Any, platform: Platform, centre: Actor
) -> None:
    held = cookie(platform, centre)
    wrong = {"notice_no": "N-27", "days": "2027-01-01,off\n2027-13-01,off\nx"}
    page = client.post("/centre/calendar?lang=en", data=wrong, headers=held)
    assert page.status_code == 422
    assert "line 2, 3" in page.text
    assert "2027-13-01,off" in page.text
    good = {"notice_no": "N-27", "days": "2027-01-01,off\n2027-01-04,off"}
    answer = client.post("/centre/calendar", data=good, headers=held, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/centre/calendar?changed=2")
    page = client.get("/centre/calendar?changed=2&lang=en", headers=held)
    assert "2 days are new or changed" in page.text
    assert "2027-01-04 off" in page.text
