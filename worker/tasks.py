"""Every job by its name. Each is thin: it reads ids from the payload and calls one action."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from approval.actions import recompute
from approval.queries.calendar import calendar
from evaluation.actions import collusion as collusion_actions
from evaluation.actions import findings as findings_actions
from evaluation.actions import stages
from expert_pool.actions import eligibility
from kernel.errors import NotYetClosed
from storage import national_log, published_heads
from storage.adapters import Adapters
from storage.database import Session
from tender.actions import close, open_bids, open_prices, unseal
from worker import (
    blind,
    calls,
    collusion,
    drafts,
    findings,
    guides,
    letters,
    messages,
    price_checks,
    reports,
    revocation,
    sweeps,
    timestamps,
    witnesses,
)
from worker.jobs import Job, Payload


def close_tender(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Record the closing of a tender; after an amendment moved it, the job of the amendment does."""
    with suppress(NotYetClosed):
        close.close(session, keys=adapters.keys, tender_id=str(payload["tender_id"]), now=now)


def unseal_bid(adapters: Adapters, payload: Payload, now: datetime) -> unseal.UnsealedBid | None:
    """Decrypt the envelopes of one bid into the object store; None when shares are missing, or it was done before."""
    with adapters.database.reading() as session:
        task = unseal.opening_task(session, str(payload["bid_id"]), now)
    if task.is_done:
        return None
    return unseal.unseal(adapters.objects, adapters.settings.var / "spool", task)


def open_bid(
    session: Session,
    adapters: Adapters,
    payload: Payload,
    unsealed: unseal.UnsealedBid | None,
    now: datetime,
) -> None:
    """Record what came out of one bid; the next share released asks again for what is still sealed."""
    if unsealed is not None:
        record = open_prices.record_price if unsealed.is_later else open_bids.record_opened
        record(session, bid_id=str(payload["bid_id"]), unsealed=unsealed, now=now)


def score_and_rank(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Rank a tender whose last sheet was signed and whose flagged figures are explained; sealed prices open first."""
    tender_id = str(payload["tender_id"])
    if not stages.lock_when_complete(session, keys=adapters.keys, tender_id=tender_id, now=now):
        findings_actions.rank(session, tender_id=tender_id, now=now)


def recompute_due_dates(
    session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime
) -> None:
    """期限重算: after a holiday notice, move the dates of running cases, each with an event."""
    recompute.recompute_running(
        session, notice=str(payload["notice_no"]), calendar=calendar(session), now=now
    )


def recheck_avoidance(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Look at panel and reserves again, now that the bidders are known."""
    eligibility.recheck_avoidance(session, str(payload["tender_id"]), now)


def look_again(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Read every bid of a tender anew, with the prices that were opened."""
    collusion_actions.look_again(session, tender_id=str(payload["tender_id"]), now=now)


def publish_head(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Let the public see a new head of the log."""
    published_heads.publish_due(session, now)


JOBS: Mapping[str, Job] = {
    "close_tender": Job(close_tender),
    "open_bid": Job(open_bid, prepare=unseal_bid),
    "score_and_rank": Job(score_and_rank),
    "make_report": Job(reports.keep_report, prepare=reports.write_report),
    "close_signatures": Job(reports.keep_signatures, prepare=reports.write_signatures),
    "make_findings": Job(findings.keep_findings, prepare=findings.make_findings),
    "make_letter": Job(letters.keep_letter, prepare=letters.write_letter),
    "make_project_letter": Job(letters.keep_paper("project_id"), prepare=letters.write_project_letter),
    "make_bill": Job(letters.keep_paper("bill_id"), prepare=letters.write_bill),
    "make_minutes": Job(letters.keep_paper("meeting_id"), prepare=letters.write_minutes),
    "make_explanation": Job(letters.keep_paper("contact_id"), prepare=letters.write_explanation),
    "call_expert": Job(calls.keep_call, prepare=calls.place_call),
    "send_message": Job(messages.keep_sent, prepare=messages.send_message),
    "recompute_due_dates": Job(recompute_due_dates),
    "make_guides": Job(guides.keep_guides, prepare=guides.write_guides),
    "make_booklet": Job(guides.keep_booklet, prepare=guides.write_booklet),
    "make_mandate_letter": Job(guides.keep_letter, prepare=guides.write_letter),
    "make_commitment": Job(guides.keep_commitment, prepare=guides.write_commitment),
    "read_bid_facts": Job(collusion.keep_bid, prepare=collusion.read_bid),
    "look_again": Job(look_again),
    "find_signals": Job(collusion.keep_search, prepare=collusion.search),
    "check_bills": Job(price_checks.keep_checks, prepare=price_checks.check_bills),
    "prepare_blind": Job(blind.ask_for_parts),
    "blind_part": Job(blind.keep_part, prepare=blind.make_part),
    "recheck_avoidance": Job(recheck_avoidance),
    "sweep": Job(sweeps.sweep_all),
    "remind_bidder": Job(drafts.keep_reminder, prepare=drafts.send_reminder),
    "confirm_upload": Job(drafts.keep_confirmed, prepare=drafts.confirm_upload),
    "drop_draft": Job(lambda *_: None, prepare=drafts.drop_draft),
    "clear_drafts": Job(drafts.forget_drafts, prepare=drafts.clear_drafts),
    "fetch_token": Job(timestamps.keep_fetched, prepare=timestamps.fetch_token),
    "renew_archive": Job(timestamps.keep_renewal, prepare=timestamps.renew_archive),
    "fetch_revocation_lists": Job(revocation.keep_lists, prepare=revocation.fetch_lists),
    "publish_head": Job(publish_head),
    "keep_national_nodes": Job(lambda session, *_: national_log.keep_nodes(session)),
    "ask_witnesses": Job(witnesses.keep_cosignatures, prepare=witnesses.ask_witnesses),
    "make_bulletins": Job(sweeps.keep_bulletins, prepare=sweeps.write_bulletins),
}
