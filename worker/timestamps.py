"""Timestamps that come later: awaited tokens of outside authorities, and stamps that keep the whole log provable.

A token is worth what its authority's certificate and algorithm are worth. Every token's hash stands in the log, so a
stamp over a head of the log, made while they still hold, proves for good that all of them existed before.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from crypto.timestamps import check_token, issue
from kernel.errors import Unavailable
from storage import archive_stamps, audit_log, published_heads
from storage.adapters import Adapters
from storage.archive_stamps import OWN
from storage.database import Session
from tender import queries
from tender.actions.late_tokens import keep_token
from tender.records import BidTokenRecord
from worker.jobs import Payload

RENEW = "renew_archive"
LOG = structlog.get_logger("worker")


def fetch_token(adapters: Adapters, payload: Payload, now: datetime) -> bytes | None:
    """Ask again for a token that a bid still awaits; None when it came meanwhile. Raises Unavailable."""
    bid_id, name = str(payload["bid_id"]), str(payload["authority"])
    with adapters.database.reading() as session:
        awaited = session.get(BidTokenRecord, (bid_id, name))
        digest = queries.bid(session, bid_id).digest
    if awaited is None or awaited.token is not None:
        return None
    authority = adapters.authorities.get(name)
    if authority is None:
        raise Unavailable(what=f"The timestamp authority {name}")
    return authority.stamp(digest)


def keep_fetched(
    session: Session, adapters: Adapters, payload: Payload, token: bytes | None, now: datetime
) -> None:
    """Keep an awaited token."""
    if token is not None:
        keep_token(
            session, bid_id=str(payload["bid_id"]), authority=str(payload["authority"]), token=token, now=now
        )


@dataclass(frozen=True)
class Renewal:
    """Stamps over one head of the log, by authority."""

    size: int
    tokens: dict[str, tuple[bytes, datetime]]


def renew_archive(adapters: Adapters, payload: Payload, now: datetime) -> Renewal | None:
    """Stamp the head of the log by every authority whose last stamp is a month old; None where none is due."""
    with adapters.database.reading() as session:
        size = published_heads.public_size(session)
        root = audit_log.root_at(session, size)
        due = archive_stamps.due(session, (OWN, *adapters.authorities), now)
    if not due or not size:
        return None
    tokens = {}
    for name in due:
        try:
            if name == OWN:
                token = issue(adapters.keys.authority, root, now, size)
                at = check_token(token, root, adapters.keys.authority.certificate)
            else:
                token = adapters.authorities[name].stamp(root)
                at = adapters.authorities[name].pinned.check(token, root)
        except Unavailable:
            LOG.warning("an authority could not renew the archive; the next beat tries again", name=name)
            continue
        tokens[name] = (token, at)
    return Renewal(size, tokens) if tokens else None


def keep_renewal(
    session: Session, adapters: Adapters, payload: Payload, made: Renewal | None, now: datetime
) -> None:
    """Keep the stamps."""
    if made is not None:
        archive_stamps.keep(session, size=made.size, tokens=made.tokens, now=now)
