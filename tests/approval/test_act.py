"""One case from the first paper to its delivery, and what may not happen on the way."""

from itertools import product
from pathlib import Path

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.event import Event, first_broken
from approval.lifecycle import TRANSITIONS, Act, Role, State, rule_of
from approval.records.organisation import AbsenceRecord
from kernel.errors import (
    IncompletePapers,
    NoPower,
    NotAllowed,
    NotOnDuty,
    Refused,
    TenderingError,
    WrongCaseState,
)
from storage.audit_log import LogRecord
from storage.outbox import JobRecord
from tests.approval.centre import Centre, make_centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def test_a_case_runs_from_receipt_to_delivery(centre: Centre) -> None:
    case = centre.decided()
    centre.act(case, Act.CERTIFY)
    centre.act(case, Act.DELIVER, way="window")
    done = centre.case(case)
    assert (done.state, done.outcome, done.done_on) == (State.DONE, "granted", centre.today)
    assert done.was_decided_at_window
    acts = [event.action for event in centre.events(case)]
    assert acts[-6:] == ["accept", "pass_step", "pass_step", "grant", "certify", "deliver"]


def test_both_due_dates_are_set_at_acceptance(centre: Centre) -> None:
    case = centre.case(centre.accepted())
    assert str(case.promise_due) == "2026-04-13"
    assert str(case.statutory_due) == "2026-04-30"


def test_the_chain_of_events_holds_and_stands_in_the_log(centre: Centre) -> None:
    case = centre.decided()
    rows = centre.events(case)
    chained = [
        (
            Event(
                r.case_id,
                r.sequence,
                r.at,
                r.happened_on,
                r.action,
                r.actor_id,
                r.role,
                r.from_state,
                r.to_state,
                r.data,
            ),
            r.hash,
        )
        for r in rows
    ]
    assert first_broken(chained) is None
    with centre.platform.database.reading() as session:
        logged = list(session.exec(select(LogRecord.kind).where(LogRecord.kind.startswith("case."))))  # type: ignore[attr-defined]
    assert logged == [f"case.{row.action}" for row in rows]


def test_any_change_of_an_event_is_named_by_its_number(centre: Centre) -> None:
    rows = centre.events(centre.decided())
    for broken in range(len(rows)):
        chained = [
            (
                Event(
                    r.case_id,
                    r.sequence,
                    r.at,
                    r.happened_on,
                    r.action,
                    "another person" if position == broken else r.actor_id,
                    r.role,
                    r.from_state,
                    r.to_state,
                    r.data,
                ),
                r.hash,
            )
            for position, r in enumerate(rows)
        ]
        assert first_broken(chained) == broken + 1
        assert first_broken(chained[:broken] + chained[broken + 1 :]) == (
            broken + 1 if broken + 1 < len(rows) else None
        )


def test_acts_ask_for_letters_and_messages_in_the_same_transaction(centre: Centre) -> None:
    case = centre.accepted()
    with centre.platform.database.reading() as session:
        jobs = [
            (j.name, j.payload) for j in session.exec(select(JobRecord)) if j.payload.get("case_id") == case
        ]
    assert ("make_letter", {"case_id": case, "sequence": 4, "kind": "acceptance"}) in jobs
    assert ("send_message", {"case_id": case, "sequence": 4}) in jobs


@pytest.mark.parametrize(("state", "act"), sorted(set(product(State, Act)) - set(TRANSITIONS)))
def test_what_the_table_lacks_is_refused(state: State, act: Act) -> None:
    with pytest.raises(WrongCaseState):
        rule_of(state, act)


def test_a_refusal_lists_what_is_possible(centre: Centre) -> None:
    case = centre.received()
    with pytest.raises(WrongCaseState, match=r"accept.*tell_missing") as refused:
        centre.act(case, Act.GRANT)
    assert refused.value.facts["state"] == State.RECEIVED


def test_no_state_of_the_end_leads_on() -> None:
    final = {State.NOT_ACCEPTED, State.WITHDRAWN, State.ENDED, State.ANSWERED}
    assert [key for key in TRANSITIONS if key[0] in final] == []


def test_the_clock_alone_never_grants() -> None:
    assert [
        act
        for (_, act), rule in TRANSITIONS.items()
        if Role.SYSTEM in rule.roles and act in (Act.GRANT, Act.CERTIFY)
    ] == []


@pytest.mark.parametrize("who", ["officer-a", "leader-a", "operator"])
def test_only_a_window_accepts(centre: Centre, who: str) -> None:
    centre.platform.people["operator"] = centre.platform.operator
    case = centre.received()
    if who == "officer-a":
        centre.act(case, Act.ACCEPT, who)  # an officer of the department may: 既受又理
    else:
        with pytest.raises(NotAllowed):
            centre.act(case, Act.ACCEPT, who)


def test_a_chief_without_the_power_is_told_which_one_is_missing(centre: Centre) -> None:
    second = centre.person("second", Duty.WINDOW_STAFF, department="a")
    centre.mandate(second, "a", powers=["report"])
    case = centre.accepted()
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.PASS_STEP, "leader-a")
    with pytest.raises(NoPower, match="decide"):
        centre.act(case, Act.GRANT, second)


@pytest.mark.parametrize(("day", "may"), [("2026-12-30", True), ("2026-12-31", True), ("2027-01-01", False)])
def test_a_mandate_ends_at_midnight_of_its_last_day(centre: Centre, day: str, may: bool) -> None:
    case = centre.accepted()
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.PASS_STEP, "leader-a")
    centre.go_to(day, hour=2)
    if may:
        centre.act(case, Act.GRANT)
    else:
        with pytest.raises(NoPower):
            centre.act(case, Act.GRANT)


def test_an_item_that_is_not_general_goes_to_the_leader(centre: Centre) -> None:
    centre.item("A-2", is_general=False)
    case = centre.accepted("A-2")
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.PASS_STEP, "leader-a")
    event = centre.act(case, Act.GRANT)
    assert event.data["recommended"] == "grant"
    assert centre.case(case).state == State.DECIDING
    centre.act(case, Act.GRANT, "leader-a")
    assert centre.case(case).state == State.GRANTED


def test_b_acts_while_a_is_away_and_nobody_while_both_are(centre: Centre) -> None:
    a = centre.platform.people["officer-a"]
    b = centre.person("deputy", Duty.CASE_OFFICER, department="a")
    centre.post("a", "review", a, b)
    case = centre.accepted()
    with pytest.raises(NotOnDuty):
        centre.act(case, Act.PASS_STEP, b)
    with centre.platform.database.transaction() as session:
        session.add(AbsenceRecord(person_id=a.person_id, day=centre.today))
    with pytest.raises(NotOnDuty):
        centre.act(case, Act.PASS_STEP, a)
    centre.act(case, Act.PASS_STEP, b)
    centre.act(case, Act.SEND_BACK, "leader-a", reason="again")
    with centre.platform.database.transaction() as session:
        session.add(AbsenceRecord(person_id=b.person_id, day=centre.today))
    with pytest.raises(NotOnDuty):
        centre.act(case, Act.PASS_STEP, b)


def test_steps_are_done_in_order(centre: Centre) -> None:
    case = centre.accepted()
    with pytest.raises(WrongCaseState):
        centre.act(case, Act.GRANT)
    centre.act(case, Act.PASS_STEP, "officer-a")
    assert centre.case(case).state == State.EXAMINING
    with pytest.raises(WrongCaseState):
        centre.act(case, Act.CERTIFY)


def test_a_decision_rests_on_listed_conditions(centre: Centre) -> None:
    case = centre.accepted()
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.PASS_STEP, "leader-a")
    with pytest.raises(Refused, match="no condition"):
        centre.act(case, Act.REFUSE, conditions=["invented"])
    with pytest.raises(TenderingError, match="at least one condition"):
        centre.act(case, Act.REFUSE)
    assert centre.act(case, Act.REFUSE, conditions=["c2"]).data["conditions"] == ["c2"]


def test_nothing_is_written_when_an_act_is_refused(centre: Centre) -> None:
    case = centre.received(papers=("plan",))
    before = centre.case(case)
    with pytest.raises(IncompletePapers, match="form"):
        centre.act(case, Act.ACCEPT)
    after = centre.case(case)
    assert (after.sequence, after.state, after.head) == (before.sequence, before.state, before.head)


def test_a_window_of_another_department_may_not_touch_the_case(centre: Centre) -> None:
    centre.department("b")
    case = centre.received()
    with pytest.raises(NotAllowed):
        centre.act(case, Act.ACCEPT, "chief-b")
