"""Figures of joint projects, ratings and growth, as the reports print them."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, update

from approval.records.cases import CaseRecord, ProjectRecord
from kernel.ids import new_id
from supervision.figures import Child, Figure, Target
from supervision.queries.figures import Scope, critical_paths, figures, projects_by_template, serial_projects
from tests.approval.centre import Centre
from tests.supervision.house import done, give, make_house, offer


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_house(tmp_path)


def add_projects(centre: Centre, number: int, template: str, state: str, fen: int = 0) -> list[str]:
    ids = [new_id() for _ in range(number)]
    with centre.platform.database.transaction() as session:
        session.add_all(
            ProjectRecord(
                id=project_id,
                number=f"P-{template}-{state}-{fen}-{at}",
                template=template,
                title="Project",
                site_code="city",
                lead_department_id=centre.departments["a"],
                investment_fen=fen,
                state=state,
                created_at=centre.now,
                joined_at=centre.now if state == "joined" else None,
            )
            for at, project_id in enumerate(ids)
        )
    return ids


def test_projects_are_counted_by_template_and_state_with_their_investment(centre: Centre) -> None:
    add_projects(centre, 588, "enterprise", "joined")
    add_projects(centre, 1, "industry", "joined")
    add_projects(centre, 1, "industry", "running")
    add_projects(centre, 56, "construction", "joined")
    add_projects(centre, 8, "three_in_one", "delivered", 66_666_666)
    add_projects(centre, 1, "three_in_one", "delivered", 6_000_000_00 - 8 * 66_666_666)
    with centre.platform.database.reading() as session:
        found = {(template, state): (n, fen) for template, state, n, fen in projects_by_template(session)}
    assert found["enterprise", "joined"][0] == 588
    assert (found["industry", "joined"][0], found["industry", "running"][0]) == (1, 1)
    assert found["construction", "joined"][0] == 56
    assert found["three_in_one", "delivered"] == (9, 6_000_000_00)


def test_projects_that_should_run_in_parallel_and_do_not_are_listed(centre: Centre) -> None:
    limit = 10_000_000_00
    add_projects(centre, 1, "", "running", limit - 1)
    add_projects(centre, 1, "", "running", limit)
    add_projects(centre, 3, "industry", "running", limit)
    with centre.platform.database.reading() as session:
        assert [p.investment_fen for p in serial_projects(session)] == [limit]
        parallel = figures(session, Scope(centre.today, centre.today))["parallel"]
    assert (parallel.part, parallel.of, parallel.shown) == (3, 4, "75.0 %")


def test_the_slowest_department_of_each_joined_project_is_named(centre: Centre) -> None:
    centre.department("b")
    centre.item("B-1", "b")
    project = add_projects(centre, 1, "industry", "joined")[0]
    for item, days in (("A-1", 9), ("B-1", 33)):
        case = centre.open(item, centre.platform.people[f"chief-{item[0].lower()}"]).case
        with centre.platform.database.transaction() as session:
            change = {"project_id": project, "used_days": days, "decided_on": centre.today}
            session.connection().execute(
                update(CaseRecord).where(col(CaseRecord.id) == case.id).values(**change)
            )
    with centre.platform.database.reading() as session:
        assert critical_paths(session) == [("P-industry-joined-0-0", Child("b", 33))]


def test_satisfaction_counts_the_three_upper_levels_and_is_red_below_its_target(centre: Centre) -> None:
    for number, level in enumerate((5, 4, 3, 2)):
        give(centre, offer(centre, done(centre, identity=f"ID{number:04}")), level)
    with centre.platform.database.reading() as session:
        found = figures(session, Scope(centre.today, centre.today))
    assert (found["satisfied"].part, found["satisfied"].of, found["satisfied"].is_met) == (3, 4, False)
    assert found["bad_ratings_handled"].of == 0  # its limit is not over in this period
    for part, is_met in ((94, False), (95, True), (99, True)):
        assert Figure("satisfied", part, 100, "", Target("at_least", 95)).is_met is is_met
    assert Figure("satisfied", 99, 100, "").shown == "99.0 %"


def test_visits_are_counted_and_the_year_before_stands_beside(centre: Centre) -> None:
    case = done(centre)
    with centre.platform.database.transaction() as session:
        session.connection().execute(update(CaseRecord).where(col(CaseRecord.id) == case).values(visits=2))
    done(centre, identity="ID0002")
    scope = Scope(date(2026, 1, 1), date(2026, 12, 31))
    with centre.platform.database.reading() as session:
        now, before = figures(session, scope), figures(session, scope.year_before())
    assert (now["one_visit"].part, now["one_visit"].of) == (1, 2)
    assert before["finished"].part == 0
    assert Scope(date(2028, 2, 29), date(2028, 2, 29)).year_before().first == date(2027, 2, 28)
