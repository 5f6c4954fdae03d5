"""What every act on a case works with: the locked case, its version, who acts in which capacity, and today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.item import ItemVersion, Step
from approval.lifecycle import Act, Role, Rule, State
from approval.queries import cases, organisation
from approval.queries.people import is_of_centre
from approval.records.cases import CaseRecord, ProjectRecord
from kernel.errors import BadInput, NoPower, NotAllowed, NotOnDuty
from kernel.working_days import Calendar

POWER_OF_ACT = {Act.GRANT: "decide", Act.REFUSE: "decide", Act.SEND_BACK: "decide"}
"""The power of a mandate that an act needs; every other act of a chief representative needs `report`."""
SYSTEM = "system"


@dataclass
class Doing:
    """One act while it is being done."""

    session: Session
    case: CaseRecord
    version: ItemVersion
    act: Act
    data: Mapping[str, Any]
    actor: Actor | None  # None: the clock acts
    calendar: Calendar
    today: date
    now: datetime
    role: Role = Role.SYSTEM
    kept: dict[str, Any] = field(default_factory=dict)  # what the event will say
    to: State | None = None  # where the effect leads, where the table leaves it open
    days_before: tuple[date | None, ...] = ()  # of receipt and end, before the act

    def __post_init__(self) -> None:
        self.days_before = (self.case.received_on, self.case.done_on)

    @property
    def actor_id(self) -> str:
        """Who acts, as events name them."""
        return self.actor.person_id if self.actor else SYSTEM

    @property
    def step(self) -> Step | None:
        """The step that the case waits in, if it is at work."""
        at_work = 0 <= self.case.step < len(self.version.steps) and self.case.accepted_on is not None
        return self.version.steps[self.case.step] if at_work else None

    def text(self, name: str, longest: int = 1000, needed: bool = False) -> str:
        """A text among the data of the act."""
        value = self.data.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise BadInput(where=name, why=f"at most {longest} characters are allowed")
        if needed and not value.strip():
            raise BadInput(where=name, why="it is missing")
        return value.strip()

    def whole(self, name: str) -> int:
        """A whole number among the data of the act."""
        value = self.data.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadInput(where=name, why="give a whole number")
        return value

    def codes(self, name: str) -> tuple[str, ...]:
        """A list of codes among the data of the act."""
        value = self.data.get(name, [])
        if not isinstance(value, list | tuple) or not all(isinstance(code, str) for code in value):
            raise BadInput(where=name, why="give a list of codes")
        return tuple(dict.fromkeys(value))


def note_visit(doing: Doing) -> None:
    """The applicant was at a window today; several acts of one day are one visit."""
    today = doing.today.isoformat()
    if doing.case.facts.get("visited_on") != today:
        doing.case.visits += 1
        doing.case.facts = {**doing.case.facts, "visited_on": today}


def take_role(doing: Doing, rule: Rule) -> Role:
    """The first capacity in which the actor may do this.

    Raises:
        NoPower, NotOnDuty, NotAllowed: the nearest reason why not.
    """
    if doing.actor is None:
        if Role.SYSTEM not in rule.roles:
            raise NotAllowed(duty=" / ".join(sorted(rule.roles)))
        return Role.SYSTEM
    refusal: Exception | None = None
    for role in (Role.APPLICANT, Role.LEADER, Role.CHIEF, Role.OFFICER, Role.WINDOW, Role.LEAD):
        if role in rule.roles:
            try:
                if CAPACITIES[role](doing, doing.actor):
                    return role
            except (NoPower, NotOnDuty) as error:
                refusal = refusal or error
    raise refusal or NotAllowed(duty=" / ".join(sorted(rule.roles)))


def _is_applicant(doing: Doing, actor: Actor) -> bool:
    return actor.holds(Duty.APPLICANT) and doing.case.applicant_id == actor.person_id


def _is_leader(doing: Doing, actor: Actor) -> bool:
    return actor.holds(Duty.LEADER) and actor.organisation_id == doing.case.department_id


def _is_chief(doing: Doing, actor: Actor) -> bool:
    if not actor.holds(Duty.WINDOW_STAFF):
        return False
    powers = organisation.mandate_powers(
        doing.session, actor.person_id, doing.case.department_id, doing.today
    )
    needed = POWER_OF_ACT.get(doing.act, "report")
    if needed not in powers:
        if doing.act in POWER_OF_ACT:
            raise NoPower(power=needed, day=doing.today)
        return False
    return True


def _is_officer(doing: Doing, actor: Actor) -> bool:
    if not actor.holds(Duty.CASE_OFFICER) or actor.organisation_id != doing.case.department_id:
        return False
    post = organisation.post(doing.session, doing.case.department_id, doing.step.post) if doing.step else None
    if post is None or not (post.a_person_id or post.b_person_id):
        return True
    if organisation.on_duty(doing.session, post, doing.today) != actor.person_id:
        raise NotOnDuty(post=post.code)
    return True


def _is_window(doing: Doing, actor: Actor) -> bool:
    if not actor.holds(Duty.WINDOW_STAFF):
        return False
    if actor.organisation_id == doing.case.department_id:
        return True
    if doing.case.window_id:
        receives = (
            doing.case.department_id
            in organisation.window(doing.session, doing.case.window_id).department_ids
        )
        if receives and doing.case.handler_id == actor.person_id:
            return True
    return is_of_centre(doing.session, actor)


def _is_lead(doing: Doing, actor: Actor) -> bool:
    if actor.holds(Duty.CENTRE_OFFICE):
        return doing.act is Act.URGE or doing.case.project_id is not None
    project = doing.session.get(ProjectRecord, doing.case.project_id) if doing.case.project_id else None
    return project is not None and leads(actor, project)


def leads(actor: Actor, project: ProjectRecord) -> bool:
    """Whether somebody works for the lead department of a project."""
    staff = actor.holds(Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER)
    return staff and actor.organisation_id == project.lead_department_id


CAPACITIES = {
    Role.APPLICANT: _is_applicant,
    Role.LEADER: _is_leader,
    Role.CHIEF: _is_chief,
    Role.OFFICER: _is_officer,
    Role.WINDOW: _is_window,
    Role.LEAD: _is_lead,
}


def load(
    session: Session,
    *,
    case_id: str,
    act: Act,
    data: Mapping[str, Any],
    actor: Actor | None,
    calendar: Calendar,
    today: date,
    now: datetime,
) -> Doing:
    """Lock the case and put together what an act needs."""
    case = cases.lock_case(session, case_id)
    return Doing(
        session, case, cases.version(session, case.version_id), act, data, actor, calendar, today, now
    )
