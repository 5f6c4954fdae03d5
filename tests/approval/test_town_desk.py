"""乡镇便民服务: three steps, always free, one number all the way; advice before a case; one licence out of four."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.actions import fees, projects
from approval.actions.projects import NewProject, open_project
from approval.actions.projects_join import children
from approval.applicant import read_applicant
from approval.fees import Charge
from approval.lifecycle import Act, State
from approval.queries import views
from approval.records.cases import CaseEventRecord
from kernel.errors import UnlistedFee
from storage.outbox import JobRecord
from tests.approval.centre import Centre, T, make_centre

THREE_STEPS = [
    {"code": code, "title": T, "kind": kind, "post": code, "limit_days": 1}
    for code, kind in (("receive", "review"), ("handle", "examine"), ("reply", "decide"))
]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def detail(centre: Centre, case: str) -> dict[str, Any]:
    with centre.platform.database.reading() as session:
        return views.detail(session, centre.case(case))


def test_a_case_of_a_town_goes_up_under_its_number_for_free_and_every_hop_is_confirmed(
    centre: Centre,
) -> None:
    centre.item("V-1", kind="public_service", steps=THREE_STEPS, promised_days=3)
    case = centre.accepted("V-1", channel="site")
    number = centre.case(case).number
    town, county = (
        centre.platform.people["chief-a"],
        centre.person("county", Duty.WINDOW_STAFF, department="a"),
    )
    with centre.platform.database.transaction() as session:
        for what, sender, receiver, way in (
            ("papers", town, county, ("town", "county")),
            ("certificate", county, town, ("county", "town")),
        ):
            hop = projects.send_hop(
                session,
                actor=sender,
                case_id=case,
                what=what,
                from_code=way[0],
                to_code=way[1],
                now=centre.now,
            )
            projects.receive_hop(session, actor=receiver, hop_id=hop.id, now=centre.now)
    with pytest.raises(UnlistedFee), centre.platform.database.transaction() as session:
        fees.issue_bill(session, actor=town, charges=[(case, Charge("V-1", "any", 1))], now=centre.now)
    for who in ("officer-a", "leader-a"):
        centre.act(case, Act.PASS_STEP, who)
    centre.act(case, Act.GRANT)
    centre.act(case, Act.DELIVER, way="window")
    seen = detail(centre, case)
    assert (seen["number"], seen["state"]) == (number, State.DONE)
    assert [(hop["from"], hop["to"], hop["received_at"] is not None) for hop in seen["hops"]] == [
        ("town", "county", True),
        ("county", "town", True),
    ]
    assert [step["code"] for step in seen["steps"]] == ["receive", "handle", "reply"]
    assert seen["bill"] is None


def test_advice_before_an_application_is_recorded_and_starts_no_clock(centre: Centre) -> None:
    case = centre.open(channel="online", online_mode="pre_checked").case.id
    centre.act(case, Act.PRE_CHECK, passed=True, note="bring the plan signed")
    seen = centre.case(case)
    assert (seen.state, seen.accepted_on, seen.promise_due, seen.answer_due) == (
        State.DRAFT,
        None,
        None,
        None,
    )
    assert [event.action for event in centre.events(case)] == [Act.PRE_CHECK]


def test_a_case_names_its_bills(centre: Centre) -> None:
    fee = {"code": "f", "title": T, "basis": "x", "unit": "本", "unit_fen": 1000, "most_units": 5}
    centre.item("F-1", fees=[fee], is_free=False)
    case = centre.accepted("F-1")
    with centre.platform.database.transaction() as session:
        made = fees.issue_bill(
            session,
            actor=centre.platform.people["chief-a"],
            charges=[(case, Charge("F-1", "f", 2))],
            now=centre.now,
        )
        number = made.number
    seen = detail(centre, case)["bill"]
    assert (seen["number"], seen["total_fen"], seen["paid_at"]) == (number, 2000, None)


def test_four_departments_handle_and_one_certificate_comes_out(centre: Centre) -> None:
    handling = [
        {"code": "review", "title": T, "kind": "review", "post": "review", "limit_days": 1},
        {"code": "decide", "title": T, "kind": "decide", "post": "decide", "limit_days": 1},
    ]
    certify = {"code": "certify", "title": T, "kind": "certify", "post": "certify", "limit_days": 1}
    form = {"code": "form", "title": T, "is_main": True, "trust": "C"}
    for number, name in enumerate(("aic", "quality", "tax", "police")):
        centre.department(name)
        steps = [*handling, *([certify] if number == 0 else [])]
        centre.item(f"T-{name}", name, mode="joint", steps=steps, materials=[form])
    lead = centre.platform.people["chief-aic"]
    command = NewProject(
        title="三证合一",
        lead_department_id=lead.organisation_id,
        site_code="city",
        item_codes=("T-aic", "T-quality", "T-tax", "T-police"),
        applicant=read_applicant("企业", "CREDIT001", "13900000000"),
        template="three_in_one",
    )
    with centre.platform.database.transaction() as session:
        keys = centre.platform.adapters.keys
        project_id = open_project(
            session, actor=lead, command=command, keys=keys, calendar=centre.calendar, now=centre.now
        ).project.id
    stored = {"digest": "ab" * 32, "size": 60, "name": "scan.pdf", "media_type": "application/pdf"}
    same: dict[str, Any] = {
        "actor": lead,
        "project_id": project_id,
        "calendar": centre.calendar,
        "now": centre.now,
    }
    with centre.platform.database.transaction() as session:
        projects.add_paper(session, code="form", stored=stored, **same)
    with centre.platform.database.transaction() as session:
        projects.start(session, **same)
        found = [(child.case_id, child.item_code) for child in children(session, project_id)]
    assert len(found) == 4
    for case, item in found:
        name = item.removeprefix("T-")
        centre.act(case, Act.PASS_STEP, f"officer-{name}")
        centre.act(case, Act.GRANT, f"chief-{name}")
        if name == "aic":
            centre.act(case, Act.CERTIFY, "chief-aic")
    with centre.platform.database.transaction() as session:
        projects.deliver(session, **same)
    with centre.platform.database.reading() as session:
        events = session.exec(select(CaseEventRecord).where(CaseEventRecord.action == Act.CERTIFY)).all()
        letters = [
            job.payload for job in session.exec(select(JobRecord).where(JobRecord.name == "make_letter"))
        ]
    assert len(events) == 1
    assert [letter["kind"] for letter in letters].count("certificate") == 1
    assert {centre.case(case).state for case, _ in found} == {State.DONE}
