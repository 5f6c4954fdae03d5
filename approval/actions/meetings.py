"""联合会审, hearings, 一事一议: who is called, who comes, what each says, and the minutes."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.queries import cases, views
from approval.records.cases import CaseMeetingRecord, TaskRecord
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log, outbox
from storage.audit_log import Fact

KINDS = ("joint_review", "joint_advice", "hearing", "special")


def call_meeting(
    session: Session,
    *,
    actor: Actor,
    kind: str,
    case_ids: Sequence[str],
    departments: Sequence[str],
    held_on: date,
    project_id: str | None = None,
    now: datetime,
) -> CaseMeetingRecord:
    """Call a meeting on one or more cases; the chair of a hearing has not reviewed the case (art. 48)."""
    actor.require(Duty.WINDOW_STAFF, Duty.CENTRE_OFFICE, Duty.LEADER)
    if kind not in KINDS:
        raise BadInput(where="kind", why=f"it must be one of {', '.join(KINDS)}")
    if not case_ids or not departments:
        raise BadInput(where="cases", why="name the cases and the departments that are called")
    if held_on < business_day(now):
        raise BadInput(where="held_on", why="the day has passed")
    for case_id in case_ids:
        views.case_for(session, actor, case_id)
        reviewers = {
            event.actor_id for event in cases.events(session, case_id) if event.action == "pass_step"
        }
        if kind == "hearing" and actor.person_id in reviewers:
            raise Refused(rule="separate chair", why="who reviewed the case may not chair its hearing")
    meeting = CaseMeetingRecord(
        id=new_id(),
        parent_id=project_id,
        case_ids=list(case_ids),
        kind=kind,
        held_on=held_on,
        called=list(departments),
        opinions={},
        chair_id=actor.person_id,
    )
    session.add(meeting)
    for department_id in departments:
        session.add(
            TaskRecord(
                id=new_id(),
                case_id=case_ids[0],
                kind="meeting",
                department_id=department_id,
                made_at=now,
                due_on=held_on,
            )
        )
    audit_log.append(
        session, Fact("meeting.called", meeting.id, data={"kind": kind, "cases": len(case_ids)}), now
    )
    return meeting


def give_opinion(
    session: Session, *, actor: Actor, meeting_id: str, case_id: str, opinion: str, now: datetime
) -> CaseMeetingRecord:
    """A called department speaks on one case."""
    meeting = find_meeting(session, meeting_id)
    actor.require(Duty.CASE_OFFICER, Duty.LEADER, Duty.WINDOW_STAFF)
    if actor.organisation_id not in meeting.called:
        raise NotAllowed(duty="department called to this meeting")
    if meeting.closed_at is not None:
        raise Refused(rule="meetings", why="the minutes are closed")
    if case_id not in meeting.case_ids or not 1 <= len(opinion.strip()) <= 1000:
        raise BadInput(where="opinion", why="speak in 1 to 1000 characters on a case of this meeting")
    spoken = dict(meeting.opinions.get(actor.organisation_id, {}))
    spoken[case_id] = opinion.strip()
    meeting.opinions = {**meeting.opinions, actor.organisation_id: spoken}
    return meeting


def close_meeting(
    session: Session, *, actor: Actor, meeting_id: str, minutes: str, now: datetime
) -> CaseMeetingRecord:
    """Close the minutes; a department that was called and did not speak is recorded as absent (缺席默认)."""
    meeting = find_meeting(session, meeting_id)
    if meeting.chair_id != actor.person_id:
        raise NotAllowed(duty="chair of this meeting")
    if meeting.closed_at is not None:
        raise Refused(rule="meetings", why="the minutes are closed")
    if not minutes.strip():
        raise BadInput(where="minutes", why="write the minutes")
    absent = sorted(set(meeting.called) - set(meeting.opinions))
    meeting.opinions = {**meeting.opinions, **{department: {"absent": "yes"} for department in absent}}
    meeting.minutes, meeting.closed_at = minutes.strip(), now
    data = {"opinions": len(meeting.called) - len(absent), "absent": len(absent)}
    audit_log.append(session, Fact("meeting.closed", meeting.id, data=data), now)
    outbox.enqueue(session, "make_minutes", {"meeting_id": meeting.id}, now=now)
    return meeting


def find_meeting(session: Session, meeting_id: str) -> CaseMeetingRecord:
    """One meeting; raises NotFound."""
    meeting = session.get(CaseMeetingRecord, meeting_id)
    if meeting is None:
        raise NotFound(what="meeting", id=meeting_id)
    return meeting


def check_may_read(actor: Actor, meeting: CaseMeetingRecord) -> None:
    """Raise NotAllowed unless somebody chairs the meeting, was called to it, or watches."""
    watches = actor.holds(Duty.SUPERVISOR, Duty.CENTRE_OFFICE, Duty.AUDITOR)
    if not (watches or actor.person_id == meeting.chair_id or actor.organisation_id in meeting.called):
        raise NotAllowed(duty="department called to this meeting")
