"""The pages of joint approvals and of meetings, each act through its form."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.actions.projects_join import children
from approval.lifecycle import Act
from approval.records.cases import ProjectRecord
from approval.records.organisation import RegisterRecord, SiteRecord
from kernel.ids import new_id
from tests.web.staff import PDF, Staff, staff_at_work
from web.pages.lead import templates


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with staff_at_work(tmp_path) as made:
        yield made


def form(staff: Staff, **changes: Any) -> dict[str, Any]:
    """What the window fills in for a joint approval of two departments."""
    return {
        "title": "新建厂房",
        "name": "某公司",
        "identity": "91420500MA0000001X",
        "lead": staff.centre.departments["a"],
        "site": "city",
        "joint_stage": "approval",
        "limit_days": "45",
        "items": ["P-1", "B-1"],
        "how": "joint",
        "template": "enterprise",
        "stage": "set_up",
        **changes,
    }


def opened(staff: Staff, **changes: Any) -> str:
    slip = staff.go("chief-a", "/projects/new", form(staff, **changes))
    assert slip.status_code == 201, slip.text
    return str(re.findall(r"/projects/([0-9a-f-]{36})", slip.text)[0])


def gathered(staff: Staff, **changes: Any) -> str:
    project = opened(staff, **changes)
    for code in ("form", "plan"):
        staff.go("chief-a", f"/projects/{project}/papers", {"code": code}, files={"file": ("s.pdf", PDF)})
    return project


def started(staff: Staff, **changes: Any) -> str:
    project = gathered(staff, **changes)
    assert staff.go("chief-a", f"/projects/{project}/acts", {"how": "started"}).status_code == 200
    return project


def cases_of(staff: Staff, project: str) -> list[str]:
    with staff.centre.platform.database.reading() as session:
        return [child.case_id for child in children(session, project)]


def test_three_templates_are_shipped_and_one_has_the_four_stages_of_the_state_council() -> None:
    found = templates()
    assert set(found) == {"enterprise", "industrial", "three_in_one"}
    assert [stage["title"]["zh"] for stage in found["industrial"]["stages"]] == [
        "立项用地规划许可",
        "工程建设许可",
        "施工许可",
        "竣工验收",
    ]
    assert sum(stage["limit_days"] for stage in found["industrial"]["stages"]) <= 120


def test_a_template_proposes_those_of_its_items_that_the_catalogue_has(staff: Staff) -> None:
    page = staff.go("chief-a", "/projects/new?template=enterprise&stage=set_up").text
    ticked = re.findall(r"name=\"items\" type=\"checkbox\" value=\"([\w-]+)\" checked", page)
    assert ticked == ["B-1"]  # base code B021


def test_a_joint_approval_needs_two_items_and_keeps_what_was_typed(staff: Staff) -> None:
    refused = staff.go("chief-a", "/projects/new", form(staff, items=["P-1"]))
    assert refused.status_code == 422
    assert 'href="#items"' in refused.text
    assert "新建厂房" in refused.text


@pytest.mark.parametrize(
    ("investment", "by_default"), [("9999999.99", False), ("10000000", True), ("", False)]
)
def test_a_large_investment_is_joint_by_default(staff: Staff, investment: str, by_default: bool) -> None:
    opened(staff, investment=investment)
    with staff.centre.platform.database.reading() as session:
        [project] = session.exec(select(ProjectRecord)).all()
    assert project.facts["parallel_by_default"] is by_default


def test_a_project_on_the_plan_is_joint_by_default(staff: Staff) -> None:
    body = {"name": "新建厂房", "enterprise": "91420500MA0000001X", "investment_fen": 1}
    with staff.centre.platform.database.transaction() as session:
        session.add(
            RegisterRecord(
                id=new_id(),
                register_name="project_plan",
                site_code="city",
                key="1",
                body=body,
                recorded_by=new_id(),
                recorded_at=staff.centre.now,
            )
        )
    assert "joint by default" in staff.go("chief-a", "/projects/new", form(staff)).text


def test_who_declines_gets_cases_of_their_own(staff: Staff) -> None:
    page = staff.go("chief-a", "/projects/new", form(staff, how="apart"))
    assert "The applicant declined" in page.text
    assert "to be handed in at the window of its department" in page.text  # B's item
    with staff.centre.platform.database.reading() as session:
        assert session.exec(select(ProjectRecord)).all() == []


def test_papers_are_brought_once_for_all_and_one_notice_names_what_is_missing(staff: Staff) -> None:
    project = opened(staff)
    early = staff.go("chief-a", f"/projects/{project}/acts", {"how": "started"})
    assert early.status_code == 409
    assert "Application form, Site plan" in early.text
    assert staff.go("chief-a", f"/projects/{project}/acts", {"how": "told"}).status_code == 200
    again = gathered_papers(staff, project)
    assert "needed by 2 departments" in again
    assert again.count(">missing<") == 0


def gathered_papers(staff: Staff, project: str) -> str:
    for code in ("form", "plan"):
        page = staff.go(
            "chief-a", f"/projects/{project}/papers", {"code": code}, files={"file": ("s.pdf", PDF)}
        )
    return page.text


def test_all_cases_start_on_the_same_day_and_the_board_shows_who_was_slowest(staff: Staff) -> None:
    centre = staff.centre
    project = started(staff)
    found = {centre.case(case).item_code: centre.case(case) for case in cases_of(staff, project)}
    assert {case.accepted_on for case in found.values()} == {centre.today}
    centre.go_to("2026-04-03")
    for code, who in (("P-1", "a"), ("B-1", "b")):
        case = found[code].id
        centre.act(case, Act.PASS_STEP, f"officer-{who}")
        centre.act(case, Act.PASS_STEP, f"leader-{who}")
        centre.act(case, Act.GRANT, f"chief-{who}")
        centre.go_to("2026-04-10")
    staff.cookies.clear()  # a session does not outlive the days that have passed
    board = staff.go("chief-a", f"/projects/{project}").text
    assert "The whole took 6 working days" in board
    assert staff.go("chief-a", f"/projects/{project}/acts", {"how": "delivered"}).status_code == 409
    for code, who in (("P-1", "a"), ("B-1", "b")):
        centre.act(found[code].id, Act.CERTIFY, f"officer-{who}")
    assert "Everything was delivered together" in (
        staff.go("chief-a", f"/projects/{project}/acts", {"how": "delivered"}).text
    )


def test_the_lead_urges_and_the_department_sees_it_first(staff: Staff) -> None:
    project = started(staff)
    case = next(c for c in cases_of(staff, project) if staff.centre.case(c).item_code == "B-1")
    wrong = staff.go("chief-a", f"/projects/{project}/urge/{case}", {"days": "x", "text": "请回复"})
    assert wrong.status_code == 422
    assert "请回复" in wrong.text
    done = staff.go("chief-a", f"/projects/{project}/urge/{case}", {"days": "3", "text": "请回复"})
    assert done.status_code == 200
    assert "urged" in staff.go("officer-b", "/department").text


def test_joint_stages_go_on_in_their_order(staff: Staff) -> None:
    project = opened(staff, joint_stage="advice")
    path = f"/projects/{project}/acts"
    assert staff.go("chief-a", path, {"how": "staged", "stage": "approval"}).status_code == 409
    assert staff.go("chief-a", path, {"how": "staged", "stage": "pre_check"}).status_code == 200


def test_one_bill_stands_over_all_departments_and_is_paid_once(staff: Staff) -> None:
    project = started(staff)
    page = staff.go("chief-a", f"/projects/{project}/bill").text
    units = re.findall(r"name=\"(units-[^\"]+)\"", page)
    assert len(units) == 2
    page = staff.go("chief-a", f"/projects/{project}/bill", dict.fromkeys(units, "1")).text
    assert "25.00" in page
    number = re.findall(r"B2026\d{4}-\w+", page)[0]
    assert staff.go("cashier", f"/fees/bills/{number}", {"amount": "25.00"}).status_code == 200
    assert "paid" in staff.go("chief-a", f"/projects/{project}").text


def test_who_accompanies_a_project_sees_its_cases_and_dates(staff: Staff) -> None:
    agent = staff.centre.person("agent", Duty.WINDOW_STAFF, department="centre")
    started(staff, agent=agent.person_id)
    page = staff.go("agent", "/projects").text
    assert "Projects you accompany" in page
    assert "2026-04-13" in page


def test_a_department_sees_the_board_and_a_stranger_does_not(staff: Staff) -> None:
    project = started(staff)
    staff.centre.department("c")
    assert staff.go("officer-b", f"/projects/{project}").status_code == 200
    assert staff.go("officer-c", f"/projects/{project}").status_code == 403
    assert staff.go("officer-b", f"/projects/{project}/acts", {"how": "told"}).status_code == 403


def test_papers_go_from_county_to_city_and_each_hop_is_confirmed(staff: Staff) -> None:
    centre = staff.centre
    with centre.platform.database.transaction() as session:
        session.add(SiteRecord(code="county", level="county", name="County"))
    case = centre.accepted("P-1")
    wrong = staff.go("chief-a", f"/cases/{case}/hops", {"what": "papers", "to_code": "nowhere"})
    assert wrong.status_code == 404
    assert "nowhere" in wrong.text
    sent = staff.go("chief-a", f"/cases/{case}/hops", {"what": "papers", "to_code": "county"})
    assert "no receipt yet" in sent.text
    hop = re.findall(rf"/cases/{case}/hops/([0-9a-f-]+)", sent.text)[0]
    assert staff.go("chief-a", f"/cases/{case}/hops/{hop}", {}).status_code == 409  # not by the sender
    second = centre.person("courier", Duty.WINDOW_STAFF, department="a")
    assert second
    assert "no receipt yet" not in staff.go("courier", f"/cases/{case}/hops/{hop}", {}).text


def test_a_joint_review_of_five_cases_ends_with_opinions_and_minutes(staff: Staff) -> None:
    centre = staff.centre
    numbers = [centre.case(centre.accepted("P-1")).number for _ in range(5)]
    call = {
        "kind": "joint_review",
        "held_on": "2026-04-03",
        "numbers": "\n".join(numbers),
        "departments": [centre.departments["a"], centre.departments["b"]],
    }
    wrong = staff.go("chief-a", "/meetings/new", {**call, "numbers": "20260401-NOSUCH"})
    assert wrong.status_code == 422
    page = staff.go("chief-a", "/meetings/new", call).text
    meeting = re.findall(r"/meetings/([0-9a-f-]{36})/opinion", page)[0]
    cases = re.findall(r"name=\"case\" value=\"([0-9a-f-]{36})\"", page)
    assert len(cases) == 5
    assert "Speak at a meeting" in staff.go("officer-a", "/department").text
    for case in cases:
        said = staff.go("officer-a", f"/meetings/{meeting}/opinion", {"case": case, "opinion": f"同意{case}"})
        assert f"同意{case}" in said.text
    assert staff.go("chief-a", f"/meetings/{meeting}/minutes", {"minutes": ""}).status_code == 422
    closed = staff.go("chief-a", f"/meetings/{meeting}/minutes", {"minutes": "会审通过"}).text
    assert "会审通过" in closed
    assert "Department b: absent" in closed
    assert (
        staff.go("officer-a", f"/meetings/{meeting}/opinion", {"case": cases[0], "opinion": "晚"}).status_code
        == 409
    )
