"""A token of an outside authority that a bid waited for arrives."""

from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from storage import audit_log
from storage.audit_log import Fact
from tender import queries
from tender.records import BidTokenRecord


def keep_token(session: Session, *, bid_id: str, authority: str, token: bytes, now: datetime) -> None:
    """Keep and log the token; nothing happens where it is there already."""
    bid = queries.bid(session, bid_id)
    queries.tender(session, bid.tender_id, lock=True)
    record = session.get_one(BidTokenRecord, (bid_id, authority))
    if record.token is not None:
        return
    record.token, record.stamped_at = token, now
    session.add(record)
    data = {"authority": authority, "token": sha256(token).hexdigest()}
    audit_log.append(session, Fact("token.fetched", bid_id, bid.tender_id, data), now)
