"""The same planned cases walked through every act, so that the figures of the bulk load can be proven."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session

from accounts.duties import Actor, Duty
from accounts.records import OrganisationRecord, PersonRecord
from approval.actions.act import act
from approval.actions.open_case import NewCase, open_case
from approval.applicant import read_applicant
from approval.item import ItemVersion, StepKind
from approval.lifecycle import Act
from approval.queries import cases
from approval.records.catalogue import ItemRecord
from approval.records.organisation import MandateRecord, SealRecord
from kernel.ids import OrganisationId, PersonId
from kernel.working_days import Calendar
from storage.keys import PlatformKeys
from tools.replay.bulk import MORNING
from tools.replay.plan import Plan

POWERS = ["decide", "report", "coordinate", "seal"]


def clerk_of(session: Session, department_id: str, first: datetime) -> Actor:
    """A chief representative of a department who also reviews: one person for the whole walk."""
    person_id = str(UUID(bytes=sha256(f"clerk {department_id}".encode()).digest()[:16], version=4))
    if session.get(PersonRecord, person_id) is None:
        organisation = session.get(OrganisationRecord, department_id)
        assert organisation is not None
        session.add(
            PersonRecord(
                id=person_id,
                organisation_id=department_id,
                name="clerk",
                sign_in=f"clerk-{person_id[:12]}",
                password_hash="none",  # noqa: S106 - nobody signs in with it
                created_at=first,
            )
        )
        session.flush()
        session.add(
            MandateRecord(
                id=person_id,
                person_id=person_id,
                department_id=department_id,
                powers=POWERS,
                valid_from=first.date(),
                valid_to=first.date() + timedelta(days=3650),
                letter_digest="0" * 64,
                granted_by=person_id,
                granted_at=first,
            )
        )
        session.add(SealRecord(id=person_id, department_id=department_id, name="审批专用章", made_at=first))
        session.flush()
    duties = frozenset({Duty.WINDOW_STAFF, Duty.CASE_OFFICER})
    return Actor(PersonId(person_id), OrganisationId(department_id), "clerk", duties)


def leader_of(clerk: Actor) -> Actor:
    """The leader who decides where a chief representative may not."""
    return replace(clerk, duties=frozenset({Duty.LEADER}))


def walk(
    session: Session, plan: Plan, items: Sequence[ItemRecord], calendar: Calendar, keys: PlatformKeys
) -> int:
    """Walk every case of the plan from its application to its delivery; returns how many acts that took."""
    done = 0
    for n in range(len(plan.items)):
        item = items[int(plan.items[n])]
        received = datetime.combine(calendar.working_day(int(plan.received[n])), MORNING)
        decided = datetime.combine(calendar.working_day(int(plan.decided[n])), MORNING) + timedelta(hours=1)
        clerk = clerk_of(session, item.department_id, datetime.combine(calendar.first_day, MORNING))
        applicant = read_applicant(f"A{n}", f"CREDIT{n:08}", "")
        opened = open_case(
            session,
            actor=clerk,
            command=NewCase(item.code, applicant),
            keys=keys,
            calendar=calendar,
            now=received,
        )
        version = cases.version(session, opened.case.version_id)
        for what, data, at in script(version, bool(plan.is_instant[n]), received, decided):
            is_for_leader = what is Act.GRANT and not version.is_general
            act(
                session,
                actor=leader_of(clerk) if is_for_leader else clerk,
                case_id=opened.case.id,
                act=what,
                data=data,
                calendar=calendar,
                now=at,
            )
            done += 1
    return done


def script(
    version: ItemVersion, is_instant: bool, received: datetime, decided: datetime
) -> Iterable[tuple[Act, dict[str, object], datetime]]:
    """The acts of a case that runs without trouble."""
    for material in version.materials:
        yield Act.ADD_MATERIAL, {"code": material.code, "status": "shown"}, received
    yield Act.APPLY, {}, received
    if is_instant:
        yield Act.FINISH_INSTANT, {}, decided
        return
    yield Act.ACCEPT, {}, received
    for step in version.steps:
        if step.kind is StepKind.DECIDE:
            yield Act.GRANT, {}, decided
        elif step.kind is StepKind.CERTIFY:
            yield Act.CERTIFY, {}, decided
        else:
            yield Act.PASS_STEP, {}, decided
    yield Act.DELIVER, {"way": version.deliveries[0], "courier_number": "SF1"}, decided
