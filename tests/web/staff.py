"""A service centre with its staff, who use their pages as browsers do."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import select

from accounts.actions import begin_session
from accounts.duties import Duty
from approval.queries import cases
from approval.records.cases import CaseRecord
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage.adapters import make_adapters
from tests.approval.centre import START, Centre, make_centre
from tests.builders import Platform, kept_folder
from web.app import create_app
from web.guards import SESSION_COOKIE

FEE: dict[str, Any] = {
    "code": "f1",
    "title": {"zh": "工本费", "en": "Fee"},
    "basis": "价费字〔1992〕249号",
    "unit": "本",
    "unit_fen": 1250,
}
PAPERS = [
    {"code": "form", "title": {"zh": "申请表", "en": "Application form"}, "is_main": True, "trust": "C"},
    {"code": "plan", "title": {"zh": "总平面图", "en": "Site plan"}, "is_main": False, "trust": "C"},
    {"code": "licence", "title": {"zh": "营业执照", "en": "Business licence"}, "is_main": True, "trust": "A"},
]
PDF = b"%PDF-1.7 a scan"
NO_FILE = {"file-plan": ("", b"")}


@dataclass
class Staff:
    """The centre, its application and who is signed in where."""

    centre: Centre
    app: Litestar
    client: TestClient[Litestar]
    cookies: dict[str, str] = field(default_factory=dict)
    keys: int = 0

    def cookie(self, who: str) -> str:
        """The browser session of one person."""
        if who not in self.cookies:
            person = self.centre.platform.people[who].person_id
            with self.centre.platform.database.transaction() as session:
                self.cookies[who] = begin_session(session, person_id=person, hours=99, now=self.centre.now)
        return self.cookies[who]

    def go(self, who: str, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Open a page, or send its form where there is data or a file; redirects are followed."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        if who:
            headers["Cookie"] = f"{SESSION_COOKIE}={self.cookie(who)}"
        method = "GET" if data is None and "files" not in more else "POST"
        joint = "&" if "?" in path else "?"
        path = f"{path}{joint}lang=en"
        answer: httpx.Response = self.client.request(
            method, path, headers=headers, data=data, follow_redirects=False, **more
        )
        while answer.status_code == 303:
            to = answer.headers["location"].partition("#")[0]
            to += ("&" if "?" in to else "?") + "lang=en"
            answer = self.client.get(to, headers=headers, follow_redirects=False)
        return answer

    def take_in(self, who: str, decision: str, *, item: str = "P-1", **fields: Any) -> httpx.Response:
        """Fill in the intake form and press one of its buttons."""
        self.keys += 1
        files = fields.pop("files", NO_FILE)
        data = {
            "key": f"key-of-form-{self.keys}",
            "item": item,
            "name": "张三",
            "identity": "420500199001010011",
            "telephone": "13800000000",
            "decision": decision,
            **{
                name.replace("shown_", "shown-").replace("committed_", "committed-"): v
                for name, v in fields.items()
            },
        }
        return self.go(who, "/window/new", data, files=files)


@cache
def ready_made() -> tuple[Path, Centre, Litestar]:
    """A centre with departments A and B, a cashier and items, made once and copied for each test."""
    folder = kept_folder("staff-")
    centre = make_centre(folder)
    centre.department("b")
    title = {"zh": "建设工程规划许可", "en": "Planning permit"}
    centre.item("P-1", title=title, materials=PAPERS, is_free=False, fees=[FEE])
    centre.item("I-1", title={"zh": "证明", "en": "Statement"}, mode="instant", materials=PAPERS)
    centre.item("B-1", department="b", base_code="B021", materials=PAPERS, is_free=False, fees=[FEE])
    centre.person("cashier", Duty.CASHIER)
    centre.platform.database.close()
    return folder, centre, create_app(centre.platform.adapters)


@contextmanager
def staff_at_work(folder: Path) -> Iterator[Staff]:
    """Departments A and B with their windows; a cashier; items with papers and a fee."""
    made, known, app = ready_made()
    shutil.copytree(made, folder, dirs_exist_ok=True)
    clock = FixedClock(START)
    adapters = make_adapters(Settings(var=folder), clock)
    platform = Platform(adapters, clock, known.platform.operator, dict(known.platform.people))
    app.state.adapters = adapters
    # The application is not started: its worker would write every letter while the test goes on.
    centre = Centre(platform, dict(known.departments), dict(known.windows))
    yield Staff(centre, app, TestClient(app))
    adapters.database.close()


def case_on(staff: Staff, slip: httpx.Response) -> CaseRecord:
    """The case whose slip was printed."""
    assert slip.status_code == 201, slip.text
    found = re.search(r"mt-slip__number\">(.+?)<", slip.text)
    assert found
    with staff.centre.platform.database.reading() as session:
        case = cases.case_by_number(session, found[1])
    assert case is not None
    return case


def rows(centre: Centre, kind: type[Any]) -> list[Any]:
    with centre.platform.database.reading() as session:
        return list(session.exec(select(kind)))
