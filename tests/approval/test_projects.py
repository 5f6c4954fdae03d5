"""Parallel approval: papers once, one start, one join, one delivery."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Actor, Duty
from approval.actions import projects
from approval.actions.projects import NewProject, OpenedProject, open_project
from approval.actions.projects_join import children
from approval.applicant import read_applicant
from approval.lifecycle import Act, State
from approval.parallel import critical_path, is_parallel_by_default, total_days
from approval.records.cases import CaseMaterialRecord, HopRecord
from approval.records.organisation import DepartmentRecord
from kernel.errors import IncompletePapers, NotAllowed, Refused, TenderingError
from storage.audit_log import LogRecord
from tests.approval.centre import Centre, make_centre

FORM = {"code": "form", "title": {"zh": "申请表", "en": "form"}, "is_main": True, "trust": "C"}
STORED = {"digest": "ab" * 32, "size": 60, "name": "scan.pdf", "media_type": "application/pdf"}


def with_departments(centre: Centre, count: int) -> list[str]:
    """Departments d1..dn, each with one item that asks for the form and a paper of its own."""
    codes = []
    for number in range(1, count + 1):
        centre.department(f"d{number}")
        own = {"code": f"own-{number}", "title": {"zh": "自", "en": "own"}, "is_main": True, "trust": "C"}
        fee = {
            "code": "f",
            "title": {"zh": "费", "en": "fee"},
            "basis": "price bureau 1",
            "unit": "件",
            "unit_fen": 100 * number,
            "most_units": 10,
        }
        codes.append(
            centre.item(
                f"P-{number}", f"d{number}", mode="joint", materials=[FORM, own], fees=[fee], is_free=False
            )
        )
    return codes


def opened(centre: Centre, items: list[str], by: str = "lead", **changes: Any) -> OpenedProject:
    lead = centre.person(by, Duty.WINDOW_STAFF, department="d1")
    command = NewProject(
        title="Factory",
        lead_department_id=lead.organisation_id,
        site_code="city",
        item_codes=tuple(items),
        applicant=read_applicant("企业", "CREDIT001", "13900000000"),
        **changes,
    )
    with centre.platform.database.transaction() as session:
        session.flush()
        return open_project(
            session,
            actor=centre_office(centre),
            command=command,
            keys=centre.platform.adapters.keys,
            calendar=centre.calendar,
            now=centre.now,
        )


def centre_office(centre: Centre) -> Actor:
    """Somebody at the general window of the centre, which receives for everybody."""
    known = centre.platform.people.get("general")
    if known is None:
        known = centre.person("general", Duty.WINDOW_STAFF, department="centre")
        with centre.platform.database.transaction() as session:
            session.add(
                DepartmentRecord(
                    id=known.organisation_id,
                    code="centre",
                    site_code="city",
                    unit_kind="centre",
                    has_approval_power=False,
                )
            )
    return known


def bring(centre: Centre, project_id: str, code: str, by: Actor | None = None) -> int:
    with centre.platform.database.transaction() as session:
        return projects.add_paper(
            session,
            actor=by or centre.platform.people["lead"],
            project_id=project_id,
            code=code,
            stored=STORED,
            calendar=centre.calendar,
            now=centre.now,
        )


def start(centre: Centre, project_id: str, by: str = "lead") -> None:
    with centre.platform.database.transaction() as session:
        projects.start(
            session,
            actor=centre.platform.people[by],
            project_id=project_id,
            calendar=centre.calendar,
            now=centre.now,
        )


def running(centre: Centre, count: int) -> tuple[str, list[str]]:
    """A started project and its child cases."""
    items = with_departments(centre, count)
    project_id = opened(centre, items).project.id
    bring(centre, project_id, "form")
    for number in range(1, count + 1):
        bring(centre, project_id, f"own-{number}")
    start(centre, project_id)
    with centre.platform.database.reading() as session:
        return project_id, [child.case_id for child in children(session, project_id)]


def state(centre: Centre, project_id: str) -> str:
    with centre.platform.database.reading() as session:
        return projects.find_project(session, project_id).state


def decide(centre: Centre, case: str, what: Act = Act.GRANT, **data: Any) -> None:
    department = centre.case(case).item_code.replace("P-", "d")
    centre.act(case, Act.PASS_STEP, f"officer-{department}")
    centre.act(case, Act.PASS_STEP, f"leader-{department}")
    centre.act(case, what, f"chief-{department}", **data)


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def test_every_paper_is_asked_for_once(centre: Centre) -> None:
    items = with_departments(centre, 3)
    project_id = opened(centre, items).project.id
    with centre.platform.database.transaction() as session:
        papers = projects.tell_missing(
            session, actor=centre.platform.people["lead"], project_id=project_id, now=centre.now
        )
    assert [paper.spec.code for paper in papers] == ["form", "own-1", "own-2", "own-3"]
    assert papers[0].needed_by == ("P-1", "P-2", "P-3")


def test_a_paper_that_a_sibling_produces_is_not_asked_for(centre: Centre) -> None:
    with_departments(centre, 1)
    centre.department("d2")
    from_first = {**FORM, "code": "permit", "produced_by": "P-1"}
    centre.item("P-2", "d2", mode="joint", materials=[FORM, from_first])
    project_id = opened(centre, ["P-1", "P-2"]).project.id
    with centre.platform.database.reading() as session:
        assert [paper.spec.code for paper in projects.merged(session, project_id)] == ["form", "own-1"]
    bring(centre, project_id, "form")
    bring(centre, project_id, "own-1")
    start(centre, project_id)
    assert state(centre, project_id) == "running"


def test_one_upload_reaches_every_child_and_is_stored_once(centre: Centre) -> None:
    project_id = opened(centre, with_departments(centre, 3)).project.id
    assert bring(centre, project_id, "form") == 3
    with centre.platform.database.reading() as session:
        digests = {row.digest for row in session.exec(select(CaseMaterialRecord))}
    assert len(digests) == 1


def test_a_child_sees_only_the_papers_of_its_item(centre: Centre) -> None:
    _, cases = running(centre, 2)
    with centre.platform.database.reading() as session:
        rows = session.exec(select(CaseMaterialRecord).where(CaseMaterialRecord.case_id == cases[0])).all()
    assert {row.code for row in rows} == {"form", "own-1"}


def test_all_children_start_on_one_day_when_nothing_is_missing(centre: Centre) -> None:
    project_id = opened(centre, with_departments(centre, 3)).project.id
    bring(centre, project_id, "form")
    with pytest.raises(IncompletePapers, match="own-1, own-2, own-3"):
        start(centre, project_id)
    for number in (1, 2, 3):
        bring(centre, project_id, f"own-{number}")
    start(centre, project_id)
    with centre.platform.database.reading() as session:
        found = children(session, project_id)
    assert {child.accepted_on for child in found} == {centre.today}
    assert {child.state for child in found} == {State.REVIEWING}


def test_a_child_that_was_handed_in_on_its_own_does_not_block_the_start(centre: Centre) -> None:
    project_id = opened(centre, with_departments(centre, 2)).project.id
    for code in ("form", "own-1", "own-2"):
        bring(centre, project_id, code)
    with centre.platform.database.reading() as session:
        first, second = (child.case_id for child in children(session, project_id))
    centre.act(first, Act.APPLY, "chief-d1")
    start(centre, project_id)
    assert [centre.case(case).state for case in (first, second)] == [State.REVIEWING, State.REVIEWING]


def test_the_project_joins_when_the_last_child_ends(centre: Centre) -> None:
    project_id, cases = running(centre, 3)
    decide(centre, cases[0])
    centre.go_to("2026-04-03")
    decide(centre, cases[1], Act.REFUSE, conditions=["c1"])
    assert state(centre, project_id) == "running"
    centre.go_to("2026-04-10")
    decide(centre, cases[2])
    assert state(centre, project_id) == "joined"
    with centre.platform.database.reading() as session:
        found = children(session, project_id)
    assert [child.item_code for child in critical_path(found)] == ["P-3", "P-2", "P-1"]
    assert total_days(found) == max(child.used_days for child in found) == 6


def test_a_child_that_passes_by_default_does_not_hold_the_others(centre: Centre) -> None:
    centre.department("d1")
    centre.department("d2")
    for number in (1, 2):
        centre.item(f"P-{number}", f"d{number}", mode="joint", materials=[FORM], on_timeout="proceed")
    project_id = opened(centre, ["P-1", "P-2"]).project.id
    bring(centre, project_id, "form")
    start(centre, project_id)
    with centre.platform.database.reading() as session:
        first, second = (child.case_id for child in children(session, project_id))
    decide(centre, first)
    centre.go_to("2026-04-14")
    assert centre.clock_acts(second) == [Act.PASS_BY_DEFAULT]
    assert state(centre, project_id) == "joined"
    assert centre.case(second).outcome == ""  # no permit of its own


def test_certificates_are_handed_over_together(centre: Centre) -> None:
    project_id, cases = running(centre, 2)
    for case in cases:
        decide(centre, case)
    lead = centre.platform.people["lead"]

    def deliver() -> None:
        with centre.platform.database.transaction() as session:
            projects.deliver(
                session, actor=lead, project_id=project_id, calendar=centre.calendar, now=centre.now
            )

    centre.act(cases[0], Act.CERTIFY, "chief-d1")
    with pytest.raises(Refused, match="P-2"):
        deliver()
    centre.act(cases[1], Act.CERTIFY, "chief-d2")
    deliver()
    assert [centre.case(case).state for case in cases] == [State.DONE, State.DONE]
    assert state(centre, project_id) == "delivered"


def test_only_its_lead_and_the_centre_run_a_project(centre: Centre) -> None:
    project_id = opened(centre, with_departments(centre, 2)).project.id
    with pytest.raises(NotAllowed):
        bring(centre, project_id, "form", by=centre.platform.people["chief-d2"])


def test_each_hop_has_its_receipt_from_somebody_else(centre: Centre) -> None:
    _, cases = running(centre, 2)
    county, city = centre.platform.people["chief-d1"], centre.platform.people["chief-d2"]
    with centre.platform.database.transaction() as session:
        hop = projects.send_hop(
            session,
            actor=county,
            case_id=cases[0],
            what="papers",
            from_code="county",
            to_code="city",
            now=centre.now,
        )
        with pytest.raises(Refused, match="on the way to city"):
            projects.send_hop(
                session,
                actor=county,
                case_id=cases[0],
                what="papers",
                from_code="county",
                to_code="city",
                now=centre.now,
            )
        with pytest.raises(Refused, match="somebody else"):
            projects.receive_hop(session, actor=county, hop_id=hop.id, now=centre.now)
        projects.receive_hop(session, actor=city, hop_id=hop.id, now=centre.now)
    with centre.platform.database.reading() as session:
        [kept] = session.exec(select(HopRecord))
    assert kept.received_by == city.person_id


@pytest.mark.parametrize(
    ("fen", "planned", "by_default"),
    [(999_999_999, {}, False), (1_000_000_000, {}, True), (1, {"X": 1}, True)],
)
def test_large_or_planned_projects_run_in_parallel(
    fen: int, planned: dict[str, int], by_default: bool
) -> None:
    assert is_parallel_by_default(planned, "X", fen) is by_default


def test_stages_follow_each_other(centre: Centre) -> None:
    items = with_departments(centre, 2)
    project_id = opened(centre, items, facts={"stage": "advice"}).project.id
    lead = centre.platform.people["lead"]
    with centre.platform.database.transaction() as session:
        with pytest.raises(Refused):
            projects.next_stage(session, actor=lead, project_id=project_id, stage="approval", now=centre.now)
        projects.next_stage(session, actor=lead, project_id=project_id, stage="pre_check", now=centre.now)
        projects.next_stage(session, actor=lead, project_id=project_id, stage="approval", now=centre.now)


def test_twenty_two_departments_that_end_at_once_join_once(tmp_path: Path, postgres_server: Any) -> None:
    name = f"test_{secrets.token_hex(6)}"
    url = postgres_server.create(name)
    centre = make_centre(tmp_path, url)
    try:
        project_id, cases = running(centre, 22)
        for case in cases:
            department = centre.case(case).item_code.replace("P-", "d")
            centre.act(case, Act.PASS_STEP, f"officer-{department}")
            centre.act(case, Act.PASS_STEP, f"leader-{department}")
        names = [f"chief-{centre.case(case).item_code.replace('P-', 'd')}" for case in cases]

        def grant(pair: tuple[str, str]) -> str:
            try:
                centre.act(pair[0], Act.GRANT, pair[1])
            except TenderingError as error:
                return error.code
            return "granted"

        with ThreadPoolExecutor(22) as pool:
            assert set(pool.map(grant, zip(cases, names, strict=True))) == {"granted"}
        assert state(centre, project_id) == "joined"
        with centre.platform.database.reading() as session:
            joins = session.exec(select(LogRecord).where(LogRecord.kind == "project.joined")).all()
        assert len(joins) == 1
    finally:
        centre.platform.database.close()
        postgres_server.drop(name)
