"""An expert's life in the pool: suspended, removed, readmitted, banned, on leave. Facts name nobody."""

from datetime import date, datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool import standing
from expert_pool.queries import pool
from expert_pool.records.pool import ExpertRecord, ExpertSpanRecord, ExpertStandingRecord
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log
from storage.audit_log import Fact
from storage.database import seal, unseal

NOTE = 1000  # characters


def change_standing(
    session: Session, *, actor: Actor, expert_id: str, act: str, reason: str, note: str = "", now: datetime
) -> str:
    """Suspend, restore, remove or readmit an expert; returns the new standing.

    Raises:
        BadInput: an unknown act or reason.
        Refused: not from this standing.
    """
    actor.require(Duty.POOL_MANAGER)
    record = pool.expert(session, expert_id, lock=True)
    record.standing = standing.check_move(act, record.standing, reason)
    record.standing_reason, record.updated_at = reason, now
    session.add(record)
    keep_standing(session, actor=actor, record=record, act=act, reason=reason, note=note, now=now)
    return record.standing


def keep_standing(
    session: Session, *, actor: Actor, record: ExpertRecord, act: str, reason: str, note: str, now: datetime
) -> None:
    """Write a change of standing into the expert's history and the log."""
    made = ExpertStandingRecord(
        id=new_id(), expert_id=record.id, act=act, reason=reason, made_by=actor.person_id, made_at=now
    )
    made.note = _sealed_note(session, made.id, note)
    session.add(made)
    session.flush()
    data: dict[str, JsonValue] = {"act": act, "reason": reason, "by": actor.person_id}
    audit_log.append(session, Fact("expert.standing-changed", record.id, None, data), now)


def ban(
    session: Session,
    *,
    actor: Actor,
    expert_id: str,
    begins: date,
    ends: date | None,
    reason: str,
    note: str = "",
    now: datetime,
) -> str:
    """Bar an expert from panels from one day to another, or without an end; returns the ban's id."""
    actor.require(Duty.POOL_MANAGER)
    if reason not in standing.BAN_REASONS:
        raise BadInput(where="reason", why=f"it must be one of {', '.join(standing.BAN_REASONS)}")
    standing.check_span(begins, ends, standing.LONGEST_BAN_YEARS * 366)
    record = pool.expert(session, expert_id, lock=True)
    return _add_span(session, actor, record, pool.BAN, begins, ends, reason, note, now)


def lift_ban(session: Session, *, actor: Actor, span_id: str, now: datetime) -> None:
    """End a ban today: the expert can be drawn from today on."""
    actor.require(Duty.POOL_MANAGER)
    record = pool.span(session, span_id)
    if record.kind != pool.BAN:
        raise NotFound(what="ban", id=span_id)
    _end(session, actor, record, now)


def file_leave(session: Session, *, actor: Actor, begins: date, ends: date, now: datetime) -> str:
    """The expert says from when to when they cannot serve; returns the leave's id.

    Raises:
        Refused: the person has no entry in the pool.
        BadInput: the leave lies in the past or is too long.
    """
    actor.require(Duty.EXPERT)
    record = own_entry(session, actor)
    standing.check_span(begins, ends, standing.LONGEST_LEAVE_DAYS)
    if ends < business_day(now):
        raise BadInput(where="ends", why="a leave may not lie in the past")
    return _add_span(session, actor, record, pool.LEAVE, begins, ends, "filed", "", now)


def end_leave(session: Session, *, actor: Actor, span_id: str, now: datetime) -> None:
    """The expert is back before the leave ends."""
    actor.require(Duty.EXPERT)
    record = pool.span(session, span_id)
    if record.kind != pool.LEAVE or record.expert_id != own_entry(session, actor).id:
        raise NotFound(what="leave", id=span_id)
    _end(session, actor, record, now)


def own_entry(session: Session, actor: Actor) -> ExpertRecord:
    """The signed-in expert's entry; raises Refused where there is none."""
    record = pool.expert_of_person(session, actor.person_id)
    if record is None:
        raise Refused(rule="pool", why="you have no entry in the pool")
    return record


def note_of(session: Session, record: ExpertSpanRecord | ExpertStandingRecord) -> str:
    """The note beside an act, opened; for the pool manager and the expert."""
    return unseal(session, f"expert note {record.id}", record.note).decode() if record.note else ""


def _add_span(
    session: Session,
    actor: Actor,
    record: ExpertRecord,
    kind: str,
    begins: date,
    ends: date | None,
    reason: str,
    note: str,
    now: datetime,
) -> str:
    made = ExpertSpanRecord(
        id=new_id(),
        expert_id=record.id,
        kind=kind,
        begins=begins,
        ends=ends,
        reason=reason,
        made_by=actor.person_id,
        made_at=now,
    )
    made.note = _sealed_note(session, made.id, note)
    session.add(made)
    session.flush()
    data: dict[str, JsonValue] = {
        "reason": reason,
        "begins": begins.isoformat(),
        "ends": ends.isoformat() if ends else None,
        "by": actor.person_id,
    }
    word = "banned" if kind == pool.BAN else "on-leave"
    audit_log.append(session, Fact(f"expert.{word}", record.id, None, data), now)
    return made.id


def _end(session: Session, actor: Actor, record: ExpertSpanRecord, now: datetime) -> None:
    """End a ban or leave with yesterday, so that today counts again; one that has not begun ends before it does."""
    yesterday = date.fromordinal(business_day(now).toordinal() - 1)
    if record.ends is not None and record.ends <= yesterday:
        raise Refused(rule="span", why="it has ended already")
    record.ends = yesterday
    session.add(record)
    data: dict[str, JsonValue] = {"kind": record.kind, "ends": yesterday.isoformat(), "by": actor.person_id}
    audit_log.append(session, Fact("expert.span-ended", record.expert_id, None, data), now)


def _sealed_note(session: Session, id: str, note: str) -> bytes | None:
    if len(note.strip()) > NOTE:
        raise BadInput(where="note", why=f"at most {NOTE} characters are allowed")
    return seal(session, f"expert note {id}", note.strip().encode()) if note.strip() else None
