"""Revocation lists of the authorities that bidders sign under: fetched every hour, checked, kept.

A list that cannot be had or does not hold leaves the last one in force, until that is older than a tender allows:
from then on no bid is accepted under the authority. So each failure is told at once, and tried again with each beat.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from crypto.certificates import read_certificate
from crypto.revocation import check_fetched
from kernel.errors import TenderingError
from storage import revocation_lists
from storage.adapters import Adapters
from storage.database import Session
from storage.signing_authorities import TrustedAuthority, fetch_list
from worker.jobs import Payload

FETCH = "fetch_revocation_lists"
EVERY = timedelta(hours=1)
LOG = structlog.get_logger("worker")


@dataclass(frozen=True)
class Fetched:
    """A list that was fetched and holds."""

    authority: str
    source: str
    content: bytes
    moments: tuple[datetime, datetime]


def due(
    session: Session, authorities: Iterable[TrustedAuthority], now: datetime
) -> list[tuple[TrustedAuthority, str]]:
    """The addresses that were not fetched for an hour."""
    found = []
    for authority in authorities:
        for source in authority.sources:
            last = revocation_lists.fetched_at(session, authority.name, source)
            if last is None or now - last >= EVERY:
                found.append((authority, source))
    return found


def fetch_lists(adapters: Adapters, payload: Payload, now: datetime) -> list[Fetched]:
    """Fetch and check what is due."""
    with adapters.database.reading() as session:
        wanted = due(session, adapters.signing_authorities.values(), now)
    found = []
    for authority, source in wanted:
        try:
            content = fetch_list(source)
            read = check_fetched(content, [read_certificate(one) for one in authority.certificates], now)
        except TenderingError as error:
            LOG.error(
                "a revocation list could not be renewed", name=authority.name, source=source, why=str(error)
            )
            continue
        found.append(Fetched(authority.name, source, content, (read.this_update, read.next_update)))
    return found


def keep_lists(
    session: Session, adapters: Adapters, payload: Payload, fetched: list[Fetched], now: datetime
) -> None:
    """Keep what was fetched."""
    for one in fetched:
        revocation_lists.keep(
            session,
            authority=one.authority,
            source=one.source,
            content=one.content,
            digest=sha256(one.content).digest(),
            moments=one.moments,
            now=now,
        )
