"""Parallel approval: open a project with its child cases, gather papers once, start together, deliver together."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from accounts.duties import Actor, Duty
from approval import papers
from approval.actions.act import act
from approval.actions.doing import leads
from approval.actions.open_case import NewCase, open_case
from approval.actions.projects_join import lock_project
from approval.applicant import Applicant, code_digest, letters, seal_applicant
from approval.item import StepKind
from approval.lifecycle import Act, State
from approval.parallel import ENDED, MergedMaterial, check_stage, merged_materials
from approval.queries import cases
from approval.records.cases import CaseMaterialRecord, CaseRecord, HopRecord, ProjectRecord
from crypto.canonical import JsonValue
from kernel.errors import BadInput, IncompletePapers, NotAllowed, NotFound, Refused
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.keys import PlatformKeys

BEFORE = {Act.APPLY: State.DRAFT, Act.ACCEPT: State.RECEIVED}
TO_DELIVER = (State.GRANTED, State.REFUSED, State.CERTIFIED)
LIMIT_DAYS = 45  # Administrative Licensing Law art. 42: joint handling
MOST_CHILDREN = 60


@dataclass(frozen=True)
class NewProject:
    """What opens a parallel approval."""

    title: str
    lead_department_id: str
    site_code: str
    item_codes: tuple[str, ...]
    applicant: Applicant = field(repr=False)
    template: str = ""
    investment_fen: int = 0
    is_green: bool = False
    agent_id: str | None = None
    limit_days: int = LIMIT_DAYS
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedProject:
    """A new project and the code on its slip, which is shown once."""

    project: ProjectRecord
    code: str = field(repr=False)


def open_project(
    session: Session,
    *,
    actor: Actor,
    command: NewProject,
    keys: PlatformKeys,
    calendar: Calendar,
    now: datetime,
) -> OpenedProject:
    """Open a project and a draft of every child case, in one transaction."""
    actor.require(Duty.WINDOW_STAFF, Duty.CENTRE_OFFICE, Duty.APPLICANT)
    if not 2 <= len(set(command.item_codes)) == len(command.item_codes) <= MOST_CHILDREN:
        raise BadInput(where="items", why=f"name 2 to {MOST_CHILDREN} different items")
    if not command.title.strip():
        raise BadInput(where="title", why="it is missing")
    project_id, code = new_id(), letters(secrets.token_bytes(8))
    project = ProjectRecord(
        id=project_id,
        number=f"P{business_day(now):%Y%m%d}-{letters(secrets.token_bytes(8))}",
        template=command.template,
        title=command.title.strip(),
        site_code=command.site_code,
        lead_department_id=command.lead_department_id,
        agent_id=command.agent_id,
        investment_fen=command.investment_fen,
        applicant_id=actor.person_id if actor.holds(Duty.APPLICANT) else None,
        applicant=seal_applicant(keys.people, project_id, command.applicant),
        code_hash=code_digest(keys.people, project_id, code),
        stage=str(command.facts.get("stage", "approval")),
        state="gathering",
        is_green=command.is_green,
        limit_days=command.limit_days,
        created_at=now,
        facts=dict(command.facts),
    )
    session.add(project)
    session.flush()
    for item_code in command.item_codes:
        channel = "online" if project.applicant_id else "window"
        child = NewCase(
            item_code,
            command.applicant,
            channel,
            service_mode="green" if project.is_green else "ordinary",
            project=project,
        )
        open_case(session, actor=actor, command=child, keys=keys, calendar=calendar, now=now)
    data: dict[str, JsonValue] = {"items": list(command.item_codes), "lead": command.lead_department_id}
    audit_log.append(session, Fact("project.opened", project.id, data=data), now)
    return OpenedProject(project, code)


def check_member(session: Session, actor: Actor, project: ProjectRecord) -> None:
    """Raise NotAllowed unless the actor leads the project, works for the centre, or applied."""
    if actor.holds(Duty.CENTRE_OFFICE) or leads(actor, project) or project.applicant_id == actor.person_id:
        return
    raise NotAllowed(duty="lead department of the project")


def child_records(session: Session, project_id: str) -> list[CaseRecord]:
    """The child cases of a project."""
    rows = select(CaseRecord).where(CaseRecord.project_id == project_id).order_by(CaseRecord.item_code)
    return list(session.exec(rows))


def merged(session: Session, project_id: str) -> tuple[MergedMaterial, ...]:
    """The papers of all children, each once."""
    return merged_materials(
        cases.version(session, row.version_id) for row in child_records(session, project_id)
    )


def missing_papers(session: Session, project_id: str) -> tuple[MergedMaterial, ...]:
    """The merged one-time notice: every paper that some child still lacks, named once."""
    lacking: set[str] = set()
    for row in child_records(session, project_id):
        statuses = {m.code: m.status for m in cases.materials(session, row.id)}
        found = papers.gaps(cases.version(session, row.version_id), statuses)
        lacking.update(found.all)
    return tuple(paper for paper in merged(session, project_id) if paper.spec.code in lacking)


def add_paper(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    code: str,
    stored: Mapping[str, Any],
    calendar: Calendar,
    now: datetime,
) -> int:
    """Give one paper to every child that lists it; its bytes are stored once. Returns how many got it."""
    project = find_project(session, project_id)
    check_member(session, actor, project)
    given = 0
    for row in child_records(session, project_id):
        lists_it = cases.version(session, row.version_id).material(code) is not None
        if lists_it and State(row.state) not in ENDED:
            session.add(_paper_row(session, row.id, code, stored, now))
            given += 1
    if not given:
        raise Refused(rule="listed papers only", why=f"no item of the project asks for {code}")
    data: dict[str, JsonValue] = {"code": code, "digest": str(stored["digest"]), "children": given}
    audit_log.append(session, Fact("project.paper", project.id, data=data), now)
    return given


def _paper_row(
    session: Session, case_id: str, code: str, stored: Mapping[str, Any], now: datetime
) -> CaseMaterialRecord:
    known = session.exec(
        select(CaseMaterialRecord).where(
            CaseMaterialRecord.case_id == case_id, CaseMaterialRecord.code == code
        )
    ).one_or_none()
    row = known or CaseMaterialRecord(id=new_id(), case_id=case_id, code=code, status="provided")
    row.status, row.digest, row.size = "provided", bytes.fromhex(str(stored["digest"])), int(stored["size"])
    row.name, row.media_type = str(stored["name"])[:200], str(stored["media_type"])[:100]
    row.provided_at = now
    return row


def start(
    session: Session, *, actor: Actor, project_id: str, calendar: Calendar, now: datetime
) -> ProjectRecord:
    """同步启动: when nothing is missing, hand in and accept every child on the same day, in one transaction."""
    project = lock_project(session, project_id)
    check_member(session, actor, project)
    if project.state != "gathering":
        raise Refused(rule="start once", why="this project has started")
    lacking = missing_papers(session, project_id)
    if lacking:
        raise IncompletePapers(missing=", ".join(paper.spec.code for paper in lacking))
    for row in child_records(session, project_id):
        _excuse_produced(session, row, project_id, now)
        for what in (Act.APPLY, Act.ACCEPT):
            if State(row.state) is not BEFORE[what]:
                continue  # handed in or accepted on its own before
            act(session, actor=actor, case_id=row.id, act=what, data={}, calendar=calendar, now=now)
    project.state, project.started_on = "running", business_day(now)
    project.due = calendar.due(project.started_on, project.limit_days).day
    audit_log.append(session, Fact("project.started", project.id, data={"on": str(project.started_on)}), now)
    outbox.enqueue(session, "make_project_letter", {"project_id": project.id, "kind": "copies"}, now=now)
    return project


def _excuse_produced(session: Session, row: CaseRecord, project_id: str, now: datetime) -> None:
    """A paper that a sibling's result will be is not asked for: it comes from the sibling."""
    asked = {paper.spec.code for paper in merged(session, project_id)}
    version = cases.version(session, row.version_id)
    here = {m.code for m in cases.materials(session, row.id)}
    for spec in version.materials:
        if spec.code not in asked and spec.code not in here:
            session.add(
                CaseMaterialRecord(
                    id=new_id(), case_id=row.id, code=spec.code, status="shared", trust="A", provided_at=now
                )
            )
    session.flush()


def tell_missing(
    session: Session, *, actor: Actor, project_id: str, now: datetime
) -> tuple[MergedMaterial, ...]:
    """One one-time notice over all departments; each paper stands on it once."""
    project = lock_project(session, project_id)
    check_member(session, actor, project)
    lacking = missing_papers(session, project_id)
    if not lacking:
        raise Refused(rule="one notice", why="no paper is missing")
    if project.facts.get("told"):
        new = sorted({p.spec.code for p in lacking} - set(project.facts["told"]))
        if new:
            raise Refused(
                rule="one notice", why=f"{', '.join(new)} could have been named in the first notice"
            )
    codes = [paper.spec.code for paper in lacking]
    project.facts = {**project.facts, "told": codes}
    audit_log.append(session, Fact("project.told", project.id, data={"codes": list(codes)}), now)
    outbox.enqueue(
        session, "make_project_letter", {"project_id": project.id, "kind": "one_time_notice"}, now=now
    )
    return lacking


def next_stage(session: Session, *, actor: Actor, project_id: str, stage: str, now: datetime) -> None:
    """From joint advice to joint pre-check to joint approval, in this order."""
    project = lock_project(session, project_id)
    check_member(session, actor, project)
    check_stage(project.stage, stage)
    audit_log.append(
        session, Fact("project.stage", project.id, data={"from": project.stage, "to": stage}), now
    )
    project.stage = stage


def deliver(session: Session, *, actor: Actor, project_id: str, calendar: Calendar, now: datetime) -> None:
    """统一发证: only when every child has its certificate or another end; all are handed over in one act."""
    project = lock_project(session, project_id)
    check_member(session, actor, project)
    if project.state != "joined":
        raise Refused(rule="joint delivery", why="some departments have not decided")
    found = child_records(session, project_id)
    waiting = [row.item_code for row in found if _lacks_certificate(session, row)]
    if waiting:
        raise Refused(rule="joint delivery", why=f"the certificates of {', '.join(waiting)} are not here yet")
    for row in found:
        if State(row.state) in TO_DELIVER:
            way = {"way": "window"}
            act(session, actor=actor, case_id=row.id, act=Act.DELIVER, data=way, calendar=calendar, now=now)
    project.state, project.delivered_at = "delivered", now
    audit_log.append(session, Fact("project.delivered", project.id, data={"children": len(found)}), now)


def _lacks_certificate(session: Session, row: CaseRecord) -> bool:
    if State(row.state) is not State.GRANTED:
        return State(row.state) not in ENDED
    steps = cases.version(session, row.version_id).steps
    return any(step.kind is StepKind.CERTIFY for step in steps)


def send_hop(
    session: Session, *, actor: Actor, case_id: str, what: str, from_code: str, to_code: str, now: datetime
) -> HopRecord:
    """Send papers or a certificate on to another site or window; they stay on the sender's list until received."""
    actor.require(Duty.WINDOW_STAFF, Duty.CENTRE_OFFICE)
    if what not in ("papers", "certificate"):
        raise BadInput(where="what", why="it must be papers or certificate")
    cases.case(session, case_id)
    open_hop = session.exec(
        select(HopRecord).where(
            HopRecord.case_id == case_id, HopRecord.what == what, col(HopRecord.received_at).is_(None)
        )
    ).first()
    if open_hop:
        raise Refused(rule="receipt at each hop", why=f"they are on the way to {open_hop.to_code}")
    hop = HopRecord(
        id=new_id(),
        case_id=case_id,
        what=what,
        from_code=from_code,
        to_code=to_code,
        sent_by=actor.person_id,
        sent_at=now,
    )
    session.add(hop)
    audit_log.append(session, Fact("case.hop_sent", case_id, data={"what": what, "to": to_code}), now)
    return hop


def receive_hop(session: Session, *, actor: Actor, hop_id: str, now: datetime) -> HopRecord:
    """Confirm that papers or a certificate arrived."""
    actor.require(Duty.WINDOW_STAFF, Duty.CENTRE_OFFICE)
    hop = session.get(HopRecord, hop_id)
    if hop is None:
        raise NotFound(what="hop", id=hop_id)
    if hop.received_at is not None:
        raise Refused(rule="receipt at each hop", why="it was received before")
    if hop.sent_by == actor.person_id:
        raise Refused(rule="receipt at each hop", why="somebody else confirms what you sent")
    hop.received_by, hop.received_at = actor.person_id, now
    audit_log.append(session, Fact("case.hop_received", hop.case_id, data={"what": hop.what}), now)
    return hop


def hops(session: Session, case_id: str) -> Sequence[HopRecord]:
    """The chain of custody of a case's papers and certificate."""
    rows = select(HopRecord).where(HopRecord.case_id == case_id).order_by(col(HopRecord.sent_at))
    return session.exec(rows).all()


def find_project(session: Session, project_id: str) -> ProjectRecord:
    """One project; raises NotFound."""
    project = session.get(ProjectRecord, project_id)
    if project is None:
        raise NotFound(what="project", id=project_id)
    return project


def keep_before_event(
    session: Session, *, actor: Actor, case_id: str, event: str, now: datetime
) -> list[str]:
    """Something happened before which papers were promised (开工前): returns the codes that are overdue by it."""
    actor.require(Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.CENTRE_OFFICE)
    today = business_day(now)
    overdue: list[str] = []
    for row in cases.commitments(session, case_id):
        if row.before_event == event and row.met_on is None and row.due_on is None:
            row.due_on = today
            overdue += row.codes
    case = cases.lock_case(session, case_id)
    case.next_check = now
    audit_log.append(session, Fact("case.event_reached", case_id, data={"codes": list(overdue)}), now)
    return overdue
