"""Openings that fail: noticed by the platform, or declared by the office and confirmed by a supervisor.

Nobody alone can give a bid up. A failure that is confirmed begins the time in which it can still be mended: openers may
release after all, an operator may restore what was stored, a bidder may hand in the seed where the notice has a remedy.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session

from accounts.actions.passkeys import check_step_up
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from kernel.clock import write_time
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from tender import queries
from tender.actions.draft import own_tender
from tender.actions.unseal import UnsealedBid, opening_task
from tender.envelopes import Moment
from tender.failures import Failing, check_reason, last_moment
from tender.opening import BidOutcome
from tender.queries import failures, stages
from tender.records import BidRecord
from tender.records.failures import OpeningFailureRecord

AFTER = timedelta(seconds=1)  # a job that judges a time comes when it is over


def must_wait(session: Session, bid: BidRecord, unsealed: UnsealedBid, now: datetime) -> bool:
    """Whether a bid that could not be opened is left as it is: something came in meanwhile, or it can be mended."""
    if unsealed.outcome is not BidOutcome.UNOPENED:
        return False
    if opening_task(session, bid.id, now).evidence != unsealed.seen:
        outbox.enqueue(session, "open_bid", {"bid_id": bid.id}, now=now)
        return True
    minutes = failures.opening_rule(queries.tender(session, bid.tender_id)).remedy
    if minutes is None or not unsealed.lacks_shares:
        return False
    moment = failures.moment_of(session, bid.tender_id)
    known = failures.failure_of(session, bid.tender_id, bid.id, moment)
    if known is not None:
        return known.until is not None and now <= known.until
    record = _new(bid.tender_id, bid.id, moment, Failing.OPENERS, unsealed.problem, now)
    session.add(record)
    _begin(session, record, now)
    return True


def declare(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    failing: str,
    bid_id: str | None,
    reason: str,
    now: datetime,
) -> str:
    """Declare that openers will not act, or that a stored bid is lost; returns the failure's id. Nothing follows yet.

    Raises:
        PasskeyNeeded: the act has to be confirmed first.
        BadInput: an unknown kind, a bid that is not named or named without need, no reason.
        Refused: nothing waits to be opened, or enough openers have released.
    """
    record = own_tender(session, actor, tender_id)
    check_step_up(session, actor=actor, duty=Duty.TENDER_OFFICE, now=now)
    if failing not in list(Failing):
        raise BadInput(where="failing", why=f"choose one of {', '.join(Failing)}")
    if (failing == Failing.STORED_BID) != (bid_id is not None):
        raise BadInput(
            where="bid", why="name the bid whose stored file is lost, and no bid where openers fail"
        )
    kept = check_reason(reason)
    moment = failures.moment_of(session, tender_id)
    waiting = _waiting(session, tender_id, moment)
    if bid_id is not None and bid_id not in {bid.id for bid in queries.sealed_bids(session, tender_id)}:
        raise NotFound(what="bid", id=bid_id[:40])
    if not waiting or (bid_id is not None and bid_id not in waiting):
        raise Refused(rule="opening-failures", why="nothing of this waits to be opened")
    released = stages.releases_at(session, tender_id, moment)
    if failing == Failing.OPENERS and len(released) >= record.threshold:
        raise Refused(rule="opening-failures", why="enough openers have released their shares")
    failure = _new(tender_id, bid_id, moment, Failing(failing), kept, now, actor.person_id)
    session.add(failure)
    data = _data(failure) | {"reason": sha256(kept.encode()).hexdigest()}
    audit_log.append(session, Fact("opening.failure-declared", failure.id, tender_id, data), now)
    return failure.id


def confirm(session: Session, *, actor: Actor, failure_id: str, now: datetime) -> datetime:
    """Confirm a declared failure as the supervisor; returns the last moment at which it can be mended.

    Raises:
        NotAllowed: the supervisor holds a key of this tender, or has to confirm with a passkey first.
        Refused: it was confirmed before.
    """
    actor.require(Duty.SUPERVISOR)
    failure = failures.failure(session, failure_id, lock=True)
    if failure is None:
        raise NotFound(what="failure", id=failure_id[:40])
    if any(one.person_id == actor.person_id for one in queries.openers(session, failure.tender_id)):
        raise NotAllowed(duty="a supervisor who is no opener of this tender")
    check_step_up(session, actor=actor, duty=Duty.SUPERVISOR, now=now)
    if failure.until is not None:
        raise Refused(rule="opening-failures", why="it is confirmed already")
    failure.confirmed_by = actor.person_id
    return _begin(session, failure, now)


def _begin(session: Session, failure: OpeningFailureRecord, now: datetime) -> datetime:
    """Begin the time for mending, and ask for the openings that end it."""
    record = queries.tender(session, failure.tender_id, lock=True)
    minutes = failures.opening_rule(record).remedy or 0
    until = failure.until = last_moment(now, minutes, failures.outages_near(session, now))
    session.add(failure)
    data = _data(failure) | {"until": write_time(until)}
    audit_log.append(session, Fact("opening.failed", failure.id, failure.tender_id, data), now)
    for bid_id in sorted(_waiting(session, failure.tender_id, Moment(failure.moment))):
        if failure.bid_id in (None, bid_id):
            outbox.enqueue(session, "open_bid", {"bid_id": bid_id}, now=now, due_at=until + AFTER)
    return until


def _waiting(session: Session, tender_id: str, moment: Moment) -> set[str]:
    """The bids that wait to be opened at a moment; none before the closing was recorded."""
    if queries.closing(session, tender_id) is None:
        return set()
    return stages.waiting_bids(session, tender_id, moment)


def _new(
    tender_id: str,
    bid_id: str | None,
    moment: Moment,
    failing: Failing,
    reason: str,
    now: datetime,
    declared_by: str | None = None,
) -> OpeningFailureRecord:
    return OpeningFailureRecord(
        id=new_id(),
        tender_id=tender_id,
        bid_id=bid_id,
        moment=moment,
        failing=failing,
        reason=reason,
        declared_by=declared_by,
        declared_at=now,
    )


def _data(failure: OpeningFailureRecord) -> dict[str, JsonValue]:
    bid: dict[str, JsonValue] = {} if failure.bid_id is None else {"bid": failure.bid_id}
    return {"failing": failure.failing, "moment": failure.moment, **bid}
