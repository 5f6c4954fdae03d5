"""A complaint from its first word to the call back, for cases and tenders alike; and the box for opinions."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.applicant import code_digest, letters
from approval.queries import cases, organisation
from approval.records.organisation import HallRecord
from crypto.canonical import canonical, read_canonical
from crypto.field_seal import open_field, seal_field
from kernel.errors import BadInput, NotAllowed, NotFound
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage import audit_log
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from supervision.actions.cards import Accountability, issue, keep_accountability
from supervision.alerts import Against, Alert, Severity
from supervision.complaint_life import (
    ANSWER_DAYS,
    FINDING_DAYS,
    NEEDS_TEXT,
    SUBJECTS,
    ComplaintMove,
    ComplaintState,
    next_state,
)
from supervision.queries import cards, complaints
from supervision.records import ComplaintEventRecord, ComplaintRecord, OpinionRecord
from tender import queries as tenders
from tender.lifecycle import Stage

LONGEST_TEXT = 2000
PUBLIC = "public"


@dataclass(frozen=True)
class Complain:
    """What somebody complains about; a name and a telephone make it a complaint under their real name."""

    subject_kind: str
    subject: str  # number of a case, id of a tender, window or department, code of a site
    text: str = field(repr=False)
    name: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    happened_at: datetime | None = None


@dataclass(frozen=True)
class Subject:
    """Whom a complaint is about."""

    id: str
    name: str
    department_id: str | None
    window_id: str | None = None
    site_code: str = ""


def complain(
    session: Session, *, keys: PlatformKeys, command: Complain, calendar: Calendar, now: datetime
) -> tuple[ComplaintRecord, str]:
    """Take a complaint; returns it with the code to ask how it stands, which is shown once."""
    _check_text("text", command.text)
    if len(command.name) > 200 or len(command.telephone) > 40:
        raise BadInput(where="name", why="use at most 200 characters for the name and 40 for the telephone")
    is_real_name = bool(command.name.strip() and command.telephone.strip())
    subject = _find_subject(session, command.subject_kind, command.subject.strip())
    complaint_id, code, today = new_id(), letters(secrets.token_bytes(8)), business_day(now)
    contact = canonical({"name": command.name.strip(), "telephone": command.telephone.strip()})
    record = ComplaintRecord(
        id=complaint_id,
        number=f"TS{today:%Y%m%d}{letters(secrets.token_bytes(6))}",
        code_hash=code_digest(keys.people, complaint_id, code),
        subject_kind=command.subject_kind,
        subject_id=subject.id,
        subject_name=subject.name[:200],
        department_id=subject.department_id,
        window_id=subject.window_id,
        site_code=subject.site_code,
        is_real_name=is_real_name,
        contact=seal_field(keys.people, f"complaint contact {complaint_id}", contact),
        text=seal_field(keys.people, f"complaint {complaint_id}", command.text.strip().encode()),
        happened_at=command.happened_at,
        state=ComplaintState.RECEIVED,
        made_at=now,
        answer_due=calendar.add(today, ANSWER_DAYS),
    )
    session.add(record)
    session.flush()
    _keep(session, record, "made", PUBLIC, "", now)
    audit_log.append(
        session,
        Fact("complaint.made", record.id, data={"about": record.subject_id, "named": is_real_name}),
        now,
    )
    return record, code


def _find_subject(session: Session, kind: str, subject: str) -> Subject:
    if kind not in SUBJECTS:
        raise BadInput(where="subject_kind", why=f"it must be one of {', '.join(SUBJECTS)}")
    if kind == "case":
        case = cases.case_by_number(session, subject)
        if case is None or case.received_at is None:
            raise NotFound(what="case", id=subject)
        return Subject(case.id, case.number, case.department_id, case.window_id, case.site_code)
    if kind == "tender":
        tender = tenders.tender(session, subject)
        if tender.stage == Stage.DRAFT:
            raise NotFound(what="tender", id=subject)
        return Subject(tender.id, tender.reference, tender.tenderer_id)
    if kind == "window":
        window = organisation.window(session, subject)
        hall = session.get(HallRecord, window.hall_code)
        owner = window.department_ids[0] if window.department_ids else None
        return Subject(window.id, window.name, owner, window.id, hall.site_code if hall else "")
    if kind == "department":
        department = organisation.department(session, subject)
        return Subject(department.id, department.code, department.id, None, department.site_code)
    site = organisation.site(session, subject)
    return Subject(site.code, site.name, None, None, site.code)


def move_complaint(
    session: Session,
    *,
    actor: Actor,
    complaint_id: str,
    move: ComplaintMove,
    text: str = "",
    is_upheld: bool | None = None,
    accountability: Accountability | None = None,
    calendar: Calendar,
    now: datetime,
) -> ComplaintRecord:
    """Do one move of a complaint's life.

    Raises:
        WrongCaseState, Refused, NotAllowed, BadInput: nothing has changed.
    """
    actor.require(Duty.SUPERVISOR)
    record = complaints.complaint(session, complaint_id, lock=True)
    check_sees(session, actor, record)
    to = next_state(ComplaintState(record.state), move, is_real_name=record.is_real_name)
    if move in NEEDS_TEXT:
        _check_text("text", text)
    today = business_day(now)
    if move in (ComplaintMove.ACCEPT, ComplaintMove.REFUSE):
        record.answered_on, record.finding_due = today, calendar.add(today, FINDING_DAYS)
    if move is ComplaintMove.FIND:
        _find(session, actor, record, text, is_upheld, accountability, calendar, now)
    if move in (ComplaintMove.REPLY, ComplaintMove.REFUSE):
        record.reply, record.replied_on = text.strip(), today
    if to in (ComplaintState.CLOSED, ComplaintState.REFUSED):
        record.closed_at = now
    record.state = to
    _keep(session, record, move, actor.person_id, text.strip(), now)
    audit_log.append(session, Fact(f"complaint.{move}", record.id, data={"state": str(to)}), now)
    return record


def _find(
    session: Session,
    actor: Actor,
    record: ComplaintRecord,
    text: str,
    is_upheld: bool | None,
    accountability: Accountability | None,
    calendar: Calendar,
    now: datetime,
) -> None:
    if is_upheld is None:
        raise BadInput(where="is_upheld", why="say whether the complaint is right")
    record.finding, record.is_upheld = text.strip(), is_upheld
    if not is_upheld or record.department_id is None:
        return
    against = Against(record.department_id, record.site_code, record.window_id)
    alert = Alert(
        "R17", Severity.YELLOW, "complaint", record.id, "upheld", against, {"number": record.number}
    )
    issue(session, alerts=[alert], names={record.id: record.number}, calendar=calendar, now=now)
    if accountability is not None:
        keep_accountability(
            session,
            actor=actor,
            given=accountability,
            department_id=record.department_id,
            complaint_id=record.id,
            now=now,
        )


def check_sees(session: Session, actor: Actor, record: ComplaintRecord) -> None:
    """Raise NotAllowed unless the complaint is about a site that the inspector supervises."""
    sites = cards.visible_sites(session, actor)
    if sites is not None and record.site_code not in sites:
        raise NotAllowed(duty=Duty.SUPERVISOR)


def said(keys: PlatformKeys, record: ComplaintRecord) -> str:
    """What the complaint says."""
    return open_field(keys.people, f"complaint {record.id}", record.text).decode()


def contact(
    session: Session, *, keys: PlatformKeys, actor: Actor, complaint_id: str, now: datetime
) -> dict[str, str]:
    """Name and telephone for the call back; each look is logged."""
    actor.require(Duty.SUPERVISOR)
    record = complaints.complaint(session, complaint_id)
    check_sees(session, actor, record)
    audit_log.append(session, Fact("complaint.contact-read", record.id, data={}), now)
    data = read_canonical(open_field(keys.people, f"complaint contact {record.id}", record.contact))
    assert isinstance(data, dict)
    return {name: str(value) for name, value in data.items()}


def follow(session: Session, *, keys: PlatformKeys, number: str, code: str) -> ComplaintRecord:
    """How a complaint stands, for who holds its code; raises NotFound for a wrong number or code."""
    record = complaints.find_by_number(session, number)
    if record is None or not secrets.compare_digest(
        record.code_hash, code_digest(keys.people, record.id, code)
    ):
        raise NotFound(what="complaint", id=number.strip()[:40])
    return record


def give_opinion(session: Session, *, actor: Actor, text: str, now: datetime) -> str:
    """A monitor puts an opinion into the box."""
    actor.require(Duty.MONITOR)
    _check_text("text", text)
    record = OpinionRecord(id=new_id(), person_id=actor.person_id, text=text.strip(), made_at=now)
    session.add(record)
    audit_log.append(session, Fact("opinion.given", record.id, data={}), now)
    return record.id


def answer_opinion(session: Session, *, actor: Actor, opinion_id: str, text: str, now: datetime) -> None:
    """The centre or an inspector answers an opinion, once."""
    actor.require(Duty.SUPERVISOR, Duty.CENTRE_OFFICE)
    _check_text("text", text)
    record = complaints.opinion(session, opinion_id)
    if record.answered_at is not None:
        raise BadInput(where="text", why="this opinion was answered before")
    record.answer, record.answered_by, record.answered_at = text.strip(), actor.person_id, now
    audit_log.append(session, Fact("opinion.answered", record.id, data={}), now)


def _check_text(where: str, text: str) -> None:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadInput(where=where, why="use 1 to 2000 characters")


def _keep(
    session: Session, record: ComplaintRecord, move: str, actor_id: str, text: str, now: datetime
) -> None:
    sequence = len(complaints.complaint_events(session, record.id)) + 1
    session.add(
        ComplaintEventRecord(
            complaint_id=record.id, sequence=sequence, move=move, actor_id=actor_id, text=text, at=now
        )
    )
