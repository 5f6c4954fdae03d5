"""The clock of a case: two limits, lawful stops, one extension, what a broken promise leads to."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from approval.actions.recompute import recompute_running
from approval.item import OnTimeout
from approval.lifecycle import TRANSITIONS, Act, Role, State
from approval.limits import STOP_KINDS, check_stop
from approval.records.cases import LetterRecord, TaskRecord
from kernel.errors import BadInput, NotAllowed, Refused, TenderingError
from kernel.working_days import ChangedDay
from tests.approval.centre import Centre, make_centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def test_days_of_a_stop_do_not_count(centre: Centre) -> None:
    case = centre.accepted()
    centre.go_to("2026-04-10")
    centre.act(case, Act.STOP, "officer-a", kind="testing", planned_days=5)
    stopped = centre.case(case)
    assert (stopped.is_stopped, stopped.promise_due, stopped.statutory_due) == (True, None, None)
    centre.go_to("2026-04-17")
    centre.act(case, Act.RESUME, "officer-a", result="passed")
    centre.go_to("2026-04-29")
    centre.act(case, Act.STOP, "officer-a", kind="hearing", planned_days=7)
    centre.go_to("2026-05-11")
    centre.act(case, Act.RESUME, "officer-a")
    assert str(centre.case(case).statutory_due) == "2026-05-19"


@pytest.mark.parametrize("kind", STOP_KINDS)
def test_each_of_the_eight_kinds_is_lawful(kind: str) -> None:
    check_stop(kind, 5, False)


@pytest.mark.parametrize("kind", ["holiday", "lunch", "", "pause"])
def test_no_other_reason_stops_the_clock(centre: Centre, kind: str) -> None:
    case = centre.accepted()
    with pytest.raises(TenderingError):
        centre.act(case, Act.STOP, "officer-a", kind=kind, planned_days=5)
    assert not centre.case(case).is_stopped


def test_one_stop_at_a_time(centre: Centre) -> None:
    case = centre.accepted()
    centre.act(case, Act.STOP, "officer-a", kind="testing", planned_days=5)
    with pytest.raises(Refused, match="stopped already"):
        centre.act(case, Act.STOP, "officer-a", kind="testing", planned_days=5)


@pytest.mark.parametrize("what", [Act.PASS_STEP])
def test_a_stopped_case_waits(centre: Centre, what: Act) -> None:
    case = centre.accepted()
    centre.act(case, Act.STOP, "officer-a", kind="testing", planned_days=5)
    with pytest.raises(Refused, match="resume it first"):
        centre.act(case, what, "officer-a")


@pytest.mark.parametrize(("day", "may"), [("2026-04-29", True), ("2026-04-30", True), ("2026-05-01", False)])
def test_an_extension_comes_before_the_deadline(centre: Centre, day: str, may: bool) -> None:
    case = centre.accepted()
    centre.go_to(day)
    if may:
        centre.act(case, Act.EXTEND, "leader-a", days=10, reason="complex")
        assert str(centre.case(case).statutory_due) == "2026-05-18"
    else:
        with pytest.raises(Refused, match="before expiry"):
            centre.act(case, Act.EXTEND, "leader-a", days=10, reason="complex")


def test_a_case_is_extended_once_by_its_leader_within_measure(centre: Centre) -> None:
    case = centre.accepted()
    with pytest.raises(NotAllowed):
        centre.act(case, Act.EXTEND, "officer-a", days=5, reason="r")
    with pytest.raises(BadInput, match="1 to 10"):
        centre.act(case, Act.EXTEND, "leader-a", days=11, reason="r")
    centre.act(case, Act.EXTEND, "leader-a", days=5, reason="r")
    with pytest.raises(Refused, match="extended before"):
        centre.act(case, Act.EXTEND, "leader-a", days=1, reason="r")


@pytest.mark.parametrize(
    ("day", "passes"), [("2026-04-10", False), ("2026-04-13", False), ("2026-04-14", True)]
)
def test_a_broken_promise_opens_the_next_step_and_owes_a_paper(
    centre: Centre, day: str, passes: bool
) -> None:
    centre.item("A-2", on_timeout="proceed")
    case = centre.accepted("A-2")
    centre.go_to(day)
    assert centre.clock_acts(case) == ([Act.PASS_BY_DEFAULT] if passes else [])
    found = centre.case(case)
    assert found.state == (State.EXAMINING if passes else State.REVIEWING)
    with centre.platform.database.reading() as session:
        tasks = session.exec(select(TaskRecord).where(TaskRecord.kind == "default_paper")).all()
    assert [str(task.due_on) for task in tasks] == (["2026-04-15"] if passes else [])


def test_an_item_with_cards_only_just_runs_on(centre: Centre) -> None:
    case = centre.accepted()
    centre.go_to("2026-06-01")
    assert centre.clock_acts(case) == []


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(list(OnTimeout)), st.integers(1, 400))
def test_the_clock_never_issues_a_permit(
    tmp_path_factory: pytest.TempPathFactory, kind: OnTimeout, days: int
) -> None:
    centre = make_centre(tmp_path_factory.mktemp("clock"))
    centre.item(
        "A-2",
        on_timeout=str(kind),
        deemed_law="行政许可法第五十条" if kind is OnTimeout.DEEMED_BY_LAW else "",
    )
    case = centre.accepted("A-2")
    centre.platform.clock.at += timedelta(days=days)
    for _ in range(3):
        centre.clock_acts(case)
    found = centre.case(case)
    assert found.state in (State.REVIEWING, State.EXAMINING)
    assert found.outcome == ""
    with centre.platform.database.reading() as session:
        assert session.exec(select(LetterRecord)).all() == []


def test_running_the_clock_again_changes_nothing(centre: Centre) -> None:
    centre.item("A-2", on_timeout="proceed")
    case = centre.accepted("A-2")
    centre.go_to("2026-04-14")
    centre.clock_acts(case)
    before = centre.case(case).sequence
    assert centre.clock_acts(case) == []
    assert centre.case(case).sequence == before


def test_only_recomputing_deeming_ending_and_passing_are_acts_of_the_clock() -> None:
    acts = {act for (_, act), rule in TRANSITIONS.items() if Role.SYSTEM in rule.roles}
    assert acts == {Act.DEEM_ACCEPTED, Act.PASS_BY_DEFAULT, Act.END, Act.RECOMPUTE}


@pytest.mark.parametrize(("days", "may"), [(19, True), (20, True), (21, False)])
def test_a_limit_for_one_case_stays_below_the_law(centre: Centre, days: int, may: bool) -> None:
    case = centre.accepted()
    if not may:
        with pytest.raises(BadInput, match="1 to 20"):
            centre.act(case, Act.GIVE_LIMIT, days=days, minutes="M-1")
        return
    with pytest.raises(BadInput, match="minutes"):
        centre.act(case, Act.GIVE_LIMIT, days=days)
    centre.act(case, Act.GIVE_LIMIT, days=days, minutes="M-1")
    assert centre.case(case).custom_days == days


def test_a_date_past_the_table_is_provisional_until_the_notice_comes(centre: Centre) -> None:
    centre.go_to("2026-12-28")
    centre.item("A-2", promised_days=7)
    case = centre.accepted("A-2")
    before = centre.case(case)
    assert before.is_provisional
    centre.go_to("2027-01-29")
    assert centre.clock_acts(case) == []  # nothing happens on a provisional date
    off = ["01-01", "02-08", "04-05", "05-03", "06-09", "09-15", "10-01"]
    days = [ChangedDay(date.fromisoformat(f"2027-{day}"), False, "国办发明电〔2026〕9号") for day in off]
    calendar = centre.calendar.with_rows(days)
    with centre.platform.database.transaction() as session:
        assert (
            recompute_running(session, notice="国办发明电〔2026〕9号", calendar=calendar, now=centre.now) == 1
        )
    after, event = centre.case(case), centre.events(case)[-1]
    assert not after.is_provisional
    assert event.action == Act.RECOMPUTE
    assert event.data["notice"] == "国办发明电〔2026〕9号"
    assert event.data["old"]["promise"] == str(before.promise_due)
    assert event.data["new"]["promise"] == str(after.promise_due)


def test_publicity_holds_the_case_for_its_days(centre: Centre) -> None:
    t = {"zh": "步", "en": "step"}
    steps = [
        {"code": "public", "title": t, "kind": "publicity", "post": "p", "limit_days": 5},
        {"code": "decide", "title": t, "kind": "decide", "post": "d", "limit_days": 1},
    ]
    centre.item("A-2", steps=steps)
    case = centre.accepted("A-2")
    centre.go_to("2026-04-09")
    with pytest.raises(Refused, match="objections may come"):
        centre.act(case, Act.PASS_STEP, "officer-a")
    centre.go_to("2026-04-10")
    centre.act(case, Act.PASS_STEP, "officer-a")


def test_experts_are_heard_inside_a_stop(centre: Centre) -> None:
    t = {"zh": "步", "en": "step"}
    steps = [
        {"code": "experts", "title": t, "kind": "expert_review", "post": "p", "limit_days": 5},
        {"code": "decide", "title": t, "kind": "decide", "post": "d", "limit_days": 1},
    ]
    centre.item("A-2", steps=steps)
    case = centre.accepted("A-2")
    with pytest.raises(Refused, match="stop the clock for the experts"):
        centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.STOP, "officer-a", kind="expert_review", planned_days=10, refers_to="draw 1")
    centre.go_to("2026-04-10")
    centre.act(case, Act.RESUME, "officer-a", result="agreed")
    centre.act(case, Act.PASS_STEP, "officer-a")
