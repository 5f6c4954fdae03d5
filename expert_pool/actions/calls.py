"""Calling out a drawn panel by machine: place calls, take answers, go on to the next reserve, check in.

The rules are those of `expert_pool.call_rules`. Every attempt is a fact by its seat; no fact names a person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from expert_pool import queries
from expert_pool.actions.disclosure import disclose
from expert_pool.actions.draws import passed_over, seat_reserve
from expert_pool.actions.eligibility import recheck_avoidance
from expert_pool.call_rules import (
    ACCEPTED,
    AVOIDED,
    DECLINED,
    DEFAULT_MINUTES,
    ENDED,
    LEAST_MINUTES,
    MOST_MINUTES,
    NO_ANSWER,
    REASONS,
    RINGING,
    UNREACHABLE,
    WAITING,
    check_answer,
    check_arrival,
)
from expert_pool.queries import calls as queries_of_calls
from expert_pool.queries.candidates import avoidances
from expert_pool.records.calls import CallRecord
from expert_pool.records.draws import DrawRecord, PanelSeatRecord
from kernel.clock import write_time
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.database import CALLER_KEY, PEOPLE_KEY, digest_of

CALL = "call_expert"


def start_calls(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    minutes: int = DEFAULT_MINUTES,
    arrive_by: datetime | None = None,
    now: datetime,
) -> int:
    """Call every member of a drawn panel; who must be avoided gives way first. Returns how many calls were begun.

    Who checks in after `arrive_by` comes late, and the system's appraisal says so.

    Raises:
        NotFound: no panel is drawn.
        Refused: the panel is being called already.
    """
    actor.require(Duty.POOL_MANAGER)
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        why = f"from {LEAST_MINUTES} to {MOST_MINUTES} minutes are allowed"
        raise BadInput(where="minutes", why=why)
    if arrive_by is not None and arrive_by <= now:
        raise BadInput(where="arrive_by", why="give a time that is still to come")
    if not queries.panel(session, tender_id):
        raise NotFound(what="panel of tender", id=tender_id)
    if queries_of_calls.calls(session, tender_id):
        raise Refused(rule="called-out", why="this panel is being called already")
    recheck_avoidance(session, tender_id, now)
    seats = [seat for seat, _ in queries.panel(session, tender_id)]
    data: dict[str, JsonValue] = {
        "seats": len(seats),
        "minutes": minutes,
        "arrive_by": write_time(arrive_by) if arrive_by else None,
    }
    audit_log.append(session, Fact("panel.calls-started", tender_id, tender_id, data), now)
    _ask_all(session, tender_id, seats, minutes, now, arrive_by)
    return len(seats)


def call_round(session: Session, draw: DrawRecord, now: datetime) -> None:
    """Call whom a further round has seated, where the panel is called by machine; who must avoid gives way first."""
    known = queries_of_calls.calls(session, draw.tender_id)
    if draw.round == 1 or not known:
        return
    recheck_avoidance(session, draw.tender_id, now)
    called = {one.seat for one in known}
    seats = [seat for seat, _ in queries.panel(session, draw.tender_id) if seat.seat not in called]
    _ask_all(session, draw.tender_id, seats, known[0].minutes, now)


def keep_placed(session: Session, *, call_id: str, receipt: str | None, now: datetime) -> None:
    """Write down that the gateway took a call, or that the expert left no telephone."""
    call = queries_of_calls.call(session, call_id, lock=True)
    if call.state != WAITING:
        return
    if receipt is None:
        end_call(session, call, UNREACHABLE, now)
        return
    call.state, call.placed_at = RINGING, now
    call.answer_until = now + timedelta(minutes=call.minutes)
    record: dict[str, JsonValue] = {"call": call.id, "receipt": receipt, "placed_at": write_time(now)}
    call.record_digest = sha256(canonical(record)).digest()
    session.add(call)
    data: dict[str, JsonValue] = {
        "seat": call.seat,
        "record": call.record_digest.hex(),
        "until": write_time(call.answer_until),
    }
    audit_log.append(session, Fact("call.placed", call.id, call.tender_id, data), now)


def answer_call(
    session: Session,
    *,
    token: str,
    pin: str,
    accepts: bool,
    reason: str = "",
    channel: str = "page",
    now: datetime,
) -> bool:
    """Take the expert's own answer; returns False for a wrong PIN, which is counted.

    Raises:
        NotFound: there is no such call.
        Refused: it is over, answered or locked.
        BadInput: a refusal without one of the reasons.
    """
    call = queries_of_calls.call_by_token(session, token, lock=True)
    check_answer(queries_of_calls.state_of(call), now)
    if not accepts and reason not in REASONS:
        raise BadInput(where="reason", why=f"it must be one of {', '.join(REASONS)}")
    if not _is_pin(session, call, pin):
        return False
    call.answered_at, call.channel = now, channel
    if accepts:
        call.state = ACCEPTED
        session.add(call)
        data: dict[str, JsonValue] = {"seat": call.seat, "channel": channel}
        audit_log.append(session, Fact("call.accepted", call.id, call.tender_id, data), now)
    else:
        call.reason = reason
        end_call(session, call, DECLINED, now)
    return True


def close_calls(session: Session, now: datetime) -> int:
    """Go on to the next reserve wherever a call rang past its limit; returns how many there were."""
    over = queries_of_calls.ringing_past(session, now)
    for call in over:
        end_call(session, call, NO_ANSWER, now)
    return len(over)


def check_in(session: Session, *, token: str, pin: str, now: datetime) -> bool:
    """The expert has come and types the PIN; returns False for a wrong one. The last one completes the panel."""
    call = queries_of_calls.call_by_token(session, token, lock=True)
    check_arrival(queries_of_calls.state_of(call))
    if not _is_pin(session, call, pin):
        return False
    if call.checked_in_at is not None:
        return True
    call.checked_in_at = now
    session.add(call)
    session.flush()
    told: dict[str, JsonValue] = {"seat": call.seat}
    audit_log.append(session, Fact("call.checked-in", call.id, call.tender_id, told), now)
    if queries_of_calls.all_checked_in(session, call.tender_id):
        disclose(session, call.tender_id, now)
        seats = len(queries.panel(session, call.tender_id))
        audit_log.append(
            session, Fact("panel.complete", call.tender_id, call.tender_id, {"seats": seats}), now
        )
    return True


def end_call(session: Session, call: CallRecord, state: str, now: datetime) -> None:
    """End a call without a member, and call the next reserve; where none is left the office has to see to it."""
    assert state in ENDED
    call.state = state
    session.add(call)
    data: dict[str, JsonValue] = {"seat": call.seat, "state": state, "reason": call.reason or None}
    audit_log.append(session, Fact("call.ended", call.id, call.tender_id, data), now)
    made = seat_reserve(session, tender_id=call.tender_id, seat=call.seat, now=now)
    if made is None:
        return
    replaced: dict[str, JsonValue] = {
        "seat": call.seat,
        "replacement": made.seat,
        "group": made.seat_group,
        "leaf": made.leaf,
        "call": call.id,
        "passed_over": passed_over(session, call.tender_id),
    }
    audit_log.append(session, Fact("seat.replaced", call.tender_id, call.tender_id, replaced), now)
    due = call.arrive_by if call.arrive_by and call.arrive_by > now else None
    _ask(session, call.tender_id, made.seat, made.seat_group, call.minutes, now, due)


def call_replacement(session: Session, *, tender_id: str, seat: str, now: datetime) -> None:
    """Call the reserve who took over from a member that left, where the panel was called by machine."""
    known = queries_of_calls.calls(session, tender_id)
    made = next((one for one, _ in queries.panel(session, tender_id) if one.seat == seat), None)
    if known and made is not None:
        _ask(session, tender_id, seat, made.seat_group, known[0].minutes, now)


def _ask(
    session: Session,
    tender_id: str,
    seat: str,
    group: str,
    minutes: int,
    now: datetime,
    arrive_by: datetime | None = None,
) -> CallRecord:
    id = new_id()
    call = CallRecord(
        id=id,
        tender_id=tender_id,
        seat=seat,
        seat_group=group,
        token_digest=digest_of(session, "call", queries_of_calls.token_of(session, id)),
        pin_digest=queries_of_calls.pin_digest(session, id, queries_of_calls.secret_pin(session, id)),
        state=WAITING,
        minutes=minutes,
        asked_at=now,
        arrive_by=arrive_by,
    )
    session.add(call)
    session.flush()
    outbox.enqueue(session, CALL, {"call_id": id}, now=now)
    return call


def _ask_all(
    session: Session,
    tender_id: str,
    seats: Sequence[PanelSeatRecord],
    minutes: int,
    now: datetime,
    arrive_by: datetime | None = None,
) -> None:
    avoiding = {one.leaf for one in avoidances(session, tender_id)}
    for seat in seats:
        call = _ask(session, tender_id, seat.seat, seat.seat_group, minutes, now, arrive_by)
        if seat.leaf in avoiding:
            end_call(session, call, AVOIDED, now)


def _is_pin(session: Session, call: CallRecord, pin: str) -> bool:
    typed = (
        queries_of_calls.pin_digest(session, call.id, pin.strip(), key) for key in (CALLER_KEY, PEOPLE_KEY)
    )
    if call.pin_digest in typed:
        return True
    call.wrong_pins += 1
    session.add(call)
    return False
