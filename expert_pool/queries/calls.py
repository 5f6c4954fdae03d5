"""Selects over calls. The token and the PIN of a call follow from its id and a key: neither is stored."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from crypto.canonical import b64
from expert_pool.call_rules import RINGING, CallState, pin_of
from expert_pool.experts import Identity
from expert_pool.queries import panels, pool
from expert_pool.records.calls import CallRecord
from kernel.errors import NotFound
from storage.database import CALLER_KEY, digest_of


def call(session: Session, call_id: str, *, lock: bool = False) -> CallRecord:
    """One call; raises NotFound."""
    found = select(CallRecord).where(CallRecord.id == call_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="call", id=call_id)
    return record


def call_by_token(session: Session, token: str, *, lock: bool = False) -> CallRecord:
    """The call whose link was opened; raises NotFound."""
    found = select(CallRecord).where(CallRecord.token_digest == digest_of(session, "call", token))
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="call", id="")
    return record


def calls(session: Session, tender_id: str) -> list[CallRecord]:
    """The calls for a panel, in order of the seat."""
    found = session.exec(select(CallRecord).where(CallRecord.tender_id == tender_id))
    return sorted(found, key=lambda row: int(row.seat.rpartition("-")[2]))


def ringing_past(session: Session, now: datetime) -> Sequence[CallRecord]:
    """Calls that were not answered within their limit, and are not written down as such yet."""
    found = select(CallRecord).where(CallRecord.state == RINGING, col(CallRecord.answer_until) <= now)
    return session.exec(found.order_by(CallRecord.id).with_for_update(skip_locked=True)).all()


def state_of(record: CallRecord) -> CallState:
    """A call as the rules see it."""
    return CallState(record.state, record.answer_until, record.wrong_pins, record.checked_in_at is not None)


def token_of(session: Session, call_id: str) -> str:
    """What stands in the link of a call.

    Both follow from the caller's key: who could compute them would check everybody in and so disclose the panel.
    """
    return b64(digest_of(session, "call-token", call_id, key=CALLER_KEY))


def secret_pin(session: Session, call_id: str) -> str:
    """The PIN of a call, for its message only."""
    return pin_of(digest_of(session, "call-pin", call_id, key=CALLER_KEY))


def pin_digest(session: Session, call_id: str, pin: str, key: str = CALLER_KEY) -> bytes:
    """What a typed PIN is compared by; calls of older versions have it by the key of people's data."""
    return digest_of(session, "call-pin-typed", f"{call_id} {pin}", key=key)


def contact_of(session: Session, record: CallRecord) -> Identity:
    """How the expert who is called can be reached, opened."""
    for seat, _ in panels.all_seats(session, record.tender_id):
        if seat.seat == record.seat:
            return pool.entry(session, panels.expert_of(session, seat))[1]
    raise NotFound(what="seat", id=record.seat)


def awaits_check_in(session: Session, tender_id: str, seat: str) -> bool:
    """Whether a seat's member was called by machine and has not checked in yet."""
    found = select(CallRecord).where(CallRecord.tender_id == tender_id, CallRecord.seat == seat)
    call = session.exec(found).one_or_none()
    return call is not None and call.checked_in_at is None


def all_checked_in(session: Session, tender_id: str) -> bool:
    """Whether everybody who sits on the panel has checked in."""
    arrived = {one.seat for one in calls(session, tender_id) if one.checked_in_at is not None}
    seats = [seat.seat for seat, _ in panels.panel(session, tender_id)]
    return bool(seats) and arrived.issuperset(seats)
