"""十项工作制度: the ten working regimes of a service centre, one short story each."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from accounts.duties import Duty
from approval.actions import reception
from approval.lifecycle import Act, State
from approval.queries import work_lists
from approval.records.cases import ContactRecord
from approval.records.organisation import AbsenceRecord
from kernel.errors import BadInput, NoPower, NotOnDuty
from supervision.actions.bulletins import keep_scores
from supervision.actions.cards import Accountability, move_card
from supervision.card_life import CardMove, CardState
from supervision.periods import read_period
from supervision.queries import scores
from supervision.records import AccountabilityRecord, CardRecord
from tests.approval.centre import Centre
from tests.approval.test_projects import decide, opened, running, state, with_departments
from tests.supervision.house import done, make_house, sweep


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_house(tmp_path)


def test_1_a_chief_representative_decides_by_letter(centre: Centre) -> None:
    """首席代表."""
    case = centre.accepted()
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.PASS_STEP, "leader-a")
    without_letter = centre.person("newcomer", Duty.WINDOW_STAFF, department="a")
    with pytest.raises(NoPower, match="decide"):
        centre.act(case, Act.GRANT, without_letter)
    centre.act(case, Act.GRANT, "chief-a")
    assert centre.case(case).was_decided_at_window


def test_2_whoever_is_asked_first_stays_answerable(centre: Centre) -> None:
    """首问负责."""
    centre.department("b")
    first, second = centre.platform.people["chief-a"], centre.platform.people["chief-b"]
    with centre.platform.database.transaction() as session:
        contact = reception.open_contact(session, actor=first, subject="a licence", now=centre.now)
        reception.close_contact(
            session,
            actor=first,
            contact_id=contact.id,
            ending="handed_over",
            to_window_id=centre.windows["b"],
            now=centre.now,
        )
        assert contact.closed_at is None
        reception.confirm_contact(session, actor=second, contact_id=contact.id, now=centre.now)
    with centre.platform.database.reading() as session:
        open_now = session.exec(select(ContactRecord).where(col(ContactRecord.closed_at).is_(None))).all()
    assert [row.owner_id for row in open_now] == [second.person_id]


def test_3_b_stands_in_for_a(centre: Centre) -> None:
    """AB角岗位."""
    a = centre.platform.people["officer-a"]
    b = centre.person("stand-in", Duty.CASE_OFFICER, department="a")
    centre.post("a", "review", a, b)
    case = centre.accepted()
    with pytest.raises(NotOnDuty):
        centre.act(case, Act.PASS_STEP, b)
    with centre.platform.database.transaction() as session:
        session.add(AbsenceRecord(person_id=a.person_id, day=centre.today))
    assert centre.act(case, Act.PASS_STEP, b).to_state == State.EXAMINING


def test_4_everything_that_is_missing_is_told_once(centre: Centre) -> None:
    """一次告知."""
    case = centre.received(papers=())
    assert centre.act(case, Act.TELL_MISSING, codes=["form", "plan"]).data["codes"] == ["form", "plan"]
    centre.act(case, Act.ADD_MATERIAL, code="form", status="shown")
    centre.act(case, Act.ADD_MATERIAL, code="plan", status="shown")
    centre.act(case, Act.SUPPLEMENT)
    centre.act(case, Act.ACCEPT)
    assert centre.case(case).state == State.REVIEWING


def test_5_a_promise_has_its_day_and_a_broken_one_its_card(centre: Centre) -> None:
    """承诺办理."""
    case = centre.accepted()
    assert centre.case(case).promise_due == date(2026, 4, 13)
    centre.go_to("2026-04-14")
    sweep(centre)
    with centre.platform.database.reading() as session:
        rules = {card.rule for card in session.exec(select(CardRecord).where(CardRecord.subject_id == case))}
    assert "R3" in rules


def test_6_a_case_runs_online_from_end_to_end(centre: Centre) -> None:
    """网上审批."""
    applicant = centre.platform.people["applicant"]
    opened = centre.open(actor=applicant, channel="online", online_mode="direct").case
    for code in ("form", "plan"):
        paper = {"digest": "ab" * 32, "size": 9, "name": "a.pdf", "media_type": "application/pdf"}
        centre.act(opened, Act.ADD_MATERIAL, applicant, code=code, **paper)
    centre.act(opened, Act.APPLY, applicant)
    centre.act(opened, Act.ACCEPT)
    centre.act(opened, Act.PASS_STEP, "officer-a")
    centre.act(opened, Act.PASS_STEP, "leader-a")
    centre.act(opened, Act.GRANT)
    centre.act(opened, Act.CERTIFY)
    centre.act(opened, Act.DELIVER, way="electronic")
    found = centre.case(opened.id)
    assert (found.state, found.visits) == (State.DONE, 0)


def test_7_departments_work_at_the_same_time(centre: Centre) -> None:
    """并联审批."""
    project_id, cases = running(centre, 3)
    assert {centre.case(case).accepted_on for case in cases} == {centre.today}
    for case in cases:
        decide(centre, case)
    assert state(centre, project_id) == "joined"


def test_8_a_project_has_its_agent(centre: Centre) -> None:
    """全程代办."""
    agent = centre.person("agent", Duty.CENTRE_OFFICE)
    project = opened(centre, with_departments(centre, 2), agent_id=agent.person_id).project
    with centre.platform.database.reading() as session:
        assert [row.id for row in work_lists.projects(session, agent)] == [project.id]
        assert len(work_lists.children(session, project.id)) == 2
        assert work_lists.projects(session, centre.platform.people["chief-a"]) == []


def test_9_who_broke_a_rule_is_held_to_account(centre: Centre) -> None:
    """责任追究."""
    case = centre.accepted()
    centre.go_to("2026-05-06")
    sweep(centre)
    officer = centre.platform.people["officer-a"]
    with centre.platform.database.transaction() as session:
        card = next(
            c for c in session.exec(select(CardRecord)) if c.subject_id == case and c.severity == "red"
        )
        for held in (None, Accountability(officer.person_id, "talk", centre.today)):
            if held is None:
                with pytest.raises(BadInput):
                    hold(centre, session, card.id, held)
            else:
                hold(centre, session, card.id, held)
        assert card.state == CardState.HANDLED
        [kept] = session.exec(select(AccountabilityRecord))
    assert (kept.person_id, kept.kind) == (officer.person_id, "talk")


def hold(centre: Centre, session: Session, card_id: str, held: Accountability | None) -> None:
    move_card(
        session,
        actor=centre.platform.people["inspector"],
        card_id=card_id,
        move=CardMove.HANDLE,
        text="late",
        accountability=held,
        calendar=centre.calendar,
        now=centre.now,
    )


def test_10_work_is_scored_from_events(centre: Centre) -> None:
    """绩效考评."""
    done(centre)
    period = read_period("2026-04")
    with centre.platform.database.transaction() as session:
        keep_scores(session, period=period, now=centre.now)
    with centre.platform.database.reading() as session:
        found = scores.scores(session, "2026-04", "department")
    assert [row.score >= 100 for row in found] == [True]
