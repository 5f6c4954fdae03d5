"""Every job by its name. Each is thin: it reads ids from the payload and calls one action."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from kernel.errors import NotYetClosed
from storage.adapters import Adapters
from storage.database import Session
from tender.actions import close, open_bids
from worker.jobs import Job, Payload


def close_tender(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Record the closing of a tender; after an amendment moved it, the job of the amendment does."""
    with suppress(NotYetClosed):
        close.close(session, keys=adapters.keys, tender_id=str(payload["tender_id"]), now=now)


def unseal_bid(adapters: Adapters, payload: Payload, now: datetime) -> open_bids.UnsealedBid | None:
    """Decrypt one envelope into the object store; None when more shares are needed, or it was done before."""
    with adapters.database.reading() as session:
        task = open_bids.opening_task(session, str(payload["bid_id"]))
    if task.is_done:
        return None
    return open_bids.unseal(adapters.objects, adapters.settings.var / "spool", task)


def open_bid(
    session: Session,
    adapters: Adapters,
    payload: Payload,
    unsealed: open_bids.UnsealedBid | None,
    now: datetime,
) -> None:
    """Record what came out of one envelope; the next share released asks again for what is still sealed."""
    if unsealed is not None:
        open_bids.record_opened(session, bid_id=str(payload["bid_id"]), unsealed=unsealed, now=now)


JOBS: Mapping[str, Job] = {
    "close_tender": Job(close_tender),
    "open_bid": Job(open_bid, prepare=unseal_bid),
}
