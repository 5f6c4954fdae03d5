"""A case on its page, the department, the leader: each act through its form."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from approval.lifecycle import Act, State
from approval.records.cases import AttemptRecord, TaskRecord
from approval.records.organisation import AbsenceRecord
from tests.web.staff import PAPERS, PDF, Staff, case_on, rows, staff_at_work


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with staff_at_work(tmp_path) as made:
        yield made


def test_a_form_stands_for_every_act_that_is_allowed_now_and_for_no_other(staff: Staff) -> None:
    case = staff.centre.accepted("P-1")
    offered = re.findall(r"/acts/(\w+)\"", staff.go("officer-a", f"/cases/{case}").text)
    assert offered[0] == "pass_step"
    assert set(offered) == {"pass_step", "stop", "give_limit", "hand_over", "end"}
    assert "Administrative Licensing Law art. 45" in staff.go("officer-a", f"/cases/{case}").text
    assert re.findall(r"/acts/(\w+)\"", staff.go("officer-b", f"/cases/{case}").text) == []


def test_a_case_of_another_department_does_not_exist(staff: Staff) -> None:
    case = staff.centre.accepted("P-1")
    assert staff.go("officer-b", f"/cases/{case}").status_code == 404
    assert staff.go("officer-b", f"/cases/{case}/acts/pass_step", {}).status_code == 404


def test_a_refused_act_keeps_what_was_typed_and_leaves_its_trace(staff: Staff) -> None:
    case = staff.centre.accepted("P-1")
    page = staff.go("officer-a", f"/cases/{case}/acts/stop", {"kind": "hearing", "planned_days": "900"})
    assert page.status_code == 422
    assert 'href="#stop-planned_days"' in page.text
    assert 'value="900"' in page.text
    [attempt] = rows(staff.centre, AttemptRecord)
    assert attempt.act == Act.STOP


def test_the_timeline_shows_every_event_with_its_hash_and_the_steps_with_their_dates(staff: Staff) -> None:
    case = staff.centre.accepted("P-1")
    staff.go("officer-a", f"/cases/{case}/acts/pass_step", {"opinion": "符合"})
    page = staff.go("officer-a", f"/cases/{case}").text
    for event in staff.centre.events(case):
        assert event.hash.hex() in page
    assert "符合" in page
    assert f'data-label="Done on">{staff.centre.today}' in page
    assert "/calendar?start=2026-04-01&amp;days=7" in page


def test_a_scan_is_brought_later_and_downloaded_again(staff: Staff) -> None:
    case = staff.centre.received("P-1", papers=("form",))
    files = {"file": ("plan.pdf", PDF)}
    page = staff.go("chief-a", f"/cases/{case}/papers", {"code": "plan"}, files=files)
    assert page.status_code == 200
    assert f"/api/cases/{case}/materials/plan" in page.text
    wrong = staff.go("chief-a", f"/cases/{case}/papers", {"code": "form"}, files={"file": ("x", b"MZ")})
    assert wrong.status_code == 422


def test_b_sees_and_does_the_tasks_of_a_who_is_away(staff: Staff) -> None:
    centre = staff.centre
    a, b = centre.platform.people["officer-a"], centre.person("second-a", department="a")
    b = centre.person("deputy-a", *a.duties, department="a")
    centre.post("a", "review", a, b)
    case = centre.accepted("P-1")
    number = centre.case(case).number
    assert number in staff.go("officer-a", "/department").text
    assert number not in staff.go("deputy-a", "/department").text
    with centre.platform.database.transaction() as session:
        session.add(AbsenceRecord(person_id=a.person_id, day=centre.today))
    assert number in staff.go("deputy-a", "/department").text
    assert number not in staff.go("officer-a", "/department").text
    assert staff.go("deputy-a", f"/cases/{case}/acts/pass_step", {"opinion": ""}).status_code == 200
    with centre.platform.database.transaction() as session:
        session.add(AbsenceRecord(person_id=b.person_id, day=centre.today))
    assert "both away today" in staff.go("officer-a", "/department").text


def test_a_task_is_taken_over_and_finished_with_its_result(staff: Staff) -> None:
    centre = staff.centre
    case = centre.accepted("P-1")
    with centre.platform.database.transaction() as session:
        department = centre.departments["a"]
        session.add(
            TaskRecord(id="t", case_id=case, kind="call_back", department_id=department, made_at=centre.now)
        )
    centre.go_to("2026-04-01", hour=5)
    assert "not taken for two hours" in staff.go("officer-a", "/department").text
    assert staff.go("officer-a", "/tasks/t", {"how": "take"}).status_code == 200
    assert staff.go("officer-a", "/tasks/t", {"how": "finish", "result": ""}).status_code == 422
    assert "满意" in staff.go("officer-a", "/tasks/t", {"how": "finish", "result": "满意"}).text
    assert staff.go("officer-b", "/tasks/t").status_code == 404


def test_a_leader_signs_on_one_screen(staff: Staff) -> None:
    centre = staff.centre
    case = centre.accepted("P-1")
    centre.act(case, Act.PASS_STEP, "officer-a")
    assert centre.case(case).number in staff.go("leader-a", "/decide").text
    staff.go("leader-a", f"/decide/{case}/acts/pass_step", {"opinion": "同意"})
    refused = staff.go("leader-a", f"/decide/{case}/acts/refuse", {"note": "不符"})
    assert refused.status_code == 422  # no condition is named
    assert "不符" in refused.text
    done = staff.go("leader-a", f"/decide/{case}/acts/grant", {"conditions": ["c1", "c2"]})
    assert "Grant" in done.text
    signed = centre.events(case)[-1]
    assert (signed.action, signed.role, len(signed.hash)) == (Act.GRANT, "leader", 32)


def test_the_reply_of_the_higher_authority_carries_a_forwarded_case_on(staff: Staff) -> None:
    step = {"title": {"zh": "上报", "en": "Forward"}, "post": "review", "limit_days": 3}
    steps = [{**step, "code": "up", "kind": "forward"}, {**step, "code": "decide", "kind": "decide"}]
    staff.centre.item("M-1", mode="forwarded", materials=PAPERS, steps=steps)
    case = case_on(staff, staff.take_in("chief-a", "accept", item="M-1", shown_form="yes", shown_plan="yes"))
    assert case.state == State.FORWARDED
    staff.go("officer-a", f"/cases/{case.id}/acts/forward_reply", {"reply": "同意"})
    assert staff.centre.case(case.id).state == State.DECIDING


def test_two_steps_end_in_one_sitting(staff: Staff) -> None:
    step = {"title": {"zh": "环节", "en": "Step"}, "post": "review", "limit_days": 1}
    steps = [{**step, "code": "review", "kind": "review"}, {**step, "code": "decide", "kind": "decide"}]
    staff.centre.item("M-1", materials=PAPERS, steps=steps)
    case = case_on(staff, staff.take_in("chief-a", "accept", item="M-1", shown_form="yes", shown_plan="yes"))
    path = f"/cases/{case.id}/acts"
    staff.go("officer-a", f"{path}/pass_step", {"opinion": "符合"})
    staff.go("chief-a", f"{path}/grant", {"conditions": ["c1", "c2"]})
    page = staff.go("chief-a", f"{path}/deliver", {"way": "window"}).text
    assert "Delivered, done" in page
    assert staff.centre.case(case.id).done_on == staff.centre.today
