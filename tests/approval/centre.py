"""A small service centre for tests: departments, windows, people with duties and mandates, published items."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

from accounts.duties import Actor, Duty
from approval.actions.act import act, system_acts
from approval.actions.open_case import NewCase, Opened, open_case
from approval.applicant import read_applicant
from approval.lifecycle import Act
from approval.queries import cases
from approval.records.cases import CaseEventRecord, CaseRecord
from approval.records.catalogue import ItemRecord, ItemVersionRecord
from approval.records.organisation import (
    DepartmentRecord,
    HallRecord,
    MandateRecord,
    PostRecord,
    SealRecord,
    SiteRecord,
    WindowRecord,
)
from kernel.clock import FixedClock
from kernel.ids import new_id
from kernel.settings import Settings
from kernel.working_days import Calendar, business_day, national_calendar
from storage.adapters import make_adapters
from tests.builders import Platform, kept_folder, make_platform

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)  # Wednesday, nine o'clock in Beijing
T = {"zh": "文", "en": "text"}


def item_data(code: str = "A-1", **changes: Any) -> dict[str, Any]:
    """A valid item as JSON: review by an officer, examination by a leader, decision, certificate."""
    data: dict[str, Any] = {
        "code": code,
        "base_code": code,
        "number": 1,
        "title": {"zh": f"事项{code}", "en": f"Item {code}"},
        "kind": "licence",
        "item_class": "",
        "mode": "promised",
        "online": ["direct", "extended", "pre_checked"],
        "is_general": True,
        "promised_days": 7,
        "statutory_days": 20,
        "extension_days": 10,
        "steps": [
            {"code": "review", "title": T, "kind": "review", "post": "review", "limit_days": 3},
            {"code": "examine", "title": T, "kind": "examine", "post": "examine", "limit_days": 2},
            {"code": "decide", "title": T, "kind": "decide", "post": "decide", "limit_days": 1},
            {"code": "certify", "title": T, "kind": "certify", "post": "certify", "limit_days": 1},
        ],
        "materials": [
            {"code": "form", "title": T, "is_main": True, "trust": "C"},
            {"code": "plan", "title": T, "is_main": False, "trust": "C"},
        ],
        "fees": [],
        "conditions": [{"code": "c1", "text": T}, {"code": "c2", "text": T}],
        "basis": [{"law": "行政许可法", "article": "12"}],
        "procedure": T,
        "result": T,
        "result_valid_days": 0,
        "deliveries": ["window", "courier", "electronic"],
        "complaint_channel": "12345",
        "is_free": True,
        "on_timeout": "card",
        "deemed_law": "",
        "allows_commitment": True,
        "allows_pledge": True,
        "is_sensitive": False,
        "offer_visits": 1,
    }
    return {**data, **changes}


@dataclass
class Centre:
    """A platform with one city centre on it."""

    platform: Platform
    departments: dict[str, str] = field(default_factory=dict)
    windows: dict[str, str] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=national_calendar)

    @property
    def now(self) -> datetime:
        return self.platform.clock.now()

    def go_to(self, day: str, hour: int = 1) -> None:
        """Move the clock to an hour (UTC) of a day."""
        self.platform.clock.at = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)

    def person(self, name: str, *duties: Duty, department: str = "") -> Actor:
        return self.platform.person(
            name, *duties, organisation=f"Department {department}" if department else ""
        )

    def department(self, code: str, **changes: Any) -> str:
        """A department with its window, its officer, leader and chief representative."""
        officer = self.person(f"officer-{code}", Duty.CASE_OFFICER, department=code)
        self.person(f"leader-{code}", Duty.LEADER, department=code)
        chief = self.person(f"chief-{code}", Duty.WINDOW_STAFF, department=code)
        self.departments[code], self.windows[code] = officer.organisation_id, new_id()
        with self.platform.database.transaction() as session:
            session.add(DepartmentRecord(id=officer.organisation_id, code=code, site_code="city", **changes))
            session.flush()
            session.add_all(
                [
                    WindowRecord(
                        id=self.windows[code],
                        hall_code="hall",
                        number=code,
                        name=code,
                        department_ids=[officer.organisation_id],
                    ),
                    SealRecord(
                        id=new_id(),
                        department_id=officer.organisation_id,
                        name="审批专用章",
                        made_at=self.now,
                    ),
                ]
            )
        self.mandate(chief, code)
        return officer.organisation_id

    def mandate(self, person: Actor, department: str, **changes: Any) -> None:
        values: dict[str, Any] = {
            "powers": ["decide", "report", "coordinate", "seal"],
            "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31),
            "letter_digest": "0" * 64,
        }
        with self.platform.database.transaction() as session:
            session.add(
                MandateRecord(
                    id=new_id(),
                    person_id=person.person_id,
                    department_id=self.departments[department],
                    granted_by=person.person_id,
                    granted_at=self.now,
                    **{**values, **changes},
                )
            )

    def post(self, department: str, code: str, a: Actor | None, b: Actor | None = None) -> None:
        with self.platform.database.transaction() as session:
            session.add(
                PostRecord(
                    id=new_id(),
                    department_id=self.departments[department],
                    code=code,
                    a_person_id=a.person_id if a else None,
                    b_person_id=b.person_id if b else None,
                )
            )

    def item(self, code: str = "A-1", department: str = "a", **changes: Any) -> str:
        """A published item in force."""
        data = item_data(code, **changes)
        item_id, version_id = new_id(), new_id()
        with self.platform.database.transaction() as session:
            session.add(
                ItemRecord(
                    id=item_id,
                    code=code,
                    base_code=data["base_code"],
                    department_id=self.departments[department],
                    site_code="city",
                    title=data["title"],
                    kind=data["kind"],
                    status="published",
                    current_version_id=version_id,
                    created_at=self.now,
                )
            )
            session.flush()
            session.add(
                ItemVersionRecord(
                    id=version_id,
                    item_id=item_id,
                    number=1,
                    body=data,
                    status="published",
                    effective_from=date(2020, 1, 1),
                    written_by=new_id(),
                )
            )
        return code

    def open(
        self, item: str = "A-1", actor: Actor | None = None, identity: str = "ID0001", **changes: Any
    ) -> Opened:
        """A draft of a case."""
        person = read_applicant("申请人", identity, "13800000000")
        with self.platform.database.transaction() as session:
            return open_case(
                session,
                actor=actor or self.platform.people["chief-a"],
                command=NewCase(item, person, **changes),
                keys=self.platform.adapters.keys,
                calendar=self.calendar,
                now=self.now,
            )

    def act(
        self, case: str | CaseRecord, what: Act, by: str | Actor | None = "chief-a", **data: Any
    ) -> CaseEventRecord:
        """One act on a case."""
        actor = self.platform.people[by] if isinstance(by, str) else by
        with self.platform.database.transaction() as session:
            return act(
                session,
                actor=actor,
                case_id=case if isinstance(case, str) else case.id,
                act=what,
                data=data,
                calendar=self.calendar,
                now=self.now,
            )

    def clock_acts(self, case: str) -> list[Act]:
        with self.platform.database.transaction() as session:
            return system_acts(session, case_id=case, calendar=self.calendar, now=self.now)

    def case(self, case_id: str) -> CaseRecord:
        with self.platform.database.reading() as session:
            return cases.case(session, case_id)

    def events(self, case_id: str) -> list[CaseEventRecord]:
        with self.platform.database.reading() as session:
            return cases.events(session, case_id)

    def received(self, item: str = "A-1", papers: tuple[str, ...] = ("form", "plan"), **changes: Any) -> str:
        """A case that was handed in with these papers."""
        case = self.open(item, **changes).case
        by = changes.get("actor") or self.platform.people["chief-a"]
        for code in papers:
            self.act(case, Act.ADD_MATERIAL, by, code=code, status="shown")
        self.act(case, Act.APPLY, by)
        return case.id

    def accepted(self, item: str = "A-1", **changes: Any) -> str:
        """A case that was accepted."""
        case = self.received(item, **changes)
        self.act(case, Act.ACCEPT, changes.get("actor") or "chief-a")
        return case

    def decided(self, item: str = "A-1", **changes: Any) -> str:
        """A case that was granted the same day."""
        case = self.accepted(item, **changes)
        self.act(case, Act.PASS_STEP, "officer-a")
        self.act(case, Act.PASS_STEP, "leader-a")
        self.act(case, Act.GRANT)
        return case

    @property
    def today(self) -> date:
        return business_day(self.now)


def make_centre(folder: Path, database_url: str = "") -> Centre:
    """A centre with department A, its people, its window and the item A-1."""
    if database_url:
        return _build(folder, database_url)
    made = _template()
    copytree(made.platform.adapters.settings.var, folder, dirs_exist_ok=True)
    clock = FixedClock(START)
    platform = Platform(
        make_adapters(Settings(var=folder), clock), clock, made.platform.operator, dict(made.platform.people)
    )
    return Centre(platform, dict(made.departments), dict(made.windows))


@cache
def _template() -> Centre:
    """One centre for the whole run: to copy it takes a tenth of the time that it takes to make it."""
    made = _build(kept_folder("centre-"), "")
    made.platform.database.close()
    return made


def _build(folder: Path, database_url: str) -> Centre:
    centre = Centre(make_platform(folder, database_url, FixedClock(START)))
    with centre.platform.database.transaction() as session:
        session.add(SiteRecord(code="city", level="city", name="City"))
        session.add(HallRecord(code="hall", site_code="city", name="Hall"))
    centre.department("a")
    centre.item()
    return centre
