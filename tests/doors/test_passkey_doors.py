"""Passkeys over HTTP: a counter that goes back is refused and logged, and nobody opens challenges without end."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import delete

from accounts.duties import Duty
from accounts.passkeys import CHALLENGE_LIFE, MOST_CHALLENGES, Purpose
from accounts.records import PasskeyChallengeRecord
from tests.accounts.authenticator import Authenticator
from tests.builders import Platform, make_platform
from tests.doors.keyed_browser import HOST, Site, named

MOMENT = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, Any]:
    platform = make_platform(tmp_path_factory.mktemp("passkeys"))
    return platform, named(platform)


@pytest.fixture
def site(served: tuple[Platform, Any]) -> Site:
    platform, client = served
    return Site(platform, client, platform.person(f"opener-{len(platform.people)}", Duty.OPENER))


@pytest.mark.parametrize(("said", "is_copy"), [(4, True), (5, True), (6, False), (0, True)])
def test_a_counter_that_does_not_rise_is_refused_and_logged(site: Site, said: int, is_copy: bool) -> None:
    site.register()
    assert site.confirm(count=5).status_code == 200
    answer = site.confirm(count=said)
    assert answer.status_code == (422 if is_copy else 200)
    facts = site.reported()
    assert len(facts) == is_copy
    if is_copy:
        assert answer.json()["code"] == "passkey-copied"
        assert (facts[0]["data"]["known"], facts[0]["data"]["said"]) == (5, said)
    assert site.confirm(count=7).status_code == 200, "the owner's own goes on"


def test_an_answer_that_is_not_signed_reports_nobody(site: Site) -> None:
    site.register()
    assert site.confirm(count=5).status_code == 200
    stranger = Authenticator(HOST, f"https://{HOST}", id=site.key.id)
    signed = stranger.sign(site.challenge("/api/me/step-up/challenge"), count=1)
    answer = site.post("/api/me/step-up", {"credential": signed})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert site.reported() == []


@pytest.mark.parametrize(
    ("waiting", "age", "status"),
    [
        (MOST_CHALLENGES - 1, timedelta(), 200),
        (MOST_CHALLENGES, timedelta(), 429),
        (MOST_CHALLENGES, CHALLENGE_LIFE - MOMENT, 429),
        (MOST_CHALLENGES, CHALLENGE_LIFE, 200),
    ],
)
def test_only_so_many_unknown_browsers_may_be_about_to_sign_in(
    site: Site, waiting: int, age: timedelta, status: int
) -> None:
    now = site.platform.clock.now()
    with site.platform.database.transaction() as session:
        session.exec(delete(PasskeyChallengeRecord))
        session.add_all(
            PasskeyChallengeRecord(
                bound_to=number.to_bytes(32, "big"),
                purpose=Purpose.SIGN_IN,
                challenge=bytes(32),
                expires_at=now + CHALLENGE_LIFE,
            )
            for number in range(waiting)
        )
    site.platform.clock.at = now + age
    answer = site.post("/api/sign-in/challenge")
    assert answer.status_code == status
    assert site.post("/api/me/step-up/challenge").status_code == 200, "who is signed in is not held up"
