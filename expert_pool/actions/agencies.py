"""A draw of an agency in two acts: freeze the list, then draw with a root of the log that came after."""

from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.queries import registers
from approval.queries.views import case_for
from approval.register_work import AGENCY_SERVICES
from crypto.canonical import JsonValue, canonical
from expert_pool import queries
from expert_pool.agency_draw import FROZEN, agency_leaf, draw_agency, freeze_request, listed
from expert_pool.draw import (
    request_hash,
    write_request,
    write_row,
)
from expert_pool.records.agencies import AgencyDrawRecord
from kernel.errors import BadInput, NotAllowed, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders


def freeze_agencies(session: Session, *, actor: Actor, subject: str, service: str, now: datetime) -> str:
    """Freeze which agencies can be drawn for a case or a tender, once for each service; returns the draw's id.

    Raises:
        Refused: the draw was asked for before, or nobody can be drawn.
    """
    actor.require(Duty.CENTRE_OFFICE, Duty.APPLICANT)
    _check_subject(session, actor, subject)
    if service not in {word for word, _, _ in AGENCY_SERVICES}:
        raise BadInput(where="service", why="there is no such service")
    if queries.find_agency_draw(session, subject, service) is not None:
        raise Refused(rule="agency draw", why="an agency for this service was already asked for")
    draw_id, number, day = new_id(), queries.next_agency_number(session), business_day(now)
    agencies = listed(registers.bodies(session, "intermediaries"), service)
    request = freeze_request(draw_id, number, subject, service, day.isoformat(), agencies)
    data: dict[str, JsonValue] = {
        "request_hash": request_hash(request).hex(),
        "day": day.isoformat(),
        "service": service,
        "subject": subject,
        "agencies": len(agencies),
    }
    entry = audit_log.append(session, Fact(FROZEN, draw_id, data=data), now)
    session.add(
        AgencyDrawRecord(
            id=draw_id,
            number=number,
            subject=subject,
            service=service,
            day=day,
            agencies=agencies,
            request=write_request(request),
            rows=[write_row(row) for row in request.rows],
            log_index=entry.index,
            opened_by=actor.person_id,
            opened_at=now,
        )
    )
    session.flush()
    return draw_id


def draw_frozen_agency(session: Session, *, actor: Actor, draw_id: str, now: datetime) -> str:
    """Draw from a frozen list with the root that the log had after the next entry; returns the agency's code.

    Where nothing followed the freeze yet, this act is the next entry itself: waiting changes nothing.
    """
    actor.require(Duty.CENTRE_OFFICE, Duty.APPLICANT)
    draw = queries.agency_draw(session, draw_id, lock=True)
    _check_subject(session, actor, draw.subject)
    if draw.root is not None:
        raise Refused(rule="agency draw", why="this agency is drawn already")
    if audit_log.frontier(session).size < draw.log_index + 2:
        audit_log.append(session, Fact("agency-draw.asked", draw_id), now)
    draw.root = audit_log.root_at(session, draw.log_index + 2)
    result = draw_agency(queries.request_value(session, draw), draw.root)
    by_leaf = {agency_leaf(agency): str(agency["code"]) for agency in draw.agencies}
    draw.chosen, draw.drawn_at = by_leaf[result.seats[0].leaf], now
    session.add(draw)
    session.flush()
    digest = sha256(canonical(queries.agency_transcript(session, draw))).hexdigest()
    audit_log.append(session, Fact("agency-draw.drawn", draw_id, data={"record": digest}), now)
    return draw.chosen


def _check_subject(session: Session, actor: Actor, subject: str) -> None:
    """The case or tender exists; an applicant draws for their own case only."""
    kind, _, id = subject.partition(":")
    if kind == "case":
        case = case_for(session, actor, id)
        if not actor.holds(Duty.CENTRE_OFFICE) and case.applicant_id != actor.person_id:
            raise NotAllowed(duty=Duty.CENTRE_OFFICE)
    elif kind == "tender":
        actor.require(Duty.CENTRE_OFFICE)
        tenders.tender(session, id)
    else:
        raise BadInput(where="subject", why="name a case or a tender")
