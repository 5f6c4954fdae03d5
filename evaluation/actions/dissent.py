"""Dissent in writing: a member who does not agree with the result says so, with reasons (条例 53)."""

from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from evaluation.actions.reopen import check_report_open, written
from evaluation.queries import panel as queries
from evaluation.records.panel import DissentRecord
from evaluation.signed_work import words_digest
from expert_pool import queries as experts
from kernel.errors import Refused, WrongStage
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.lifecycle import Move, Stage


def write_dissent(session: Session, *, actor: Actor, tender_id: str, text: str, now: datetime) -> str:
    """Keep a member's dissent; it is written once and goes into the report as it is.

    Raises:
        Refused: the member has written one, or the report is signed.
        WrongStage: the bids are not open yet.
    """
    actor.require(Duty.EXPERT)
    seat = experts.seat_of(session, tender_id, actor.person_id)
    tender = tenders.tender(session, tender_id, lock=True)
    if tender.stage not in (Stage.OPENED, Stage.EVALUATED):
        raise WrongStage(move=Move.RANK, stage=tender.stage)
    check_report_open(session, tender_id)
    if any(one.seat == seat for one in queries.dissents(session, tender_id)):
        raise Refused(rule="one-dissent", why="your dissent is on record already")
    record = DissentRecord(
        id=new_id(), tender_id=tender_id, seat=seat, text=written("text", text), written_at=now
    )
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "text": words_digest(record.text)}
    audit_log.append(session, Fact("dissent.written", record.id, tender_id, data), now)
    return record.id
