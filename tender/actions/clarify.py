"""Questions and answers: every bidder sees the same text, nobody sees who asked."""

from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from kernel.errors import Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries
from tender.actions.draft import own_tender
from tender.clarification import check_may_ask, check_text
from tender.lifecycle import Move, Stage, after
from tender.records import QuestionRecord


def ask(session: Session, *, actor: Actor, tender_id: str, text: str, now: datetime) -> str:
    """Ask a question about a published tender; returns its id."""
    actor.require(Duty.BIDDER)
    record = queries.tender(session, tender_id)
    after(Stage(record.stage), Move.ASK)
    timetable = queries.timetable(record)
    assert timetable is not None
    check_may_ask(timetable, now)
    question = QuestionRecord(
        id=new_id(),
        tender_id=tender_id,
        asked_by=actor.person_id,
        text=check_text("text", text),
        asked_at=now,
    )
    session.add(question)
    return question.id


def answer(session: Session, *, actor: Actor, question_id: str, text: str, now: datetime) -> None:
    """Answer a question once; the answer is published and logged."""
    question = queries.question(session, question_id)
    record = own_tender(session, actor, question.tender_id)
    after(Stage(record.stage), Move.ASK)
    if question.answer is not None:
        raise Refused(rule="one answer", why="the question was answered; publish an amendment to correct it")
    question.answer, question.answered_at = check_text("text", text), now
    session.add(question)
    data = {
        "question": sha256(question.text.encode()).hexdigest(),
        "answer": sha256(question.answer.encode()).hexdigest(),
    }
    audit_log.append(session, Fact("question.answered", question.id, record.id, data), now)
