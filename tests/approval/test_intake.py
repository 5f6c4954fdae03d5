"""Acceptance: one notice for all gaps, commitments, pledges, and what silence leads to."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from approval.lifecycle import Act, State
from approval.queries import cases
from approval.records.cases import CommitmentRecord, CreditRecord, TaskRecord
from kernel.errors import BadInput, IncompletePapers, Refused
from tests.approval.centre import Centre, make_centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def test_a_one_time_notice_names_every_missing_main_paper(centre: Centre) -> None:
    case = centre.received(papers=())
    with pytest.raises(IncompletePapers, match="form"):
        centre.act(case, Act.TELL_MISSING, codes=["plan"])
    assert centre.act(case, Act.TELL_MISSING, codes=["form", "plan"]).data["old"] == []


def test_a_second_notice_for_an_old_gap_needs_a_reason_and_is_marked(centre: Centre) -> None:
    case = centre.received(papers=())
    centre.act(case, Act.TELL_MISSING, codes=["form"])
    centre.act(case, Act.ADD_MATERIAL, code="form", status="shown")
    centre.act(case, Act.SUPPLEMENT)
    with pytest.raises(Refused, match="plan could have been named"):
        centre.act(case, Act.TELL_MISSING, codes=["plan"])
    event = centre.act(case, Act.TELL_MISSING, codes=["plan"], reason="the plan shows another plot")
    assert event.data["old"] == ["plan"]


def test_a_paper_that_was_named_may_be_asked_for_again(centre: Centre) -> None:
    case = centre.received(papers=())
    centre.act(case, Act.TELL_MISSING, codes=["form", "plan"])
    centre.act(case, Act.ADD_MATERIAL, code="form", status="shown")
    centre.act(case, Act.SUPPLEMENT)
    assert centre.act(case, Act.TELL_MISSING, codes=["plan"]).data["old"] == []


def test_a_paper_that_the_item_does_not_list_is_not_asked_for(centre: Centre) -> None:
    case = centre.received(papers=())
    with pytest.raises(Refused, match="does not ask for invoice"):
        centre.act(case, Act.TELL_MISSING, codes=["form", "invoice"])


def test_what_the_government_holds_is_never_missing(centre: Centre) -> None:
    papers = [{"code": "licence", "title": {"zh": "照", "en": "l"}, "is_main": True, "trust": "A"}]
    centre.item("A-9", materials=papers)
    assert centre.case(centre.accepted("A-9", papers=())).state == State.REVIEWING


@pytest.mark.parametrize(
    ("day", "is_deemed"), [("2026-04-08", False), ("2026-04-09", False), ("2026-04-10", True)]
)
def test_silence_of_five_working_days_is_acceptance_from_the_receipt(
    centre: Centre, day: str, is_deemed: bool
) -> None:
    case = centre.received()
    centre.go_to(day)
    assert centre.clock_acts(case) == ([Act.DEEM_ACCEPTED] if is_deemed else [])
    found = centre.case(case)
    assert found.is_deemed is is_deemed
    assert found.accepted_on == (date(2026, 4, 1) if is_deemed else None)
    if is_deemed:
        assert str(found.promise_due) == "2026-04-13"


def test_a_notice_in_time_keeps_silence_from_becoming_acceptance(centre: Centre) -> None:
    case = centre.received(papers=("plan",))
    centre.act(case, Act.TELL_MISSING, codes=["form"])
    centre.go_to("2026-05-20")
    assert centre.clock_acts(case) == []


def test_a_secondary_paper_may_follow_and_a_main_one_may_not(centre: Centre) -> None:
    case = centre.received(papers=("form",))
    with pytest.raises(IncompletePapers, match="plan"):
        centre.act(case, Act.ACCEPT)
    centre.act(case, Act.ACCEPT, committed=["plan"], due_on="2026-04-10")
    assert centre.case(case).state == State.REVIEWING
    other = centre.received(papers=("plan",))
    with pytest.raises(Refused, match="form is a main paper"):
        centre.act(other, Act.ACCEPT, committed=["form"], due_on="2026-04-10")


@pytest.mark.parametrize(("due", "may"), [("2026-04-10", True), ("2026-04-13", True), ("2026-04-14", False)])
def test_papers_follow_within_the_promised_time(centre: Centre, due: str, may: bool) -> None:
    case = centre.received(papers=("form",))
    if may:
        centre.act(case, Act.ACCEPT, committed=["plan"], due_on=due)
    else:
        with pytest.raises(Refused, match="within the promised time"):
            centre.act(case, Act.ACCEPT, committed=["plan"], due_on=due)


def test_a_decision_waits_for_promised_papers(centre: Centre) -> None:
    case = centre.received(papers=("form",))
    centre.act(case, Act.ACCEPT, committed=["plan"], due_on="2026-04-10")
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.PASS_STEP, "leader-a")
    with pytest.raises(IncompletePapers, match="plan"):
        centre.act(case, Act.GRANT)
    centre.act(case, Act.ADD_MATERIAL, code="plan", status="shown")
    centre.act(case, Act.GRANT)


@pytest.mark.parametrize(
    ("day", "has_ended"), [("2026-04-09", False), ("2026-04-10", False), ("2026-04-11", True)]
)
def test_an_unkept_commitment_ends_the_case_and_marks_the_credit(
    centre: Centre, day: str, has_ended: bool
) -> None:
    case = centre.received(papers=("form",))
    centre.act(case, Act.ACCEPT, committed=["plan"], due_on="2026-04-10")
    centre.go_to(day)
    assert centre.clock_acts(case) == ([Act.END] if has_ended else [])
    with centre.platform.database.reading() as session:
        assert len(session.exec(select(CreditRecord)).all()) == int(has_ended)
        assert cases.has_bad_credit(session, centre.case(case).applicant_key) is has_ended
    if has_ended:
        again = centre.received(papers=("form",), service_mode="every_day")
        with pytest.raises(Refused, match="earlier commitment was not kept"):
            centre.act(again, Act.ACCEPT, committed=["plan"], due_on="2026-04-14")


def test_a_pledge_replaces_the_proof_and_leaves_a_check_to_do(centre: Centre) -> None:
    case = centre.received(papers=("form",))
    centre.act(case, Act.ACCEPT, pledge=True, check_by="2026-05-29")
    with centre.platform.database.reading() as session:
        [task] = session.exec(select(TaskRecord).where(TaskRecord.kind == "pledge_check"))
        [kept] = session.exec(select(CommitmentRecord).where(CommitmentRecord.kind == "pledge"))
    assert (task.due_on, kept.case_id) == (date(2026, 5, 29), case)


def test_a_sensitive_item_takes_no_pledge(centre: Centre) -> None:
    centre.item("A-8", is_sensitive=True, allows_pledge=False)
    case = centre.received("A-8")
    with pytest.raises(Refused, match="may not be granted on a pledge"):
        centre.act(case, Act.ACCEPT, pledge=True)


def test_a_refusal_to_accept_says_why(centre: Centre) -> None:
    case = centre.received()
    with pytest.raises(BadInput, match="reason"):
        centre.act(case, Act.NOT_ACCEPT)
    centre.act(case, Act.NOT_ACCEPT, reason="not this agency's business", conditions=["c1"])
    assert centre.case(case).state == State.NOT_ACCEPTED


def test_an_instant_case_ends_in_one_act(centre: Centre) -> None:
    centre.item("A-3", mode="instant", promised_days=0)
    case = centre.received("A-3")
    centre.act(case, Act.FINISH_INSTANT)
    found = centre.case(case)
    assert (found.state, found.outcome, found.used_days, found.done_on) == (
        State.DONE,
        "granted",
        0,
        centre.today,
    )
    with pytest.raises(Refused, match="only an instant item"):
        centre.act(centre.received(), Act.FINISH_INSTANT)


def test_a_prohibited_item_is_answered_in_writing(centre: Centre) -> None:
    centre.item("A-4", mode="prohibited")
    case = centre.received("A-4")
    with pytest.raises(Refused, match="may only be answered"):
        centre.act(case, Act.ACCEPT)
    with pytest.raises(BadInput, match="law"):
        centre.act(case, Act.ANSWER, reason="the law forbids it")
    centre.act(case, Act.ANSWER, reason="the law forbids it", law="art. 4")
    assert centre.case(case).state == State.ANSWERED


def test_a_forwarded_item_waits_for_the_higher_authority(centre: Centre) -> None:
    t = {"zh": "步", "en": "step"}
    steps = [
        {"code": "forward", "title": t, "kind": "forward", "post": "review", "limit_days": 3},
        {"code": "decide", "title": t, "kind": "decide", "post": "decide", "limit_days": 1},
    ]
    centre.item("A-5", mode="forwarded", steps=steps)
    case = centre.accepted("A-5")
    assert centre.case(case).state == State.FORWARDED
    centre.act(case, Act.FORWARD_REPLY, "officer-a", reply="agreed by the province")
    centre.act(case, Act.GRANT)
    centre.act(case, Act.DELIVER, way="courier", courier_number="SF1")
    assert centre.case(case).state == State.DONE


@pytest.mark.parametrize(
    ("day", "mode", "may"), [("2026-02-17", "ordinary", False), ("2026-02-17", "every_day", True)]
)
def test_on_a_day_off_only_365_cases_are_received(centre: Centre, day: str, mode: str, may: bool) -> None:
    centre.item("A-6", promised_days=2)
    centre.go_to(day)
    if not may:
        with pytest.raises(Refused, match="day off"):
            centre.open("A-6", service_mode=mode)
        return
    case = centre.accepted("A-6", service_mode=mode)
    assert str(centre.case(case).promise_due) == "2026-02-25"


def test_half_past_midnight_in_beijing_counts_as_the_new_day(centre: Centre) -> None:
    centre.go_to("2026-02-12", hour=17)  # 01:00 on Friday the 13th in Beijing
    centre.item("A-7", promised_days=2)
    case = centre.case(centre.accepted("A-7"))
    assert (str(case.accepted_on), str(case.promise_due)) == ("2026-02-13", "2026-02-24")


def test_the_applicant_cannot_be_read_in_the_database(centre: Centre) -> None:
    case = centre.case(centre.received())
    assert "申请人".encode() not in case.applicant
    assert b"ID0001" not in case.applicant
    assert b"13800000000" not in case.applicant
