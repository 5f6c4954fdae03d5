import time
from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import Session

from approval.catalogue import read_item
from approval.publication import lacking
from approval.queries import catalogue as found
from approval.queries import organisation
from approval.queries.catalogue import Wanted
from approval.totals import Cut, add_up, percent
from tests.builders import NOW, make_platform
from tools.demo.catalogue import COUNTY, TOWNS, YICHANG, Plan, make_items, make_sites
from tools.demo.catalogue_load import load_catalogue


@pytest.mark.parametrize("plan", [YICHANG, COUNTY, TOWNS], ids=lambda plan: plan.name)
def test_a_made_up_catalogue_adds_up_to_its_plan_and_may_be_published(plan: Plan) -> None:
    versions = [read_item(body) for _, body in make_items(plan)]
    totals = add_up(versions)
    assert (totals.items, totals.statutory_days, totals.promised_days, totals.materials, totals.steps) == (
        plan.items,
        plan.statutory_days,
        plan.promised_days,
        plan.materials,
        plan.steps,
    )
    assert [version.code for version in versions if lacking(version)] == []
    assert len({v.title["zh"] for v in versions}) == plan.items
    assert make_items(plan) == make_items(plan) != make_items(plan, seed=2)


def test_the_plan_is_the_five_year_report() -> None:
    totals = add_up(read_item(body) for _, body in make_items(YICHANG))
    assert Cut(1340, totals.items).share(0) == "81"
    assert (Cut(5311, 1726).less, Cut(totals.statutory_days, totals.promised_days).share(1)) == (3585, "67.5")
    assert (1360 - totals.materials, 1244 - totals.steps) == (104, 200)
    assert (Cut(1244, totals.steps).share(2), Cut(164, totals.pre_conditions).share(0)) == ("16.08", "51")
    assert (totals.intermediary_items, totals.intermediary_links) == (41, 51)
    departments = {n for n, body in make_items(YICHANG) if body["intermediaries"]}
    assert (len(departments), len({n for n, _ in make_items(YICHANG)})) == (14, 39)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    platform = make_platform(tmp_path_factory.mktemp("demo"))
    started = time.perf_counter()
    with platform.database.transaction() as session:
        load_catalogue(session, whole_network=True, now=NOW)
    assert time.perf_counter() - started < 10  # a shared machine; alone it takes a fifth of a second
    with platform.database.reading() as session:
        yield session


def test_forty_departments_load_and_three_quarters_have_an_office(loaded: Session) -> None:
    rows = organisation.departments(loaded)
    kinds = [row.office_kind for row in rows]
    assert (len(rows), sum(1 for row in rows if row.has_approval_power)) == (40, 40)
    assert [kinds.count(k) for k in ("separate", "joint", "main_named", "added_name")] == [2, 1, 2, 25]
    assert percent(sum(1 for kind in kinds if kind), len(rows), 0) == "75"


def test_thirty_eight_departments_are_inside_and_twenty_nine_use_the_platform(loaded: Session) -> None:
    inside = {one for window in organisation.windows(loaded, "YC-H0") for one in window.department_ids}
    rows = [row for row in organisation.departments(loaded) if row.id in inside]
    kinds = [row.system_kind for row in rows]
    assert (len(rows), kinds.count("own_network"), kinds.count("no_business"), kinds.count("platform")) == (
        38,
        7,
        2,
        29,
    )


def test_the_network_of_1687_sites_is_covered_as_reported(loaded: Session) -> None:
    started = time.perf_counter()
    assert len(organisation.sites(loaded)) == 1687
    assert time.perf_counter() - started < 1
    coverage = organisation.coverage(loaded)
    assert coverage == {"city": (1, 1), "county": (13, 13), "town": (103, 105), "village": (1536, 1568)}
    assert [percent(*coverage[level], 1) for level in ("county", "town", "village")] == [
        "100.0",
        "98.1",
        "98.0",
    ]
    assert len(make_sites()) == 1687


def test_kinds_are_counted_and_items_outside_have_their_reason(loaded: Session) -> None:
    assert found.counts(loaded, "kind") == {"licence": 187, "non_licence": 40, "filing": 28}
    gaps = found.gaps(loaded, date(2026, 11, 2))
    assert gaps.count == 255
    assert gaps.no_online == ()
    assert all(reason for _, reason in gaps.outside)
    assert {code for code, _ in gaps.outside} == set(gaps.no_window)
    assert len(found.items(loaded, Wanted(hall="YC-H0"))) == 255 - len(gaps.outside)


@pytest.mark.parametrize(
    ("plan", "kinds"),
    [
        (COUNTY, {"licence": 160, "public_service": 151}),
        (TOWNS, {"licence": 207, "non_licence": 127}),
    ],
    ids=lambda value: value.name if isinstance(value, Plan) else "",
)
def test_other_reports_are_counted_by_kind(plan: Plan, kinds: dict[str, int]) -> None:
    made = [body["kind"] for _, body in make_items(plan)]
    assert {kind: made.count(kind) for kind in kinds} == kinds
