"""A browser whose person has a passkey made in software, before a site that has a name."""

import json
from typing import Any

from litestar.testing import TestClient
from sqlmodel import select

from accounts.actions import begin_session
from accounts.duties import Actor
from crypto.canonical import unb64
from storage.audit_log import LogRecord
from tests.accounts.authenticator import Authenticator
from tests.builders import Platform
from web.app import create_app
from web.guards import SESSION_COOKIE

HOST = "bids.example.cn"


def named(platform: Platform) -> TestClient[Any]:
    """A client of a platform that is reached by a name, as passkeys need it; no worker runs beside it."""
    object.__setattr__(platform.adapters.settings, "public_url", f"https://{HOST}")
    return TestClient(create_app(platform.adapters), base_url=f"https://{HOST}")


class Site:
    """A platform with a name, a person signed in at a browser, and that browser's passkey."""

    def __init__(self, platform: Platform, client: Any, person: Actor) -> None:
        self.platform, self.client, self.person = platform, client, person
        with platform.database.transaction() as session:
            secret = begin_session(session, person_id=person.person_id, hours=9, now=platform.clock.now())
        self.headers = {"Origin": f"https://{HOST}", "Cookie": f"{SESSION_COOKIE}={secret}"}
        self.key = Authenticator(HOST, f"https://{HOST}")

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(path, json=body, headers=self.headers | {"Idempotency-Key": f"key-of-{path}"})

    def send(self, path: str, form: dict[str, str]) -> Any:
        """A form sent from a page of the site."""
        headers = self.headers | {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        headers["Cookie"] += "; language=en"
        return self.client.post(path, data=form, headers=headers, follow_redirects=False)

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
        return [fact for fact in facts if fact["subject"] == self.person.person_id]
