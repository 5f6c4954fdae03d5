"""What evaluation, which stands above, reports down to the tender."""

from datetime import datetime

from sqlmodel import Session

from storage import audit_log
from storage.audit_log import Fact
from tender import queries
from tender.lifecycle import Move, Stage, after


def mark_evaluated(session: Session, *, tender_id: str, ranking_digest: str, now: datetime) -> None:
    """Move the tender on once its ranking exists."""
    record = queries.tender(session, tender_id, lock=True)
    record.stage = after(Stage(record.stage), Move.RANK)
    session.add(record)
    audit_log.append(session, Fact("ranking.made", tender_id, tender_id, {"ranking": ranking_digest}), now)


def mark_ranked_again(session: Session, *, tender_id: str, ranking_digest: str, now: datetime) -> None:
    """Note the ranking that stands after a public draw put equal bids in order."""
    audit_log.append(session, Fact("ranking.made", tender_id, tender_id, {"ranking": ranking_digest}), now)


def mark_reopened(session: Session, *, tender_id: str, ranking_digest: str, now: datetime) -> None:
    """Take the tender back into evaluation; the ranking that it had counts no more."""
    record = queries.tender(session, tender_id, lock=True)
    record.stage = after(Stage(record.stage), Move.REOPEN)
    session.add(record)
    audit_log.append(session, Fact("ranking.voided", tender_id, tender_id, {"ranking": ranking_digest}), now)
