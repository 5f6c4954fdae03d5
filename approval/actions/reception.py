"""首问负责, the queue, the end of the day: what happens at a window around cases."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from accounts.duties import Actor, Duty
from approval.actions.open_case import SERVICE_MODES
from approval.applicant import TELEPHONE
from approval.item import Mode
from approval.lifecycle import State
from approval.queries import organisation
from approval.records.cases import CaseRecord, ContactRecord, SignOffRecord, TaskRecord, TicketRecord
from crypto.field_seal import seal_field
from kernel.clock import BEIJING
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.keys import PlatformKeys

ENDINGS = ("done", "explained", "handed_over")
SLOT_MINUTES = 30
SLOT_PLACES = 4  # bookings of one hall in one slot


def open_contact(
    session: Session,
    *,
    actor: Actor,
    subject: str,
    service_mode: str = "ordinary",
    window_id: str | None = None,
    site_code: str = "",
    case_id: str | None = None,
    now: datetime,
) -> ContactRecord:
    """Somebody came: who received them first is answerable until done, explained in writing or handed over."""
    actor.require(Duty.WINDOW_STAFF)
    if service_mode not in SERVICE_MODES:
        raise BadInput(where="service_mode", why=f"it must be one of {', '.join(SERVICE_MODES)}")
    if not 1 <= len(subject.strip()) <= 400:
        raise BadInput(where="subject", why="say in 1 to 400 characters what it is about, without names")
    contact = ContactRecord(
        id=new_id(),
        site_code=site_code,
        window_id=window_id,
        owner_id=actor.person_id,
        service_mode=service_mode,
        subject=subject.strip(),
        case_id=case_id,
        opened_at=now,
    )
    session.add(contact)
    return contact


def close_contact(
    session: Session,
    *,
    actor: Actor,
    contact_id: str,
    ending: str,
    explanation: str = "",
    to_window_id: str | None = None,
    now: datetime,
) -> ContactRecord:
    """End a contact in one of its three ways; a hand-over ends only when the next window confirms."""
    contact = find_contact(session, contact_id)
    if contact.owner_id != actor.person_id:
        raise NotAllowed(duty="first contact of this visitor")
    if contact.closed_at is not None:
        raise Refused(rule="first contact", why="this contact has ended")
    if ending not in ENDINGS:
        raise BadInput(where="ending", why=f"it must be one of {', '.join(ENDINGS)}")
    if ending == "explained" and not explanation.strip():
        raise BadInput(where="explanation", why="the visitor gets a written explanation")
    if ending == "done" and contact.case_id is None:
        raise Refused(
            rule="first contact", why="name the case that came of it, explain in writing, or hand over"
        )
    if ending == "handed_over":
        organisation.window(session, to_window_id or "")
    contact.ending, contact.explanation, contact.to_window_id = ending, explanation.strip(), to_window_id
    if ending != "handed_over":
        contact.closed_at = now
    if ending == "explained":
        outbox.enqueue(session, "make_explanation", {"contact_id": contact.id}, now=now)
    audit_log.append(session, Fact(f"contact.{ending}", contact.id), now)
    return contact


def confirm_contact(session: Session, *, actor: Actor, contact_id: str, now: datetime) -> ContactRecord:
    """The next window confirms that the visitor arrived; it is answerable from now on."""
    actor.require(Duty.WINDOW_STAFF)
    contact = find_contact(session, contact_id)
    if contact.ending != "handed_over" or contact.closed_at is not None:
        raise Refused(rule="first contact", why="this contact was not handed over")
    if contact.owner_id == actor.person_id:
        raise Refused(rule="first contact", why="the next window confirms, not the one that hands over")
    contact.confirmed_by, contact.closed_at = actor.person_id, now
    session.add(
        ContactRecord(
            id=new_id(),
            site_code=contact.site_code,
            window_id=contact.to_window_id,
            owner_id=actor.person_id,
            service_mode=contact.service_mode,
            subject=contact.subject,
            case_id=contact.case_id,
            opened_at=now,
        )
    )
    return contact


def name_case(
    session: Session, *, actor: Actor, contact_id: str, case: CaseRecord, subject: str, now: datetime
) -> ContactRecord:
    """A case came of a visit: its contact, or one that is opened now, is done with it."""
    if contact_id:
        contact = find_contact(session, contact_id)
        contact.case_id = case.id
        session.flush()
    else:
        contact = open_contact(
            session,
            actor=actor,
            subject=subject,
            service_mode=case.service_mode,
            window_id=case.window_id,
            site_code=case.site_code,
            case_id=case.id,
            now=now,
        )
        session.flush()
    return close_contact(session, actor=actor, contact_id=contact.id, ending="done", now=now)


def find_contact(session: Session, contact_id: str) -> ContactRecord:
    """One contact; raises NotFound."""
    found = session.get(ContactRecord, contact_id)
    if found is None:
        raise NotFound(what="contact", id=contact_id)
    return found


def take_ticket(
    session: Session,
    *,
    hall_code: str,
    item_code: str = "",
    slot: datetime | None = None,
    telephone: str = "",
    keys: PlatformKeys | None = None,
    now: datetime,
) -> TicketRecord:
    """Take a number for now, or book one for a slot of half an hour; a telephone is kept sealed under `keys`."""
    organisation.lock_hall(session, hall_code)  # two people at once get two numbers
    if telephone.strip() and not TELEPHONE.fullmatch(telephone.strip()):
        raise BadInput(where="telephone", why="give digits, such as 13800000000")
    day = business_day(slot or now)
    if slot is not None:
        _check_slot(session, hall_code, slot, now)
    count = session.exec(
        select(func.count()).where(TicketRecord.hall_code == hall_code, TicketRecord.day == day)
    ).one()
    ticket = TicketRecord(
        id=new_id(),
        hall_code=hall_code,
        day=day,
        number=f"{'Y' if slot else 'A'}{count + 1:03}",
        item_code=item_code,
        is_booking=slot is not None,
        slot=slot,
        state="waiting",
        taken_at=now,
    )
    if telephone.strip() and keys:
        ticket.telephone = seal_field(keys.people, f"ticket {ticket.id}", telephone.strip().encode())
    session.add(ticket)
    return ticket


def _check_slot(session: Session, hall_code: str, slot: datetime, now: datetime) -> None:
    local = slot.astimezone(BEIJING)
    if local.minute % SLOT_MINUTES or local.second or not 9 <= local.hour < 17:
        raise BadInput(where="slot", why="choose a half hour between 9:00 and 17:00")
    if not now < slot < now + timedelta(days=30):
        raise BadInput(where="slot", why="choose a time within the next 30 days")
    taken = select(func.count()).where(
        TicketRecord.hall_code == hall_code, TicketRecord.slot == slot, TicketRecord.state != "missed"
    )
    if session.exec(taken).one() >= SLOT_PLACES:
        raise Refused(rule="booking", why="this half hour is full; choose another one")


def call_next(session: Session, *, actor: Actor, window_id: str, now: datetime) -> TicketRecord | None:
    """Call whoever is next in the hall of a window: booked ones at their time, then in the order of coming."""
    actor.require(Duty.WINDOW_STAFF)
    window = organisation.window(session, window_id)
    rows = select(TicketRecord).where(
        TicketRecord.hall_code == window.hall_code,
        TicketRecord.day == business_day(now),
        TicketRecord.state == "waiting",
        col(TicketRecord.window_id).is_(None) | (TicketRecord.window_id == window_id),
        col(TicketRecord.slot).is_(None) | (col(TicketRecord.slot) <= now),
    )
    first = rows.order_by(col(TicketRecord.is_booking).desc(), col(TicketRecord.taken_at)).limit(1)
    ticket = session.exec(first.with_for_update(skip_locked=True)).first()
    if ticket is not None:
        ticket.state, ticket.window_id, ticket.called_at = "called", window_id, now
        ticket.served_by = actor.person_id
    return ticket


def end_ticket(
    session: Session, *, actor: Actor, ticket_id: str, was_served: bool, to_window_id: str = "", now: datetime
) -> TicketRecord:
    """Served, missed, or sent on to the next window under the same number (多窗联办)."""
    actor.require(Duty.WINDOW_STAFF)
    ticket = session.get(TicketRecord, ticket_id)
    if ticket is None:
        raise NotFound(what="ticket", id=ticket_id)
    if to_window_id:
        organisation.window(session, to_window_id)
        ticket.state, ticket.window_id = "waiting", to_window_id
    else:
        ticket.state, ticket.ended_at = "served" if was_served else "missed", now
    return ticket


def sign_off(
    session: Session, *, actor: Actor, overtime_minutes: int = 0, reason: str = "", now: datetime
) -> SignOffRecord:
    """延时服务: the day ends when no instant case is left open, or with a reason in writing."""
    actor.require(Duty.WINDOW_STAFF)
    today = business_day(now)
    left = session.exec(
        select(func.count()).where(
            CaseRecord.handler_id == actor.person_id,
            CaseRecord.mode == Mode.INSTANT,
            CaseRecord.state == State.RECEIVED,
        )
    ).one()
    if left and not reason.strip():
        why = f"{left} instant cases are open: finish them, give a limit in writing, or say why"
        raise Refused(rule="finish today", why=why)
    if not 0 <= overtime_minutes <= 960:
        raise BadInput(where="overtime_minutes", why="give 0 to 960")
    record = session.get(SignOffRecord, (actor.person_id, today)) or SignOffRecord(
        person_id=actor.person_id, day=today, at=now, open_cases=left, overtime_minutes=overtime_minutes
    )
    record.at, record.open_cases, record.reason = now, left, reason.strip()
    record.overtime_minutes = overtime_minutes
    session.add(record)
    return record


def take_task(session: Session, *, actor: Actor, task_id: str, now: datetime) -> TaskRecord:
    """Take a task of one's department over."""
    task = _own_task(session, actor, task_id)
    if task.taken_at is None:
        task.taken_at, task.taken_by = now, actor.person_id
    return task


def finish_task(session: Session, *, actor: Actor, task_id: str, result: str, now: datetime) -> TaskRecord:
    """Finish a task with its result in writing."""
    task = take_task(session, actor=actor, task_id=task_id, now=now)
    if task.done_at is not None:
        raise Refused(rule="tasks", why="this task is done")
    if not 1 <= len(result.strip()) <= 1000:
        raise BadInput(where="result", why="say in 1 to 1000 characters what was done")
    task.done_at, task.result = now, result.strip()
    audit_log.append(session, Fact("task.done", task.id, data={"kind": task.kind}), now)
    return task


def find_task(session: Session, task_id: str) -> TaskRecord:
    """One task; raises NotFound."""
    task = session.get(TaskRecord, task_id)
    if task is None:
        raise NotFound(what="task", id=task_id)
    return task


def _own_task(session: Session, actor: Actor, task_id: str) -> TaskRecord:
    task = find_task(session, task_id)
    actor.require(Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CENTRE_OFFICE)
    if actor.organisation_id != task.department_id and not actor.holds(Duty.CENTRE_OFFICE):
        raise NotAllowed(duty="department of this task")
    return task
