"""A new case: pinned to the version in force, with the applicant sealed and a code to ask with."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.applicant import Applicant, applicant_digest, code_digest, letters, seal_applicant
from approval.item import Mode, OnlineMode
from approval.lifecycle import State
from approval.queries import cases, organisation
from approval.queries.people import is_of_centre
from approval.records.cases import CaseRecord, ProjectRecord
from approval.records.catalogue import ItemRecord
from kernel.errors import BadInput, NotAllowed, Refused
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage.keys import PlatformKeys

CHANNELS = ("window", "online", "site")
SERVICE_MODES = (
    "ordinary",
    "ahead",  # 超前服务
    "at_home",  # 上门服务
    "after_hours",  # 延时服务
    "accompanied",  # 全程代办
    "by_booking",  # 预约服务
    "every_day",  # 365服务
    "helped",  # 帮办
    "green",  # 绿色通道
    "active",  # 主动服务
)
"""十项服务方式."""
EVERY_DAY = frozenset({"every_day", "green"})


@dataclass(frozen=True)
class NewCase:
    """What opens a case."""

    item_code: str
    applicant: Applicant = field(repr=False)
    channel: str = "window"
    online_mode: str = ""
    service_mode: str = "ordinary"
    window_id: str | None = None
    site_code: str = ""
    is_green: bool = False
    project: ProjectRecord | None = None
    number: str = ""  # given by another network; empty: one of our own
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A new case and the code on its slip, which is shown once."""

    case: CaseRecord
    code: str = field(repr=False)


def open_case(
    session: Session,
    *,
    actor: Actor | None,
    command: NewCase,
    keys: PlatformKeys,
    calendar: Calendar,
    now: datetime,
) -> Opened:
    """Open a draft of a case for an item that is in force today; without an actor it came from another network."""
    item = cases.item_by_code(session, command.item_code)
    if actor is not None:
        _check_who(session, actor, command, item.department_id)
    today = business_day(now)
    running = cases.running_version(session, item, today)
    version = cases.version(session, running.id)
    _check_how(command, version.mode, version.online)
    if (
        command.channel == "window"
        and not calendar.is_working(today)
        and command.service_mode not in EVERY_DAY
    ):
        raise Refused(rule="working days", why="on a day off the window serves only 365 and green cases")
    if command.window_id:
        window = organisation.window(session, command.window_id)
        if item.department_id not in window.department_ids and window.kind not in ("general", "lead"):
            raise Refused(rule="one window", why="this window does not receive for the item's department")
    return _insert(session, actor, command, item, running.id, version.mode, keys, now)


def _check_who(session: Session, actor: Actor, command: NewCase, department_id: str) -> None:
    if command.channel == "online":
        actor.require(Duty.APPLICANT, Duty.WINDOW_STAFF)
        return
    actor.require(Duty.WINDOW_STAFF)
    if command.project is not None and command.project.lead_department_id == actor.organisation_id:
        return  # 牵头部门一窗受理: the lead's window receives for every department of its project
    if actor.organisation_id != department_id and not is_of_centre(session, actor):
        staffed = organisation.window(session, command.window_id) if command.window_id else None
        if staffed is None or department_id not in staffed.department_ids:
            raise NotAllowed(duty="window of the item's department")


def _check_how(command: NewCase, mode: Mode, online: tuple[OnlineMode, ...]) -> None:
    if command.channel not in CHANNELS:
        raise BadInput(where="channel", why=f"it must be one of {', '.join(CHANNELS)}")
    if command.service_mode not in SERVICE_MODES:
        raise BadInput(where="service_mode", why=f"it must be one of {', '.join(SERVICE_MODES)}")
    if command.channel == "online" and command.online_mode not in [*online, ""]:
        raise BadInput(where="online_mode", why=f"this item offers {', '.join(online) or 'none'}")
    if mode is Mode.JOINT and command.project is None and command.facts.get("alone") is not True:
        raise Refused(
            rule="handling mode", why="a joint item is opened through its project, or alone at own wish"
        )


def _facts(command: NewCase, now: datetime) -> dict[str, Any]:
    """What the command says, and the day of the first visit."""
    visited = {"visited_on": business_day(now).isoformat()} if command.channel == "window" else {}
    return {**command.facts, **visited}


def _insert(
    session: Session,
    actor: Actor | None,
    command: NewCase,
    item: ItemRecord,
    version_id: str,
    mode: Mode,
    keys: PlatformKeys,
    now: datetime,
) -> Opened:
    case_id, code = new_id(), letters(secrets.token_bytes(8))
    is_applicant = actor is not None and actor.holds(Duty.APPLICANT)
    identity = command.applicant.identity
    project = command.project
    case = CaseRecord(
        id=case_id,
        number=command.number or f"{business_day(now):%Y%m%d}-{letters(secrets.token_bytes(8))}",
        item_id=item.id,
        item_code=item.code,
        version_id=version_id,
        department_id=item.department_id,
        site_code=command.site_code or item.site_code,
        project_id=project.id if project else None,
        mode=mode,
        channel=command.channel,
        online_mode=command.online_mode,
        service_mode=command.service_mode,
        is_green=command.is_green or bool(project and project.is_green),
        applicant_id=actor.person_id
        if actor and is_applicant
        else (project.applicant_id if project else None),
        applicant_key=applicant_digest(keys.people, identity) if identity else None,
        applicant=seal_applicant(keys.people, case_id, command.applicant),
        code_hash=code_digest(keys.people, case_id, code),
        state=State.DRAFT,
        window_id=command.window_id,
        handler_id=actor.person_id if actor and not is_applicant else None,
        visits=1 if command.channel == "window" else 0,
        facts=_facts(command, now),
        next_check=None,
    )
    session.add(case)
    session.flush()
    return Opened(case, code)
