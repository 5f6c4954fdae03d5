"""A tender that opens in stages: when the panel's scores are complete they are locked; only then prices may open.

The chair says when the panel has nothing left to ask about the opened prices, and the ranking follows.
"""

from datetime import datetime

from sqlmodel import Session

from accounts.actions.passkeys import check_step_up
from accounts.duties import Actor, Duty
from evaluation.actions.findings import compare_scores
from evaluation.actions.ranking import rank_when_complete
from evaluation.actions.seat import take_chair
from evaluation.case import write_case
from evaluation.queries import clarifications, judging
from evaluation.records.panel import PriceReviewRecord
from evaluation.signed_work import score_digests
from kernel.errors import Refused
from storage import audit_log
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from tender import queries as tenders
from tender.actions.open_prices import lock_scores
from tender.queries import stages


def lock_when_complete(session: Session, *, keys: PlatformKeys, tender_id: str, now: datetime) -> bool:
    """Lock the scores of a tender whose prices are sealed, once nothing is missing; returns whether they are locked."""
    tenders.tender(session, tender_id, lock=True)
    if not stages.prices_are_sealed(session, tender_id):
        return False
    if stages.score_lock(session, tender_id) is not None:
        return True
    lots = tenders.lots(session, tender_id)
    if not judging.scores_are_complete(session, tender_id) or any(
        compare_scores(session, tender_id=tender_id, lot_id=lot.id, now=now) for lot in lots
    ):
        return False
    scores: dict[str, dict[str, str]] = {}
    for lot in lots:
        scores |= score_digests(write_case(judging.evaluation_case(session, tender_id, lot.id)))
    lock_scores(session, keys=keys, tender_id=tender_id, scores=scores, now=now)
    return True


def finish_price_review(
    session: Session, *, actor: Actor, tender_id: str, now: datetime
) -> PriceReviewRecord:
    """The chair says that nothing is left to ask about the opened prices; the ranking is asked for.

    Raises:
        Refused: the prices are still sealed, a question to a bidder is open, or the tender does not open in stages.
    """
    seat = take_chair(session, actor, tender_id)
    check_step_up(session, actor=actor, duty=Duty.EXPERT, now=now)
    if not stages.stays_sealed(session, tender_id) or stages.prices_are_sealed(session, tender_id):
        raise Refused(rule="prices-first", why="no sealed prices of this tender were opened yet")
    known = session.get(PriceReviewRecord, tender_id)
    if known is not None:
        return known
    if any(clarifications.unsettled(session, lot.id) for lot in tenders.lots(session, tender_id)):
        raise Refused(rule="answers-first", why="the panel has not settled every question to the bidders yet")
    record = PriceReviewRecord(tender_id=tender_id, seat=seat, at=now)
    session.add(record)
    session.flush()
    audit_log.append(session, Fact("prices.reviewed", tender_id, tender_id, {"seat": seat}), now)
    rank_when_complete(session, tender_id, now)
    return record
