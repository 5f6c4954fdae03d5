"""The centre office at its browsers, with the demonstration catalogue loaded."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from tests.builders import NOW, Platform, make_platform
from tests.doors.door import Door
from tools.demo.catalogue_load import load_catalogue
from web.app import create_app
from web.guards import SESSION_COOKIE


class Office:
    """Two people of the centre office at their browsers, one at the department."""

    def __init__(self, platform: Platform, client: Any) -> None:
        self.platform, self.client, self.door = platform, client, Door(client, platform)
        self.one = platform.person("one", Duty.CENTRE_OFFICE, organisation="Centre")
        self.two = platform.person("two", Duty.CENTRE_OFFICE, organisation="Centre")
        self.chief = platform.person("chief", Duty.WINDOW_STAFF, organisation="Planning")
        with platform.database.transaction() as session:
            self.loaded = load_catalogue(session, whole_network=True, now=NOW)

    def page(self, path: str, who: Actor | None = None, **data: Any) -> httpx.Response:
        """One page; with data, the form is sent."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        if who is not None:
            with self.platform.database.transaction() as session:
                secret = begin_session(
                    session, person_id=who.person_id, hours=1, now=self.platform.clock.now()
                )
            headers["Cookie"] = f"{SESSION_COOKIE}={secret}; language=en"
        kinds: dict[str, Any] = {"files": data} if "file" in data else {"data": data}
        sent = {"headers": headers, "follow_redirects": False}
        answer: httpx.Response = (
            self.client.post(path, **kinds, **sent) if data else self.client.get(path, **sent)
        )
        return answer


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    platform = make_platform(tmp_path_factory.mktemp("catalogue-doors"))
    # A broker that nobody asks: no worker inside renders papers here.
    settings = replace(platform.adapters.settings, broker_url="redis://127.0.0.1:1")
    with TestClient(create_app(replace(platform.adapters, settings=settings))) as client:
        yield Office(platform, client)


def put(office: Office, name: str, rows: list[dict[str, Any]]) -> None:
    answer = office.door.call(office.one, "PUT", f"/api/registers/{name}", {"rows": rows})
    assert answer.json() == {"rows": len(rows)}, answer.text
