"""The pages of the window, the department, the leader and the cashier, each act through its form."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from approval.actions import reception
from approval.lifecycle import Act, State
from approval.queries import cases
from approval.records.cases import AttemptRecord, CaseMaterialRecord, CaseRecord, ContactRecord, TaskRecord
from approval.records.fees import FeeAttemptRecord, PaymentRecord
from approval.records.organisation import AbsenceRecord
from tests.approval.centre import Centre
from tests.web.staff import PDF, Staff, staff_at_work


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with staff_at_work(tmp_path) as made:
        yield made


def case_on(staff: Staff, slip: httpx.Response) -> CaseRecord:
    """The case whose slip was printed."""
    assert slip.status_code == 201, slip.text
    found = re.search(r"mt-slip__number\">(.+?)<", slip.text)
    assert found
    with staff.centre.platform.database.reading() as session:
        case = cases.case_by_number(session, found[1])
    assert case is not None
    return case


def rows(centre: Centre, kind: type[Any]) -> list[Any]:
    with centre.platform.database.reading() as session:
        return list(session.exec(select(kind)))


def test_the_window_takes_an_application_in_on_one_page(staff: Staff) -> None:
    form = staff.go("chief-a", "/window/new?item=P-1")
    assert 'id="shown-form"' in form.text
    assert 'id="shown-licence"' not in form.text  # the government holds it
    slip = staff.take_in("chief-a", "accept", shown_form="yes", files={"file-plan": ("plan.pdf", PDF)})
    case = case_on(staff, slip)
    assert (case.state, str(case.promise_due)) == (State.REVIEWING, "2026-04-13")
    assert "mt-slip__code" in slip.text
    assert "<svg" in slip.text
    papers = {row.code: row.status for row in rows(staff.centre, CaseMaterialRecord)}
    assert papers == {"form": "shown", "plan": "provided"}


def test_what_is_missing_is_said_before_anything_is_written(staff: Staff) -> None:
    refused = staff.take_in("chief-a", "accept", shown_form="yes")
    assert refused.status_code == 409
    assert "Site plan" in refused.text
    assert "张三" in refused.text  # what was typed stays
    assert rows(staff.centre, CaseRecord) == []


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"identity": "no"}, "identity"),
        ({"name": ""}, "name"),
        ({"item": "nothing"}, "item"),
        ({"files": {"file-plan": ("run.exe", b"MZ not a paper")}}, "file-plan"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(
    staff: Staff, fields: dict[str, str], where: str
) -> None:
    given = {"shown_form": "yes", "shown_plan": "yes", **fields}
    refused = staff.take_in("chief-a", "accept", **given)
    assert refused.status_code == 422
    assert f'href="#{where}"' in refused.text
    assert rows(staff.centre, CaseRecord) == []


def test_the_same_form_sent_twice_is_one_case_with_the_same_slip(staff: Staff) -> None:
    given = {"shown_form": "yes", "shown_plan": "yes"}
    first = staff.take_in("chief-a", "accept", **given)
    staff.keys -= 1
    second = staff.take_in("chief-a", "accept", **given)
    assert case_on(staff, first).id == case_on(staff, second).id
    assert len(rows(staff.centre, CaseRecord)) == 1


def test_the_one_time_notice_names_everything_that_is_missing(staff: Staff) -> None:
    case = case_on(staff, staff.take_in("chief-a", "notice"))
    told = staff.centre.events(case.id)[-1]
    assert (told.action, told.data["codes"]) == (Act.TELL_MISSING, ["form", "plan"])
    page = staff.go("chief-a", f"/cases/{case.id}")
    assert "One-time notice of missing papers" in page.text


def test_a_secondary_paper_may_follow_by_a_day(staff: Staff) -> None:
    given = {"shown_form": "yes", "committed_plan": "yes", "due_on": "2026-04-08"}
    case = case_on(staff, staff.take_in("chief-a", "commit", **given))
    assert case.state == State.REVIEWING
    page = staff.go("chief-a", f"/cases/{case.id}")
    assert "Papers to follow" in page.text
    late = staff.take_in("chief-a", "commit", **{**given, "due_on": "2026-05-08"})
    assert late.status_code == 409  # received, but not accepted: the slip tells both
    assert "The case is received" in late.text


def test_an_instant_item_ends_in_one_sitting(staff: Staff) -> None:
    slip = staff.take_in("chief-a", "instant", item="I-1", shown_form="yes", shown_plan="yes")
    case = case_on(staff, slip)
    assert (case.state, case.outcome, case.done_on) == (State.DONE, "granted", staff.centre.today)


def test_every_application_has_its_first_contact(staff: Staff) -> None:
    case = case_on(staff, staff.take_in("chief-a", "notice"))
    [contact] = rows(staff.centre, ContactRecord)
    assert (contact.case_id, contact.ending, contact.owner_id) == (
        case.id,
        "done",
        staff.centre.platform.people["chief-a"].person_id,
    )


def test_a_visitor_is_explained_to_or_handed_over_and_the_next_window_confirms(staff: Staff) -> None:
    page = staff.go("chief-a", "/window/contacts", {"subject": "咨询", "service_mode": "at_home"})
    [contact] = rows(staff.centre, ContactRecord)
    path = f"/window/contacts/{contact.id}"
    assert "咨询" in page.text
    assert staff.go("chief-a", path, {"ending": "done"}).status_code == 409
    assert staff.go("chief-a", path, {"ending": "explained", "explanation": ""}).status_code == 422
    to = staff.centre.windows["b"]
    assert staff.go("chief-a", path, {"ending": "handed_over", "to_window": to}).status_code == 200
    assert "Handed over to your window" in staff.go("chief-b", "/window").text
    assert staff.go("chief-b", f"{path}/arrived", {}).status_code == 200
    open_now = [c for c in rows(staff.centre, ContactRecord) if c.closed_at is None]
    assert [c.owner_id for c in open_now] == [staff.centre.platform.people["chief-b"].person_id]


def test_a_visit_at_home_becomes_a_case(staff: Staff) -> None:
    staff.go("chief-a", "/window/contacts", {"subject": "上门收件", "service_mode": "at_home"})
    [contact] = rows(staff.centre, ContactRecord)
    given = {"shown_form": "yes", "shown_plan": "yes", "contact": contact.id}
    case = case_on(staff, staff.take_in("chief-a", "accept", service_mode="at_home", **given))
    [known] = rows(staff.centre, ContactRecord)
    assert (known.case_id, known.ending) == (case.id, "done")


def test_the_queue_is_called_served_and_sent_on_under_the_same_number(staff: Staff) -> None:
    with staff.centre.platform.database.transaction() as session:
        ticket = reception.take_ticket(session, hall_code="hall", now=staff.centre.now).id
    at_a, at_b = staff.centre.windows["a"], staff.centre.windows["b"]
    assert "1 person waits" in staff.go("chief-a", "/window").text
    assert "A001" in staff.go("chief-a", "/window/next", {"window": at_a}).text
    staff.go("chief-a", f"/window/tickets/{ticket}", {"how": "onward", "to_window": at_b})
    assert "A001" in staff.go("chief-b", "/window/next", {"window": at_b}).text
    assert "A001" not in staff.go("chief-b", f"/window/tickets/{ticket}", {"how": "served"}).text


def test_nobody_signs_off_over_an_open_instant_case_without_a_reason(staff: Staff) -> None:
    staff.take_in("chief-a", "receive", item="I-1", shown_form="yes")
    refused = staff.go("chief-a", "/window/sign-off", {"overtime_minutes": "30", "reason": ""})
    assert refused.status_code == 409
    assert 'value="30"' in refused.text
    done = staff.go("chief-a", "/window/sign-off", {"overtime_minutes": "30", "reason": "等材料"})
    assert "30 minutes of overtime" in done.text


def test_on_a_day_off_the_window_offers_only_the_365_service(staff: Staff) -> None:
    staff.centre.go_to("2026-02-17")
    page = staff.go("chief-a", "/window/new?item=P-1")
    assert "Today is a day off" in page.text
    assert 'value="ordinary"' not in page.text
    given = {"shown_form": "yes", "shown_plan": "yes"}
    assert staff.take_in("chief-a", "accept", **given).status_code == 409
    case = case_on(staff, staff.take_in("chief-a", "accept", service_mode="every_day", **given))
    assert str(case.accepted_on) == "2026-02-17"


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


def test_only_fees_of_the_schedule_are_charged_and_an_attempt_stays(staff: Staff) -> None:
    case = staff.centre.accepted("P-1")
    form = staff.go("chief-a", f"/cases/{case}/bill")
    assert "amount" not in re.findall(r"name=\"(\w+)", form.text)
    refused = staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "1", "units-secret": "1"})
    assert refused.status_code == 409
    assert "does not have this fee" in refused.text
    assert len(rows(staff.centre, FeeAttemptRecord)) == 1
    assert "25.00" in staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "2"}).text


def test_a_free_item_has_no_form_of_fees_and_refuses_a_charge(staff: Staff) -> None:
    case = staff.centre.accepted("A-1")
    assert "free of charge" in staff.go("chief-a", f"/cases/{case}/bill").text
    assert staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "1"}).status_code == 409
    assert [row.why for row in rows(staff.centre, FeeAttemptRecord)] == ["free_item"]


def bill_of(staff: Staff) -> str:
    case = staff.centre.accepted("P-1")
    page = staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "2"})
    return str(re.findall(r"B2026\d{4}-\w+", page.text)[0])


@pytest.mark.parametrize(("amount", "status"), [("24.99", 409), ("25.00", 200), ("25.01", 409), ("x", 422)])
def test_the_cashier_takes_the_total_to_the_fen(staff: Staff, amount: str, status: int) -> None:
    number = bill_of(staff)
    assert number in staff.go("cashier", "/fees").text
    answer = staff.go("cashier", f"/fees/bills/{number}", {"amount": amount})
    assert answer.status_code == status
    assert len(rows(staff.centre, PaymentRecord)) == (status == 200)


def test_a_difference_of_one_fen_to_the_bank_shows(staff: Staff) -> None:
    number = bill_of(staff)
    staff.go("cashier", f"/fees/bills/{number}", {"amount": "25"})
    day = {"day": "2026-04-01"}
    same = staff.go("cashier", "/fees/reconciliation", {**day, "file": f"cash-{number},25.00"})
    assert "Everything agrees" in same.text
    other = staff.go("cashier", "/fees/reconciliation", {**day, "file": f"cash-{number},25.01"})
    assert "1 difference" in other.text
    assert "0.01" in other.text
    wrong = staff.go("cashier", "/fees/reconciliation", {**day, "file": "a,1.00\ncash"})
    assert wrong.status_code == 422


def test_the_bank_twin_pays_once_however_often_it_is_pressed(staff: Staff) -> None:
    number = bill_of(staff)
    assert "25.00" in staff.go("", f"/bank/pay?bill={number}").text
    for _ in range(3):
        assert "The bill is paid" in staff.go("", "/bank/pay", {"bill": number}).text
    [payment] = rows(staff.centre, PaymentRecord)
    assert (payment.channel, payment.amount_fen) == ("bank", 2500)


def test_a_message_that_the_bank_did_not_sign_pays_nothing(staff: Staff) -> None:
    number = bill_of(staff)
    message = f'{{"amount_fen":2500,"bill":"{number}","reference":"R","v":1}}'
    body = {"message": message, "proof": "00" * 32}
    assert staff.client.post("/api/bank/payments", json=body).status_code == 403
    assert rows(staff.centre, PaymentRecord) == []
