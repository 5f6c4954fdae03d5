"""Speaking tus to the platform by hand, header by header."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from accounts.duties import Actor
from crypto.parts_digest import parts_digest
from tender.actions import publish
from tender.timetable import Timetable
from tests.builders import CLOSES, SealedBid, make_draft, make_platform
from tests.doors.door import Door, serving
from tests.doors.wrong_uploads import LIMIT, Site
from web.app import create_app

TUS = {"Tus-Resumable": "1.0.0"}
PART = {"Content-Type": "application/offset+octet-stream"}


def metadata(**values: str | bytes) -> str:
    pairs = [(key, value if isinstance(value, bytes) else value.encode()) for key, value in values.items()]
    return ",".join(f"{key} {b64encode(value).decode()}" for key, value in pairs)


@dataclass
class Tus:
    """A client of one bidder on one lot."""

    site: Site
    who: Actor

    @property
    def lot(self) -> str:
        return f"/api/tenders/{self.site.tender.tender_id}/lots/{self.site.tender.lot_id}/uploads"

    def ask(self, method: str, path: str, headers: dict[str, Any], body: bytes = b"") -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.site.door.token(self.who)}", **headers}
        return self.site.door.client.request(
            method,
            path,
            headers={name: value for name, value in sent.items() if value is not None},
            content=body,
        )

    def create(self, envelope: bytes, body: bytes = b"", **headers: Any) -> httpx.Response:
        described = metadata(filename="bid.sealed", digest=parts_digest(envelope).hex())
        sent = {**TUS, "Upload-Length": str(len(envelope)), "Upload-Metadata": described}
        sent |= PART if body else {}
        return self.ask("POST", self.lot, sent | headers, body)

    def begin(self, envelope: bytes) -> str:
        made = self.create(envelope)
        assert made.status_code == 201, made.text
        return made.headers["location"]

    def patch(self, path: str, offset: int, body: bytes, **headers: Any) -> httpx.Response:
        sent = {**TUS, **PART, "Upload-Offset": str(offset)}
        return self.ask("PATCH", path, sent | headers, body)

    def head(self, path: str) -> httpx.Response:
        return self.ask("HEAD", path, TUS)

    def offset(self, path: str) -> int:
        answer = self.head(path)
        assert answer.status_code == 200, answer.headers
        return int(answer.headers["upload-offset"])

    def submit(self, path: str) -> httpx.Response:
        return self.ask("POST", f"{path}/bid", {"Idempotency-Key": "any-key-will-do"})


def tus_of(site: Site, bid: SealedBid) -> Tus:
    return Tus(site, bid.bidder)


@pytest.fixture(scope="module")
def tus_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    platform = make_platform(tmp_path_factory.mktemp("tus"))
    tender = make_draft(platform, timetable=Timetable(CLOSES, CLOSES + timedelta(days=30)))
    with platform.database.transaction() as session:
        publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=LIMIT,
            now=platform.clock.now(),
        )
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Site(platform, tender, Door(client, platform), url)


def files(site: Site) -> list[str]:
    folder = site.platform.adapters.settings.var / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
