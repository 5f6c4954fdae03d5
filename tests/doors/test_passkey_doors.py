"""Passkeys over HTTP: a counter that goes back is refused and logged, and nobody opens challenges without end."""

import json
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import delete, select

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from accounts.passkeys import CHALLENGE_LIFE, MOST_CHALLENGES, Purpose
from accounts.records import PasskeyChallengeRecord
from crypto.canonical import unb64
from storage.audit_log import LogRecord
from tests.accounts.authenticator import Authenticator
from tests.builders import Platform, make_platform
from web.app import create_app
from web.guards import SESSION_COOKIE

HOST = "bids.example.cn"
MOMENT = timedelta(microseconds=1)


class Site:
    """A platform with a name, somebody signed in at a browser, and that browser's passkey."""

    def __init__(self, platform: Platform, client: Any) -> None:
        self.platform, self.client = platform, client
        self.opener: Actor = platform.person(f"opener-{len(platform.people)}", Duty.OPENER)
        with self.platform.database.transaction() as session:
            secret = begin_session(
                session, person_id=self.opener.person_id, hours=9, now=self.platform.clock.now()
            )
        self.headers = {"Origin": f"https://{HOST}", "Cookie": f"{SESSION_COOKIE}={secret}"}
        self.key = Authenticator(HOST, f"https://{HOST}")

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(path, json=body, headers=self.headers)

    def challenge(self, path: str) -> bytes:
        answer = self.post(path)
        assert answer.status_code == 200, answer.text
        return unb64(answer.json()["challenge"])

    def register(self) -> None:
        made = self.key.make(self.challenge("/api/me/passkeys/challenge"))
        assert self.post("/api/me/passkeys", {"name": "key", "credential": made}).status_code == 201

    def confirm(self, **made: Any) -> Any:
        signed = self.key.sign(self.challenge("/api/me/step-up/challenge"), **made)
        return self.post("/api/me/step-up", {"credential": signed})

    def reported(self) -> list[dict[str, Any]]:
        with self.platform.database.reading() as session:
            kind = LogRecord.kind == "passkey.counter-went-back"
            facts = [json.loads(row.fact) for row in session.exec(select(LogRecord).where(kind))]
        return [fact for fact in facts if fact["subject"] == self.opener.person_id]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, Any]:
    platform = make_platform(tmp_path_factory.mktemp("passkeys"))
    object.__setattr__(platform.adapters.settings, "public_url", f"https://{HOST}")
    return platform, TestClient(create_app(platform.adapters), base_url=f"https://{HOST}")


@pytest.fixture
def site(served: tuple[Platform, Any]) -> Site:
    return Site(*served)


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
