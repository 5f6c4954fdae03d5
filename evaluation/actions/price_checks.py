"""Keep what the price checks found, and ask a bidder to confirm what the figures are corrected to (12号令 art. 19)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue, canonical
from evaluation.actions import clarify
from evaluation.queries import price_checks as queries
from evaluation.queries.clarifications import PRICE_CORRECTION
from evaluation.records.price_checks import PriceCheckRecord
from kernel.errors import Refused
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders

READ, UNREADABLE, MISSING = "read", "unreadable", "missing"


@dataclass(frozen=True)
class CheckedBid:
    """What came of one bid: its status, and the body that is kept."""

    bid_id: str
    lot_id: str
    status: str
    body: Mapping[str, JsonValue]
    findings: int


def keep_checks(session: Session, *, tender_id: str, found: Iterable[CheckedBid], now: datetime) -> None:
    """Record what was found, once for each lot; the log holds digests and counts only."""
    tenders.tender(session, tender_id, lock=True)
    done = {row.lot_id for row in queries.of_tender(session, tender_id)}
    told: dict[str, JsonValue] = {}
    for one in found:
        if one.lot_id in done:
            continue
        digest = sha256(canonical(dict(one.body))).hexdigest()
        session.add(
            PriceCheckRecord(
                bid_id=one.bid_id,
                tender_id=tender_id,
                lot_id=one.lot_id,
                status=one.status,
                body=dict(one.body),
                digest=digest,
                findings=one.findings,
                checked_at=now,
            )
        )
        told[one.bid_id] = {"status": one.status, "findings": one.findings, "checks": digest}
    if told:
        session.flush()
        audit_log.append(session, Fact("prices.checked", tender_id, tender_id, {"bids": told}), now)


def ask_correction(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    bid_id: str,
    text: str,
    limit_minutes: int = clarify.LEAST_MINUTES,
    now: datetime,
) -> str:
    """Ask the bidder, as the chair, to confirm what the bill's figures come to; returns the question's id.

    Raises:
        Refused: the arithmetic of the bill was right.
    """
    record = queries.of_bid(session, tender_id, bid_id)
    if not record.body.get("needs_correction"):
        raise Refused(rule="price-correction", why="the figures of this bid need no correction")
    return clarify.ask(
        session,
        actor=actor,
        tender_id=tender_id,
        bid_id=bid_id,
        kind=PRICE_CORRECTION,
        text=text,
        corrected_price_units=int(str(record.body["corrected_units"])),
        limit_minutes=limit_minutes,
        now=now,
    )
