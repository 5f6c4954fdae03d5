"""Applicants and staff before the same application: a small centre behind its HTTP door, without its worker."""

import re
from pathlib import Path
from typing import Any

import httpx
from litestar.testing import TestClient
from sqlmodel import select

from accounts.duties import Actor, Duty
from approval.queries import cases
from approval.records.cases import CaseRecord
from approval.records.organisation import HallRecord, SiteRecord, WindowRecord
from crypto.parts_digest import parts_digest
from kernel.ids import new_id
from storage.outbox import JobRecord
from tests.approval.centre import Centre, make_centre
from tests.builders import PASSWORD
from tests.doors.door import Door
from web.app import create_app
from worker.jobs import carry_out
from worker.tasks import JOBS

PDF = b"%PDF-1.7 a paper"
WHO = {"name": "李小明", "identity": "420500199001011234", "telephone": "13800000000"}
PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


class Online:
    """The centre and whoever speaks to it."""

    def __init__(self, folder: Path) -> None:
        self.centre: Centre = make_centre(folder)
        self.app = create_app(self.centre.platform.adapters)
        # Never entered as a context: its life span would start the worker, and jobs are done here by hand.
        self.client: Any = TestClient(self.app)
        self.door = Door(self.client, self.centre.platform)
        self.names = 0

    def applicant(self) -> Actor:
        """Somebody new with an account."""
        self.names += 1
        return self.centre.person(f"applicant-{self.names}", Duty.APPLICANT)

    def browser(self) -> httpx.Client:
        """A browser of somebody who has just registered."""
        self.names += 1
        browser: Any = TestClient(self.app)
        browser.headers.update(PAGE)
        form = {"name": WHO["name"], "sign_in": f"browser-{self.names}", "password": PASSWORD, "next": ""}
        answer = browser.post("/register", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/applications")
        return browser  # type: ignore[no-any-return]

    def ask(self, who: Actor | str | None, method: str, path: str, body: Any = None) -> Any:
        """One request that is answered well."""
        person = self.centre.platform.people[who] if isinstance(who, str) else who
        answer = self.door.call(person, method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content

    def refused(self, who: Actor | str | None, method: str, path: str, body: Any = None) -> str:
        """One request that is refused; its code."""
        person = self.centre.platform.people[who] if isinstance(who, str) else who
        answer = self.door.call(person, method, path, body)
        assert answer.status_code >= 400, answer.text
        return str(answer.json()["code"])

    def begin(self, who: Actor | str, item: str = "A-1", **changes: Any) -> dict[str, str]:
        """A draft: its id, number and code."""
        body = {"item": item, "channel": "online", "online_mode": "direct", **WHO, **changes}
        return self.ask(who, "POST", "/api/cases", body)  # type: ignore[no-any-return]

    def bring(self, who: Actor | str, case: str, *codes: str) -> None:
        """Upload papers."""
        for code in codes:
            self.ask(
                who, "POST", f"/api/cases/{case}/materials?code={code}&name={code}.pdf", PDF + code.encode()
            )

    def act(self, who: Actor | str, case: str, act: str, **data: Any) -> dict[str, Any]:
        """One act on a case."""
        body = {"act": act, "data": data}
        return self.ask(who, "POST", f"/api/cases/{case}/acts", body)  # type: ignore[no-any-return]

    def handed_in(self, who: Actor, item: str = "A-1", **changes: Any) -> dict[str, str]:
        """A complete application, handed in online."""
        opened = self.begin(who, item, **changes)
        self.bring(who, opened["id"], "form", "plan")
        self.act(who, opened["id"], "apply")
        return opened

    def decide(self, case: str) -> None:
        """From acceptance to the certificate, by the department's people."""
        self.act("officer-a", case, "pass_step")
        self.act("leader-a", case, "pass_step")
        self.act("chief-a", case, "grant", conditions=["c1"])
        self.act("chief-a", case, "certify")

    def record(self, case: str) -> CaseRecord:
        return self.centre.case(case)

    def write_letters(self, case: str, *kinds: str) -> dict[str, str]:
        """Do the waiting jobs of these letters; the digests of what was kept, by kind."""
        adapters = self.centre.platform.adapters
        with adapters.database.reading() as session:
            waiting = [row.id for row in session.exec(select(JobRecord)) if self._is_letter(row, case, kinds)]
        for job_id in waiting:
            carry_out(JOBS, adapters, job_id)
        with adapters.database.reading() as session:
            return {row.kind: row.digest.hex() for row in cases.letters(session, case)}

    @staticmethod
    def _is_letter(row: JobRecord, case: str, kinds: tuple[str, ...]) -> bool:
        payload = row.payload
        return row.name == "make_letter" and payload["case_id"] == case and payload["kind"] in kinds

    def site(self) -> Actor:
        """A service point near the people: its window receives for department a."""
        people = self.centre.platform.people
        if "site-staff" in people:
            return people["site-staff"]
        staff = self.centre.person("site-staff", Duty.WINDOW_STAFF)
        self.site_window = new_id()
        with self.centre.platform.database.transaction() as session:
            session.add(SiteRecord(code="town", level="town", name="Town", parent_code="city"))
            session.add(HallRecord(code="town-hall", site_code="town", name="Town hall"))
            session.flush()
            session.add(
                WindowRecord(
                    id=self.site_window,
                    hall_code="town-hall",
                    number="1",
                    name="1",
                    kind="general",
                    department_ids=[self.centre.departments["a"]],
                )
            )
        return staff


def digest(body: bytes) -> str:
    """The digest under which the object store keeps these bytes."""
    return parts_digest(body).hex()


def text_of(page: str) -> str:
    """A page without its tags, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
