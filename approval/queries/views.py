"""Cases as their readers see them: who may look, and what stands on the page."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from accounts.duties import Actor, Duty
from approval.lifecycle import TRANSITIONS, State
from approval.queries import bills, cases, organisation
from approval.queries.people import is_of_centre
from approval.records.cases import CaseRecord, HopRecord, ProjectRecord
from kernel.clock import write_time
from kernel.errors import NotFound

WATCHERS = (Duty.SUPERVISOR, Duty.AUDITOR, Duty.CENTRE_OFFICE)


def may_see(session: Session, actor: Actor, case: CaseRecord) -> bool:
    """Whether somebody may read a case: its applicant, its department, the centre, its lead, those who watch."""
    if actor.person_id == case.applicant_id or actor.holds(*WATCHERS):
        return True
    staff = actor.holds(Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CASHIER)
    if staff and (actor.organisation_id == case.department_id or is_of_centre(session, actor)):
        return True
    if staff and actor.person_id == case.handler_id:
        return True
    project = session.get(ProjectRecord, case.project_id) if case.project_id else None
    return project is not None and staff and project.lead_department_id == actor.organisation_id


def knows_applicant(actor: Actor, case: CaseRecord) -> bool:
    """Whether the applicant's name may be shown: to the applicant and to those who handle the case."""
    handles = actor.holds(Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CASHIER)
    return actor.person_id == case.applicant_id or handles


def case_for(session: Session, actor: Actor, case_id: str) -> CaseRecord:
    """A case that somebody may see; raises NotFound otherwise, so that ids cannot be tried out."""
    found = cases.case(session, case_id)
    if not may_see(session, actor, found):
        raise NotFound(what="case", id=case_id)
    return found


def summary(case: CaseRecord) -> dict[str, Any]:
    """A case as one row of a list; no personal data."""
    return {
        "id": case.id,
        "number": case.number,
        "item": case.item_code,
        "department": case.department_id,
        "site": case.site_code,
        "state": case.state,
        "mode": case.mode,
        "channel": case.channel,
        "green": case.is_green,
        "received_at": write_time(case.received_at) if case.received_at else None,
        "promise_due": _iso(case.promise_due),
        "statutory_due": _iso(case.statutory_due),
        "provisional": case.is_provisional,
        "stopped": case.is_stopped,
        "outcome": case.outcome or None,
        "done_on": _iso(case.done_on),
    }


def detail(session: Session, case: CaseRecord) -> dict[str, Any]:
    """A case with its steps, papers, stops, events and what may happen next; no personal data."""
    version = cases.version(session, case.version_id)
    return {
        **summary(case),
        "version": version.number,
        "title": version.title,
        "project": case.project_id,
        "accepted_on": _iso(case.accepted_on),
        "deemed": case.is_deemed,
        "answer_due": _iso(case.answer_due),
        "step_due": _iso(case.step_due),
        "extended_days": case.extended_days,
        "used_days": case.used_days,
        "passed_by_default": case.has_passed_by_default,
        "steps": progress(session, case),
        "materials": [
            {
                "code": m.code,
                "status": m.status,
                "name": m.name,
                "digest": m.digest.hex() if m.digest else None,
            }
            for m in cases.materials(session, case.id)
        ],
        "stops": [
            {
                "kind": s.kind,
                "planned_days": s.planned_days,
                "from": _iso(s.started_on),
                "to": _iso(s.ended_on),
                "refers_to": s.refers_to,
            }
            for s in cases.stops(session, case.id)
        ],
        "commitments": [
            {"kind": c.kind, "codes": c.codes, "due_on": _iso(c.due_on), "met_on": _iso(c.met_on)}
            for c in cases.commitments(session, case.id)
        ],
        "hops": [
            {
                "id": h.id,
                "what": h.what,
                "from": h.from_code,
                "to": h.to_code,
                "sent_at": write_time(h.sent_at),
                "received_at": write_time(h.received_at) if h.received_at else None,
            }
            for h in session.exec(select(HopRecord).where(HopRecord.case_id == case.id))
        ],
        "bill": bills.bill_data(session, bills.bill(session, case.bill_id)) if case.bill_id else None,
        "letters": [{"kind": row.kind, "sequence": row.sequence} for row in cases.letters(session, case.id)],
        "events": [event_data(row) for row in cases.events(session, case.id)],
        "allowed": sorted(act for state, act in TRANSITIONS if state == case.state),
    }


def event_data(row: Any) -> dict[str, Any]:
    """One event with its hash, in the form of docs/formats/case-event.md."""
    return {
        "seq": row.sequence,
        "at": write_time(row.at),
        "on": row.happened_on.isoformat(),
        "act": row.action,
        "actor": row.actor_id,
        "role": row.role,
        "from": row.from_state,
        "to": row.to_state,
        "data": row.data,
        "hash": row.hash.hex(),
        "log_index": row.log_index,
    }


def progress(session: Session, case: CaseRecord) -> list[dict[str, Any]]:
    """Each step, the post in charge, its planned days and when it was really done (B9)."""
    version = cases.version(session, case.version_id)
    passed = {
        str(row.data.get("step")): row.happened_on
        for row in cases.events(session, case.id)
        if row.action in ("pass_step", "forward_reply", "pass_by_default")
    }
    at_work = case.accepted_on is not None and case.state not in (State.DONE, State.WITHDRAWN, State.ENDED)
    return [
        {
            "code": step.code,
            "title": step.title,
            "kind": step.kind,
            "post": step.post,
            "limit_days": step.limit_days,
            "done_on": _iso(passed.get(step.code)),
            "is_current": at_work and index == case.step,
            "due": _iso(case.step_due) if at_work and index == case.step else None,
        }
        for index, step in enumerate(version.steps)
    ]


def tracked(session: Session, case: CaseRecord) -> dict[str, Any]:
    """What somebody with number and code sees: no names, no ids of people."""
    version = cases.version(session, case.version_id)
    seen = detail(session, case)
    kept = (
        "number",
        "state",
        "outcome",
        "accepted_on",
        "promise_due",
        "provisional",
        "stopped",
        "steps",
        "done_on",
    )
    department = organisation.department(session, case.department_id)
    return {
        **{name: seen[name] for name in kept},
        "item": version.code,
        "title": version.title,
        "department": department.code,
        "letters": seen["letters"],
        "missing": _last_missing(seen["events"]),
    }


def _last_missing(events: list[dict[str, Any]]) -> list[str]:
    told = [event["data"]["codes"] for event in events if event["act"] == "tell_missing"]
    return told[-1] if told and events[-1]["act"] == "tell_missing" else []


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
