"""有诉必理, 有查必果, 有果必复: every move of a complaint, for cases and tenders in one list."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from kernel.errors import BadInput, NotAllowed, NotFound, Refused, WrongCaseState
from storage.audit_log import LogRecord
from supervision.actions import complaints
from supervision.actions.cards import Accountability
from supervision.complaint_life import COMPLAINT_MOVES, ComplaintMove, ComplaintState, moves_from, next_state
from supervision.queries import cards
from supervision.queries import complaints as queries
from supervision.records import CardRecord, ComplaintRecord
from tests.approval.centre import Centre
from tests.builders import make_tender
from tests.supervision.house import SAID, complain, make_house


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_house(tmp_path)


def move(centre: Centre, complaint: ComplaintRecord, what: ComplaintMove, **more: Any) -> ComplaintRecord:
    with centre.platform.database.transaction() as session:
        return complaints.move_complaint(
            session,
            actor=more.pop("actor", centre.platform.people["inspector"]),
            complaint_id=complaint.id,
            move=what,
            calendar=centre.calendar,
            now=centre.now,
            **{"text": "as said", **more},
        )


def test_a_complaint_runs_from_its_first_word_to_the_call_back(centre: Centre) -> None:
    case = centre.case(centre.accepted())
    made, code = complain(centre, "case", case.number, name="张三", telephone="13800000000")
    assert str(made.answer_due) == "2026-04-09"  # five working days, the 6th is a holiday
    move(centre, made, ComplaintMove.ACCEPT)
    move(centre, made, ComplaintMove.FIND, is_upheld=True, text="It is right.")
    move(centre, made, ComplaintMove.REPLY, text="We have put it right.")
    with pytest.raises(Refused):
        move(centre, made, ComplaintMove.CLOSE)
    move(centre, made, ComplaintMove.CALL_BACK, text="content")
    closed = move(centre, made, ComplaintMove.CLOSE)
    assert closed.closed_at == centre.now
    with centre.platform.database.reading() as session:
        keys = centre.platform.adapters.keys
        seen = complaints.follow(session, keys=keys, number=made.number, code=code.lower())
        assert seen.reply == "We have put it right."
        with pytest.raises(NotFound):
            complaints.follow(session, keys=keys, number=made.number, code="WRONGCODE")


def test_it_is_not_closed_without_a_finding_and_a_reply(centre: Centre) -> None:
    made, _ = complain(centre, "department", centre.departments["a"])
    for what in (ComplaintMove.CLOSE, ComplaintMove.REPLY, ComplaintMove.FIND):
        with pytest.raises(WrongCaseState):
            move(centre, made, what, is_upheld=False)
    move(centre, made, ComplaintMove.ACCEPT)
    with pytest.raises(BadInput):
        move(centre, made, ComplaintMove.FIND)  # is it right or not?
    with pytest.raises(BadInput):
        move(centre, made, ComplaintMove.FIND, is_upheld=True, text=" ")
    move(centre, made, ComplaintMove.FIND, is_upheld=False)
    with pytest.raises(WrongCaseState):
        move(centre, made, ComplaintMove.CLOSE)
    move(centre, made, ComplaintMove.REPLY)
    assert move(centre, made, ComplaintMove.CLOSE).state == ComplaintState.CLOSED  # nobody to call back


def test_only_table_pairs_are_possible() -> None:
    for state, what, named in product(ComplaintState, ComplaintMove, (True, False)):
        if (state, what) not in COMPLAINT_MOVES:
            with pytest.raises(WrongCaseState):
                next_state(state, what, is_real_name=named)
    assert moves_from(ComplaintState.REPLIED, is_real_name=True) == (ComplaintMove.CALL_BACK,)
    assert moves_from(ComplaintState.REPLIED, is_real_name=False) == (ComplaintMove.CLOSE,)


def test_a_complaint_that_is_right_makes_a_card_and_names_who_answers(centre: Centre) -> None:
    made, _ = complain(centre, "window", centre.windows["a"])
    officer = centre.platform.people["officer-a"]
    move(centre, made, ComplaintMove.ACCEPT)
    with pytest.raises(BadInput):
        held = Accountability(officer.person_id, "talk", None)
        move(centre, made, ComplaintMove.FIND, is_upheld=True, accountability=held)
    held = Accountability(officer.person_id, "talk", date(2026, 4, 1))
    move(centre, made, ComplaintMove.FIND, is_upheld=True, accountability=held)
    with centre.platform.database.reading() as session:
        card = session.exec(select(CardRecord)).one()
        kept = cards.accountability_of(session, complaint_id=made.id)
    assert (card.rule, card.window_id, card.department_id) == (
        "R17",
        centre.windows["a"],
        centre.departments["a"],
    )
    assert [(row.person_id, row.kind) for row in kept] == [(officer.person_id, "talk")]


def test_cases_and_tenders_stand_in_one_list(centre: Centre) -> None:
    tender = make_tender(centre.platform)
    complain(centre, "case", centre.case(centre.accepted()).number)
    complain(centre, "tender", tender.tender_id)
    with centre.platform.database.reading() as session:
        rows = queries.page(session, limit=10)
    assert {row.subject_kind for row in rows} == {"case", "tender"}


def test_the_subject_has_to_exist(centre: Centre) -> None:
    for kind in ("case", "tender", "window", "department", "site"):
        with pytest.raises(NotFound):
            complain(centre, kind, "nothing")
    with pytest.raises(BadInput):
        complain(centre, "moon", "x")


def test_what_was_said_and_by_whom_is_sealed_and_each_look_is_logged(centre: Centre) -> None:
    made, _ = complain(centre, "site", "city", name="张三", telephone="13800000000")
    assert SAID.encode() not in made.text
    assert "张三".encode() not in made.contact
    keys, inspector = centre.platform.adapters.keys, centre.platform.people["inspector"]
    assert complaints.said(keys, made) == SAID
    with centre.platform.database.transaction() as session:
        given = complaints.contact(session, keys=keys, actor=inspector, complaint_id=made.id, now=centre.now)
        assert given == {"name": "张三", "telephone": "13800000000"}
        facts = session.exec(select(LogRecord.fact).where(LogRecord.kind == "complaint.contact-read")).all()
        assert len(facts) == 1
        assert not any("张三" in row.decode() for row in session.exec(select(LogRecord.fact)))
        with pytest.raises(NotAllowed):
            complaints.contact(
                session,
                keys=keys,
                actor=centre.platform.people["leader-a"],
                complaint_id=made.id,
                now=centre.now,
            )


def test_without_a_name_it_is_anonymous(centre: Centre) -> None:
    assert not complain(centre, "site", "city", name="张三")[0].is_real_name
    assert not complain(centre, "site", "city")[0].is_real_name


def test_a_monitor_may_give_an_opinion_and_nothing_else(centre: Centre) -> None:
    monitor, inspector = centre.platform.people["monitor"], centre.platform.people["inspector"]
    made, _ = complain(centre, "site", "city")
    with pytest.raises(NotAllowed):
        move(centre, made, ComplaintMove.ACCEPT, actor=monitor)
    with centre.platform.database.transaction() as session:
        opinion = complaints.give_opinion(session, actor=monitor, text="More chairs.", now=centre.now)
        complaints.answer_opinion(session, actor=inspector, opinion_id=opinion, text="Yes.", now=centre.now)
        assert queries.opinions(session, monitor.person_id)[0].answer == "Yes."
        with pytest.raises(BadInput):
            complaints.answer_opinion(
                session, actor=inspector, opinion_id=opinion, text="Again.", now=centre.now
            )
