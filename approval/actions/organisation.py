"""The centre office sets up the organisation: sites, departments, halls, windows, posts, who is away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.attendance import Sheet
from approval.desk import OFFICE_KINDS, SYSTEM_KINDS, UNIT_KINDS, WINDOW_KINDS, check_code, check_word
from approval.queries import organisation as found
from approval.records.organisation import (
    AbsenceRecord,
    AttendanceRecord,
    DepartmentRecord,
    HallRecord,
    PostRecord,
    SiteRecord,
    WindowRecord,
)
from approval.sites import Site, check_tree
from kernel.errors import BadInput, NameTaken
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact


@dataclass(frozen=True)
class Department:
    """What the centre knows of a department; its id is that of its organisation."""

    organisation_id: str
    code: str
    site_code: str
    has_approval_power: bool = True
    office_kind: str = ""
    system_kind: str = "platform"
    unit_kind: str = "licensing"
    office_head_id: str | None = None


@dataclass(frozen=True)
class Hall:
    """A hall or a branch hall."""

    code: str
    site_code: str
    name: str
    is_branch: bool = False


@dataclass(frozen=True)
class Window:
    """A window of a hall."""

    hall_code: str
    number: str
    name: str
    floor: int = 1
    zone: str = ""
    kind: str = "department"
    department_ids: tuple[str, ...] = ()
    archive_box: str = ""


@dataclass(frozen=True)
class Post:
    """A post with its A and its B person."""

    department_id: str
    code: str
    title: dict[str, str]
    window_id: str | None = None
    a_person_id: str | None = None
    b_person_id: str | None = None


def import_sites(session: Session, *, actor: Actor, sites: Sequence[Site], now: datetime) -> int:
    """Add sites, or replace those with the same code; the tree of four levels has to stay whole."""
    actor.require(Duty.CENTRE_OFFICE)
    stored = {record.code: record for record in session.exec(select(SiteRecord))}
    check_tree(sites, {code: record.level for code, record in stored.items()})
    for site in sites:
        record = stored.get(site.code)
        if record is not None and record.level != site.level:
            raise BadInput(where="level", why=f"the site {site.code} keeps the level it has")
        values: dict[str, Any] = {
            "parent_code": site.parent_code or None,
            "level": site.level,
            "name": site.name,
            "has_centre": site.has_centre,
            "facts": dict(site.facts),
        }
        if record is None:
            session.add(SiteRecord(code=site.code, **values))
        else:
            record.sqlmodel_update(values)
            session.add(record)
    session.flush()
    audit_log.append(session, Fact("sites.imported", actor.person_id, data={"count": len(sites)}), now)
    return len(sites)


def put_department(session: Session, *, actor: Actor, command: Department, now: datetime) -> str:
    """Make an organisation a department, or change what is known of it."""
    actor.require(Duty.CENTRE_OFFICE)
    check_code("code", command.code)
    for where, word, allowed in (
        ("office_kind", command.office_kind, OFFICE_KINDS),
        ("system_kind", command.system_kind, SYSTEM_KINDS),
        ("unit_kind", command.unit_kind, UNIT_KINDS),
    ):
        check_word(where, (word,), allowed)
    accounts.organisation(session, command.organisation_id)
    found.site(session, command.site_code)
    _check_person(session, "office_head_id", command.office_head_id, command.organisation_id)
    same_code = found.department_by_code(session, command.code)
    if same_code is not None and same_code.id != command.organisation_id:
        raise NameTaken(name=command.code)
    record = session.get(DepartmentRecord, command.organisation_id)
    values = {key: value for key, value in vars(command).items() if key != "organisation_id"}
    if record is None:
        record = DepartmentRecord(id=command.organisation_id, **values)
    else:
        record.sqlmodel_update(values)
    session.add(record)
    session.flush()
    audit_log.append(session, Fact("department.put", record.id, data={"code": command.code}), now)
    return record.id


def put_hall(session: Session, *, actor: Actor, command: Hall, now: datetime) -> None:
    """Open a hall, or change what is known of it."""
    actor.require(Duty.CENTRE_OFFICE)
    check_code("code", command.code)
    _check_name("name", command.name)
    found.site(session, command.site_code)
    record = session.get(HallRecord, command.code)
    if record is None:
        record = HallRecord(**vars(command))
    else:
        record.sqlmodel_update(vars(command))
    session.add(record)
    session.flush()
    audit_log.append(session, Fact("hall.put", command.code), now)


def put_window(session: Session, *, actor: Actor, command: Window, now: datetime) -> str:
    """Open a window, or change the one with this number of the hall."""
    actor.require(Duty.CENTRE_OFFICE)
    check_code("number", command.number)
    _check_name("name", command.name)
    check_word("kind", (command.kind,), WINDOW_KINDS)
    if not -9 <= command.floor <= 99:
        raise BadInput(where="floor", why="it must be from -9 to 99")
    if session.get(HallRecord, command.hall_code) is None:
        raise BadInput(where="hall_code", why="there is no such hall")
    for department_id in command.department_ids:
        found.department(session, department_id)
    record = session.exec(
        select(WindowRecord).where(
            WindowRecord.hall_code == command.hall_code, WindowRecord.number == command.number
        )
    ).one_or_none()
    values = vars(command) | {"department_ids": list(command.department_ids)}
    if record is None:
        record = WindowRecord(id=new_id(), **values)
    else:
        record.sqlmodel_update(values)
    session.add(record)
    session.flush()
    audit_log.append(session, Fact("window.put", record.id, data={"number": command.number}), now)
    return record.id


def put_post(session: Session, *, actor: Actor, command: Post, now: datetime) -> str:
    """Set up a post, or change who holds it: A and B are two people of the department."""
    actor.require(Duty.CENTRE_OFFICE)
    check_code("code", command.code)
    _check_name("title", command.title.get("zh", ""))
    found.department(session, command.department_id)
    if command.window_id is not None:
        found.window(session, command.window_id)
    if command.a_person_id is not None and command.a_person_id == command.b_person_id:
        raise BadInput(where="b_person_id", why="A and B are two different people")
    for where in ("a_person_id", "b_person_id"):
        _check_person(session, where, getattr(command, where), command.department_id)
    record = found.post(session, command.department_id, command.code)
    if record is None:
        record = PostRecord(id=new_id(), **vars(command))
    else:
        record.sqlmodel_update(vars(command))
    session.add(record)
    session.flush()
    people = {"a": command.a_person_id or "", "b": command.b_person_id or ""}
    audit_log.append(session, Fact("post.put", record.id, data={"code": command.code, **people}), now)
    return record.id


def record_absence(
    session: Session, *, actor: Actor, person_id: str, days: Iterable[date], reason: str, now: datetime
) -> None:
    """Somebody is away on these days, so B stands in."""
    actor.require(Duty.CENTRE_OFFICE, Duty.LEADER)
    person = accounts.actor(session, person_id)
    _check_own(actor, person.organisation_id)
    wanted = sorted(set(days))
    if not 1 <= len(wanted) <= 366:
        raise BadInput(where="days", why="name 1 to 366 days")
    for day in wanted:
        session.merge(AbsenceRecord(person_id=person_id, day=day, reason=reason[:200]))
    data = {"days": [day.isoformat() for day in wanted]}
    audit_log.append(session, Fact("absence.recorded", person_id, data=data), now)


def end_absence(session: Session, *, actor: Actor, person_id: str, day: date, now: datetime) -> None:
    """Somebody is there after all."""
    actor.require(Duty.CENTRE_OFFICE, Duty.LEADER)
    _check_own(actor, accounts.actor(session, person_id).organisation_id)
    record = session.get(AbsenceRecord, (person_id, day))
    if record is not None:
        session.delete(record)
        audit_log.append(session, Fact("absence.ended", person_id, data={"day": day.isoformat()}), now)


def import_attendance(session: Session, *, actor: Actor, sheets: Sequence[Sheet], now: datetime) -> int:
    """Keep what the terminal's marks made of each person's day; a day imported again is replaced."""
    actor.require(Duty.CENTRE_OFFICE)
    for sheet in sheets:
        session.merge(
            AttendanceRecord(
                person_id=sheet.person,
                day=sheet.day,
                presence=sheet.presence,
                first_mark=sheet.first.strftime("%H:%M") if sheet.first else "",
                last_mark=sheet.last.strftime("%H:%M") if sheet.last else "",
            )
        )
    audit_log.append(session, Fact("attendance.imported", actor.person_id, data={"count": len(sheets)}), now)
    return len(sheets)


def _check_name(where: str, text: str) -> None:
    if not 1 <= len(text.strip()) <= 200:
        raise BadInput(where=where, why="use 1 to 200 characters")


def _check_person(session: Session, where: str, person_id: str | None, organisation_id: str) -> None:
    if person_id is not None and accounts.actor(session, person_id).organisation_id != organisation_id:
        raise BadInput(where=where, why="name somebody of the department")


def _check_own(actor: Actor, organisation_id: str) -> None:
    if not actor.holds(Duty.CENTRE_OFFICE) and actor.organisation_id != organisation_id:
        raise BadInput(where="person_id", why="name somebody of the department")
