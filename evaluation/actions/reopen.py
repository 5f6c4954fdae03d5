"""Opening a step again, with a written reason: the verdicts of a lot, or one member's sheet.

The chair may, until the ranking; the supervisor may, also after it, which puts the ranking aside and asks for it anew.
What stood before is kept whole.
"""

from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from evaluation.actions.earlier import REOPENED, keep_sheet, keep_votes
from evaluation.actions.ranking import void_ranking
from evaluation.actions.seat import check_not_locked, take_chair
from evaluation.queries import judging as queries
from evaluation.queries import report as reports
from evaluation.records.panel import ReopeningRecord
from evaluation.signed_work import words_digest
from kernel.errors import BadInput, NotFound, Refused, WrongStage
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.lifecycle import Move, Stage

MOST_WORDS = 10_000  # characters of a reason, a question, an answer, a dissent
SUPERVISOR = "supervisor"
COMPLIANCE, SHEET = "compliance", "sheet"


def reopen_review(
    session: Session, *, actor: Actor, tender_id: str, lot_id: str, reason: str, now: datetime
) -> str:
    """Open the compliance review of a lot again: every member reads, changes and hands in the verdicts anew.

    Raises:
        Refused: nobody has handed in verdicts, or the actor is a member but not the chair.
    """
    by, why = _orderer(session, actor, tender_id), written("reason", reason)
    if lot_id not in {lot.id for lot in tenders.lots(session, tender_id)}:
        raise NotFound(what="lot", id=lot_id)
    ballots = [queries.ballot(session, lot_id, seat, lock=True) for seat in queries.seats(session, tender_id)]
    final = [ballot for ballot in ballots if ballot is not None and ballot.handed_in_at is not None]
    if not final:
        raise Refused(rule="nothing-to-reopen", why="no verdicts on this lot were handed in")
    record = ReopeningRecord(
        id=new_id(),
        tender_id=tender_id,
        lot_id=lot_id,
        step=COMPLIANCE,
        reason=why,
        ordered_by=by,
        person_id=actor.person_id,
        at=now,
    )
    _begin(session, record, now)
    kept: dict[str, JsonValue] = {}
    for ballot in final:
        kept[ballot.seat] = keep_votes(session, tender_id, ballot, REOPENED, record.id, now)
        ballot.handed_in_at, ballot.version = None, ballot.version + 1
        session.add(ballot)
    session.flush()
    data: dict[str, JsonValue] = {"by": by, "reason": words_digest(why), "votes": kept}
    audit_log.append(session, Fact("compliance.reopened", lot_id, tender_id, data), now)
    return record.id


def reopen_sheet(
    session: Session, *, actor: Actor, tender_id: str, bid_id: str, seat: str, reason: str, now: datetime
) -> str:
    """Open one member's signed sheet again: that member changes it and signs anew.

    Raises:
        Refused: the sheet was not signed, or the actor is a member but not the chair.
    """
    by, why = _orderer(session, actor, tender_id), written("reason", reason)
    sheet = queries.sheet(session, bid_id, seat, lock=True)
    if sheet is None or tenders.bid(session, bid_id).tender_id != tender_id:
        raise NotFound(what="sheet for bid", id=bid_id)
    if sheet.signed_at is None:
        raise Refused(rule="nothing-to-reopen", why="this sheet is not signed")
    record = ReopeningRecord(
        id=new_id(),
        tender_id=tender_id,
        lot_id=sheet.lot_id,
        step=SHEET,
        bid_id=bid_id,
        seat=seat,
        reason=why,
        ordered_by=by,
        person_id=actor.person_id,
        at=now,
    )
    _begin(session, record, now)
    digest = keep_sheet(session, tender_id, sheet, REOPENED, record.id, now)
    sheet.signed_at, sheet.version = None, sheet.version + 1
    session.add(sheet)
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "by": by, "reason": words_digest(why), "sheet": digest}
    audit_log.append(session, Fact("sheet.reopened", bid_id, tender_id, data), now)
    return record.id


def written(where: str, text: str) -> str:
    """What somebody wrote, trimmed; raises BadInput when it is empty or endless."""
    found = text.strip()
    if not found:
        raise BadInput(where=where, why="write it out; it may not be empty")
    if len(found) > MOST_WORDS:
        raise BadInput(where=where, why="at most 10000 characters are allowed")
    return found


def check_report_open(session: Session, tender_id: str) -> None:
    """Raise Refused once the signing of the report is over: what is wrong then is for an objection."""
    signing = reports.find_signing(session, tender_id)
    if signing is not None and signing.closed_at is not None:
        raise Refused(
            rule="report-signed", why="the report is signed; nothing of this evaluation changes any more"
        )


def _orderer(session: Session, actor: Actor, tender_id: str) -> str:
    """Who opens a step again: the supervisor, or the chair by seat; the tender is locked."""
    if not actor.holds(Duty.SUPERVISOR):
        return take_chair(session, actor, tender_id)
    tender = tenders.tender(session, tender_id, lock=True)
    if tender.stage not in (Stage.OPENED, Stage.EVALUATED):
        raise WrongStage(move=Move.REOPEN, stage=tender.stage)
    check_report_open(session, tender_id)
    return SUPERVISOR


def _begin(session: Session, record: ReopeningRecord, now: datetime) -> None:
    """Write the order down; a ranking that exists is put aside first."""
    check_not_locked(session, record.tender_id)
    session.add(record)
    session.flush()
    if tenders.tender(session, record.tender_id).stage == Stage.EVALUATED:
        void_ranking(session, record.tender_id, record.id, now)
