"""The closing: recorded once, after it happened; from then on the database itself refuses bids."""

from datetime import datetime

from sqlmodel import Session

from crypto.checkpoint import Checkpoint, sign_checkpoint
from kernel.clock import write_time
from kernel.errors import NotYetClosed
from storage import audit_log, published_heads
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from tender import queries
from tender.actions import outages
from tender.lifecycle import Move, Stage, after
from tender.records import ClosingRecord


def close(session: Session, *, keys: PlatformKeys, tender_id: str, now: datetime) -> ClosingRecord:
    """Record that bidding ended, with the number of bids and the log's head; harmless when it is recorded already.

    Whoever comes first records it: the scheduled job or the first opener. Nothing legal hangs on when.
    """
    record = queries.tender(session, tender_id, lock=True)
    known = queries.closing(session, tender_id)
    if known is not None:
        return known
    stage = after(Stage(record.stage), Move.CLOSE)
    timetable = queries.timetable(record)
    assert timetable is not None
    if now < timetable.close_recorded_from or outages.is_down(session, now):
        raise NotYetClosed(closes_at=write_time(timetable.closes_at), now=write_time(now))
    bids = queries.sealed_bids(session, tender_id)
    last = queries.next_sequence(session, tender_id) - 1
    published_heads.fill(session, now, ahead=1)
    audit_log.append(
        session, Fact("tender.closed", tender_id, tender_id, {"last_sequence": last, "bids": len(bids)}), now
    )
    head = audit_log.frontier(session)
    published_heads.mark(session, now)
    closing = ClosingRecord(
        tender_id=tender_id,
        last_sequence=last,
        bids=len(bids),
        log_size=head.size,
        log_root=head.root(),
        checkpoint=sign_checkpoint(Checkpoint(keys.log.name, head.size, head.root()), keys.log),
        closed_at=now,
    )
    session.add(closing)
    if len(bids) < record.periods["minimum_bids"]:
        stage = after(stage, Move.FAIL)
        audit_log.append(session, Fact("tender.failed", tender_id, tender_id, {"bids": len(bids)}), now)
        published_heads.publish(session, now)
    record.stage = stage
    session.add(record)
    return closing
