"""A bidder hands in a number of its own for the draw of the panel."""

from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool import queries
from expert_pool.nonces import NONCE_BYTES, nonce_digest
from expert_pool.records.draws import DrawNonceRecord
from kernel.errors import BadInput, Refused
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders


def give_nonce(session: Session, *, actor: Actor, tender_id: str, nonce: bytes, now: datetime) -> None:
    """Keep a bidder's nonce, or put another one in its place; the log holds its digest and what it replaces.

    Raises:
        Refused: the request of the draw is frozen, or the organisation has no bid in this tender.
    """
    actor.require(Duty.BIDDER)
    tenders.tender(session, tender_id, lock=True)  # no request is frozen meanwhile
    if len(nonce) != NONCE_BYTES:
        raise BadInput(where="nonce", why="64 hexadecimal digits are needed")
    if not may_give(session, tender_id, actor.organisation_id):
        raise Refused(
            rule="bidders-nonce", why="only a bidder whose bid stands in this tender can hand in a nonce"
        )
    if queries.find_draw(session, tender_id) is not None:
        raise Refused(
            rule="nonces-frozen", why="the request of the draw is frozen, with the nonces of that moment"
        )
    known = queries.own_nonce(session, tender_id, actor.organisation_id, lock=True)
    if known is not None and known.nonce == nonce:
        return
    data: dict[str, JsonValue] = {
        "nonce": nonce_digest(nonce),
        "replaces": nonce_digest(known.nonce) if known else None,
    }
    session.merge(
        DrawNonceRecord(
            tender_id=tender_id,
            bidder_id=actor.organisation_id,
            nonce=nonce,
            given_by=actor.person_id,
            given_at=now,
        )
    )
    session.flush()
    audit_log.append(session, Fact("draw.nonce-given", tender_id, tender_id, data), now)


def may_give(session: Session, tender_id: str, organisation_id: str) -> bool:
    """Whether the organisation has a bid that stands in the tender."""
    found = tenders.bids_of_bidder(session, tender_id, organisation_id)
    return any(bid.status == tenders.SEALED for bid in found)
