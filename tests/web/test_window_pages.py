"""The pages of the window: taking in, the queue, visitors, the end of the day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from approval.actions import reception
from approval.lifecycle import Act, State
from approval.records.cases import CaseMaterialRecord, CaseRecord, ContactRecord
from tests.web.staff import PAPERS, PDF, Staff, case_on, rows, staff_at_work


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with staff_at_work(tmp_path) as made:
        yield made


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


def test_a_visitor_gets_a_written_explanation(staff: Staff) -> None:
    staff.go("chief-a", "/window/contacts", {"subject": "咨询规划"})
    [contact] = rows(staff.centre, ContactRecord)
    path = f"/window/contacts/{contact.id}"
    page = staff.go("chief-a", path, {"ending": "explained", "explanation": "请先办理用地手续"}).text
    assert "Written explanations of today" in page
    assert staff.go("chief-a", f"{path}/explanation").status_code == 404  # the job has not written it yet


@pytest.mark.parametrize(
    ("mode", "decision", "fields", "state"),
    [
        ("instant", "instant", {}, State.DONE),
        ("promised", "accept", {}, State.REVIEWING),
        ("joint", "accept", {"alone": "yes"}, State.REVIEWING),
        ("forwarded", "accept", {}, State.REVIEWING),
        ("prohibited", "answer", {"reason": "依法禁止", "law": "某法第一条"}, State.ANSWERED),
    ],
)
def test_each_of_the_five_ways_of_handling_has_its_path_at_the_window(
    staff: Staff, mode: str, decision: str, fields: dict[str, str], state: State
) -> None:
    staff.centre.item("M-1", mode=mode, materials=PAPERS)
    given = {"shown_form": "yes", "shown_plan": "yes", **fields}
    case = case_on(staff, staff.take_in("chief-a", decision, item="M-1", **given))
    assert case.state == state


def test_an_instant_case_that_waits_gets_a_limit_in_writing(staff: Staff) -> None:
    case = case_on(staff, staff.take_in("chief-a", "receive", item="I-1", shown_form="yes"))
    path = f"/cases/{case.id}/acts/give_limit"
    assert staff.go("chief-a", path, {"days": "21", "minutes": "等材料"}).status_code == 422
    page = staff.go("chief-a", path, {"days": "3", "minutes": "等材料"}).text
    assert "Letter on the limit of this case" in page
    assert staff.centre.case(case.id).custom_days == 3
