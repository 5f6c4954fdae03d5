"""Keep what bids tell and what the detectors find; let the panel comment and the supervisor dispose, in writing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session, col, delete

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from evaluation.collusion.facts import Mark
from evaluation.collusion.signals import Signal, Strength, signal_digest, write_signal
from evaluation.queries import collusion as queries
from evaluation.records.collusion import (
    BidFactsRecord,
    MarkRecord,
    RemarkRecord,
    SearchRecord,
    SignalRecord,
)
from expert_pool import queries as experts
from kernel.errors import BadInput, Refused
from kernel.ids import new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.objects import StoredObject
from tender import queries as tenders

COMMENT, DISMISSED, UPHELD = "comment", "dismissed", "upheld"
OUTCOMES = (DISMISSED, UPHELD)
TEXT_RANGE = range(10, 4001)  # characters of a comment or reason


def keep_facts(
    session: Session,
    *,
    key: bytes,
    bid_id: str,
    stored: StoredObject,
    marks: Iterable[Mark],
    unread: int,
    now: datetime,
) -> None:
    """Record that a bid was read; after the last one of its tender the detectors are asked for."""
    bid = tenders.bid(session, bid_id)
    tenders.tender(session, bid.tender_id, lock=True)
    if session.get(BidFactsRecord, bid_id) is not None:
        return
    session.add(
        BidFactsRecord(
            bid_id=bid_id,
            tender_id=bid.tender_id,
            lot_id=bid.lot_id,
            digest=stored.digest,
            unread=unread,
            read_at=now,
        )
    )
    for value_hash in sorted({queries.mark_hash(key, mark) for mark in marks}):
        session.add(
            MarkRecord(bid_id=bid_id, value_hash=value_hash, tender_id=bid.tender_id, bidder_id=bid.bidder_id)
        )
    session.flush()
    if queries.unread_bids(session, bid.tender_id) == 0:
        outbox.enqueue(session, "find_signals", {"tender_id": bid.tender_id}, now=now)


def look_again(session: Session, *, tender_id: str, now: datetime) -> None:
    """Forget what bids told and ask for it anew, since more of them is open; signals that were found stay."""
    tenders.tender(session, tender_id, lock=True)
    for table in (BidFactsRecord, MarkRecord, SearchRecord):
        session.exec(delete(table).where(col(table.tender_id) == tender_id))
    for row, bid in tenders.opened_bids(session, tender_id):
        if row.contents_digest is not None:
            outbox.enqueue(session, "read_bid_facts", {"bid_id": bid.id}, now=now)


@dataclass(frozen=True)
class Findings:
    """What the detectors found in one lot, with the screens and figures that belong beside it."""

    lot_id: str
    signals: Sequence[Signal]
    body: Mapping[str, JsonValue]


def keep_signals(session: Session, *, tender_id: str, found: Iterable[Findings], now: datetime) -> None:
    """Record what was found, lot by lot; a lot that was looked at before stays as it is."""
    tenders.tender(session, tender_id, lock=True)
    for lot in found:
        if queries.find_search(session, lot.lot_id) is None:
            _keep_lot(session, tender_id, lot, now)


def _keep_lot(session: Session, tender_id: str, lot: Findings, now: datetime) -> None:
    digests: list[JsonValue] = []
    known = {row.digest for row in queries.signals(session, lot.lot_id)}
    for place, signal in enumerate(lot.signals):
        if signal_digest(signal) in known:
            digests.append(signal_digest(signal))
            continue
        record = SignalRecord(
            id=new_id(),
            lot_id=lot.lot_id,
            tender_id=tender_id,
            place=place,
            kind=signal.kind,
            strength=signal.strength,
            body=write_signal(signal),
            digest=signal_digest(signal),
            found_at=now,
        )
        session.add(record)
        digests.append(record.digest)
    digest = sha256(canonical({"search": dict(lot.body), "signals": digests})).hexdigest()
    session.add(
        SearchRecord(
            lot_id=lot.lot_id,
            tender_id=tender_id,
            body=dict(lot.body),
            digest=digest,
            signals=len(digests),
            found_at=now,
        )
    )
    hard = sum(signal.strength is Strength.HARD for signal in lot.signals)
    data: dict[str, JsonValue] = {"signals": len(digests), "hard": hard, "digest": digest}
    _log(session, "signal.found", lot.lot_id, tender_id, data, now)


def comment(session: Session, *, actor: Actor, signal_id: str, text: str, now: datetime) -> RemarkRecord:
    """A member of the panel says in writing what they make of a signal."""
    actor.require(Duty.EXPERT)
    record = queries.signal(session, signal_id, lock=True)
    seat = experts.seat_of(session, record.tender_id, actor.person_id)
    return _remark(session, actor, record, COMMENT, text, now, seat)


def dispose(
    session: Session, *, actor: Actor, signal_id: str, outcome: str, reason: str, now: datetime
) -> RemarkRecord:
    """The supervisor dismisses or upholds a signal with a reason, which the log binds; it is final.

    Raises:
        BadInput: an unknown outcome, or a reason that is too short or too long.
        Refused: the signal was disposed of before.
    """
    actor.require(Duty.SUPERVISOR)
    record = queries.signal(session, signal_id, lock=True)
    if outcome not in OUTCOMES:
        raise BadInput(where="outcome", why="choose whether to dismiss or to uphold the signal")
    if record.outcome:
        raise Refused(rule="one-disposal", why="this signal was disposed of before; that is final")
    record.outcome = outcome
    session.add(record)
    return _remark(session, actor, record, outcome, reason, now)


def _remark(
    session: Session,
    actor: Actor,
    record: SignalRecord,
    kind: str,
    text: str,
    now: datetime,
    seat: str = "",
) -> RemarkRecord:
    text = text.strip()
    if len(text) not in TEXT_RANGE:
        raise BadInput(where="text", why="write 10 to 4000 characters")
    remark = RemarkRecord(
        id=new_id(),
        signal_id=record.id,
        kind=kind,
        person_id=actor.person_id,
        seat=seat,
        text=text,
        at=now,
    )
    session.add(remark)
    session.flush()
    data: dict[str, JsonValue] = {"signal": record.digest, "text": sha256(text.encode()).hexdigest()}
    fact = {COMMENT: "signal.commented", DISMISSED: "signal.dismissed", UPHELD: "signal.upheld"}[kind]
    _log(session, fact, record.id, record.tender_id, data, now)
    return remark


def _log(
    session: Session, kind: str, subject: str, tender_id: str, data: dict[str, JsonValue], now: datetime
) -> None:
    # Not among the tender's own facts: its public capsule discloses those, and signals are never public.
    audit_log.append(session, Fact(kind, subject, None, {"tender": tender_id, **data}), now)
