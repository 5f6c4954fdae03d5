"""Failed openings are given up with a passkey: whoever declares or confirms one and has a passkey confirms first."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.duties import Duty
from accounts.passkeys import STEP_UP
from tender.failures import OpeningRule
from tender.queries import failures
from tests.builders import Platform, PublishedTender, make_platform
from tests.doors.door import Door
from tests.doors.keyed_browser import Site, named
from tests.flows.failing import bid_ids, closed, declare

MOMENT = timedelta(microseconds=1)
DECLARED = {"failing": "openers", "reason": "both lost their keys"}


class Given:
    """A tender whose openers do not come, before people of its office and supervisors who have a passkey each."""

    def __init__(self, folder: Path) -> None:
        self.platform: Platform = make_platform(folder)
        self.tender: PublishedTender = closed(self.platform, OpeningRule(remedy=60))[0]
        bid_ids(self.platform, self.tender)
        self.client = named(self.platform)
        self.api = f"/api/tenders/{self.tender.tender_id}/opening-failures"
        self.page = f"/opening-failures/{self.tender.tender_id}"

    def browser(self, duty: Duty) -> Site:
        """Another person of that duty, with a passkey."""
        name = f"person-{len(self.platform.people)}"
        person = self.platform.person(name, duty, organisation="office Ltd")
        site = Site(self.platform, self.client, person)
        site.register()
        return site

    def found(self) -> list[str]:
        """The failures that were declared."""
        with self.platform.database.reading() as session:
            return [row.id for row in failures.failures(session, self.tender.tender_id)]

    def is_confirmed(self, id: str) -> bool:
        with self.platform.database.reading() as session:
            failure = failures.failure(session, id)
            assert failure is not None
            return failure.until is not None


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    return Given(tmp_path_factory.mktemp("failures"))


def asks_for_a_passkey(answer: Any, page: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (403, "passkey-needed")
    assert page.status_code == 403
    assert 'data-passkey="step-up"' in page.text
    assert 'src="/static/passkey.js"' in page.text


def test_the_office_declares_with_its_passkey(given: Given) -> None:
    office, before = given.browser(Duty.TENDER_OFFICE), len(given.found())
    page = office.send(given.page, DECLARED)
    asks_for_a_passkey(office.post(given.api, DECLARED), page)
    assert "both lost their keys</textarea>" in page.text, "what was typed stays"
    assert len(given.found()) == before
    assert office.confirm(count=1).status_code == 200
    assert office.post(given.api, DECLARED).status_code == 201
    assert office.send(given.page, DECLARED).status_code == 303
    assert len(given.found()) == before + 2


def test_the_supervisor_confirms_with_a_passkey(given: Given) -> None:
    supervisor = given.browser(Duty.SUPERVISOR)
    first, second = declare(given.platform, given.tender), declare(given.platform, given.tender)
    by_api, by_page = f"/api/opening-failures/{first}/confirmation", f"{given.page}/{second}/confirm"
    asks_for_a_passkey(supervisor.post(by_api), supervisor.send(by_page, {}))
    assert not given.is_confirmed(first)
    assert not given.is_confirmed(second)
    assert supervisor.confirm(count=1).status_code == 200
    assert supervisor.post(by_api).status_code == 201
    assert supervisor.send(by_page, {}).status_code == 303
    assert given.is_confirmed(first)
    assert given.is_confirmed(second)


@pytest.mark.parametrize(("age", "status"), [(-MOMENT, 303), (timedelta(), 303), (MOMENT, 403)])
def test_what_was_confirmed_with_a_passkey_holds_five_minutes(
    given: Given, age: timedelta, status: int
) -> None:
    office, before = given.browser(Duty.TENDER_OFFICE), len(given.found())
    assert office.confirm(count=1).status_code == 200
    given.platform.clock.at += STEP_UP + age
    assert office.send(given.page, DECLARED).status_code == status
    assert len(given.found()) == before + (status == 303)


def test_a_token_got_with_a_password_declares_and_confirms_nothing(given: Given) -> None:
    door, failure = Door(given.client, given.platform), declare(given.platform, given.tender)
    office, supervisor = given.browser(Duty.TENDER_OFFICE), given.browser(Duty.SUPERVISOR)
    confirmation, before = f"/api/opening-failures/{failure}/confirmation", given.found()
    declared = door.call(office.person, "POST", given.api, DECLARED)
    confirmed = door.call(supervisor.person, "POST", confirmation)
    assert [one.json()["code"] for one in (declared, confirmed)] == ["passkey-needed"] * 2
    assert given.found() == before
    assert supervisor.confirm(count=1).status_code == 200
    made = supervisor.post("/api/me/confirmed-tokens", {"label": "script", "scopes": ["supervise"]})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    assert given.client.post(confirmation, headers=headers).status_code == 201
    assert given.is_confirmed(failure)
