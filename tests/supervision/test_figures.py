"""The figures of the five-year report from a hundredth of its cases, with both early rates and the warning."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from approval.lifecycle import Act
from supervision import records  # noqa: F401 - its tables
from supervision.figures import growth, per_month, per_year, warnings
from supervision.queries.figures import Scope, case_pairs, figures, handled, outside_items
from tests.approval.centre import Centre, make_centre

FIVE_YEARS = Scope(date(2006, 1, 1), date(2010, 12, 31))
ALL, INSTANT, EARLY, PROMISED_EARLY = 4_472, 1_699, 3_577, 2_000
# Of the early ones 2,000 were promised; the rest were instant and done before a promise of a day was over.
REPLAY = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :all)
INSERT INTO cases (id, number, item_id, item_code, version_id, department_id, site_code, mode, channel, online_mode,
  service_mode, is_green, applicant, state, step, received_on, accepted_on, decided_on, done_on, promise_due,
  statutory_due, is_deemed, is_provisional, extended_days, is_stopped, outcome, has_passed_by_default,
  was_decided_at_window, visits, used_days, sequence, checked_sequence, head, facts, is_public)
SELECT 'c' || i, 'N' || i, item, 'A-1', version, department, 'city',
  CASE WHEN i < :instant THEN 'instant' ELSE 'promised' END, CASE WHEN i % 4 = 0 THEN 'online' ELSE 'window' END, '',
  'ordinary', 0, x'', 'done', 3, start, start, date(start, early), date(start, early), date(start, '+2 days'),
  date(start, '+20 days'), 0, 0, 0, 0, 'granted', 0, 1, i % 3, 1, 5, 5, x'', '{}', 1
FROM (
  SELECT i, date('2006-01-01', '+' || (i % 1730) || ' days') AS start,
    CASE WHEN i < :early - :promised OR i BETWEEN :instant AND :instant + :promised - 1 THEN '+1 days'
         ELSE '+2 days' END AS early,
    items.id AS item, items.current_version_id AS version, items.department_id AS department
  FROM n, items
)
"""


@pytest.fixture(scope="module")
def five_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    centre = make_centre(tmp_path_factory.mktemp("five-years"))
    with centre.platform.database.transaction() as session:
        values = {"all": ALL, "instant": INSTANT, "early": EARLY, "promised": PROMISED_EARLY}
        session.connection().execute(text(REPLAY), values)
    yield centre
    centre.platform.database.close()


def test_the_five_year_report_prints_the_stated_figures(five_years: Centre) -> None:
    with five_years.platform.database.reading() as session:
        found = figures(session, FIVE_YEARS)
    assert found["finished"].part == ALL
    assert found["completed"].shown == "100.0 %"
    assert (found["instant"].part, found["instant"].shown) == (INSTANT, "38.0 %")
    assert (found["early_all"].part, found["early_all"].shown) == (EARLY, "80.0 %")
    assert found["early_promised"].of == ALL - INSTANT
    assert found["on_time"].shown == "100.0 %"
    assert found["statutory_overruns"].part == 0
    assert found["events_supervised"].shown == "100.0 %"


def test_it_warns_that_more_were_early_than_were_promised(five_years: Centre) -> None:
    with five_years.platform.database.reading() as session:
        found = figures(session, FIVE_YEARS)
    assert warnings(found) == ("early_exceeds_promised", "early_rates_differ")
    assert found["early_promised"].shown == "72.1 %"


def test_a_share_of_38_misses_the_target_of_70(five_years: Centre) -> None:
    with five_years.platform.database.reading() as session:
        found = figures(session, FIVE_YEARS)
    assert found["instant"].is_met is False
    assert found["at_window"].is_met is True
    assert found["satisfied"].is_met is None  # nobody rated, so nothing is reached or missed


def test_a_filter_counts_only_its_own(five_years: Centre) -> None:
    with five_years.platform.database.reading() as session:
        own = case_pairs(session, Scope(date(2008, 1, 1), date(2008, 1, 31), five_years.departments["a"]))
        none = case_pairs(session, Scope(date(2008, 1, 1), date(2008, 1, 31), "nobody"))
        hall = case_pairs(session, Scope(date(2008, 1, 1), date(2008, 1, 31), hall_code="hall"))
        site = case_pairs(session, Scope(date(2008, 1, 1), date(2008, 1, 31), site_codes=frozenset({"city"})))
    assert own["finished"][0] > 0
    assert none["finished"] == (0, 0)
    assert hall["finished"] == (0, 0)  # these cases came to no window
    assert site == own


def test_the_same_figures_come_from_cases_that_were_handled(tmp_path: Path, postgres_url: str) -> None:
    for folder, url in (("sqlite", ""), ("postgres", postgres_url)):
        centre = make_centre(tmp_path / folder, url)
        case = centre.decided()
        centre.act(case, Act.CERTIFY)
        centre.act(case, Act.DELIVER, way="window")
        centre.received(identity="ID0002")
        with centre.platform.database.reading() as session:
            found = figures(session, Scope(centre.today, centre.today))
        assert (found["received"].part, found["completed"].part) == (2, 1)
        assert (found["at_window"].shown, found["early_promised"].shown) == ("100.0 %", "100.0 %")
        assert found["promise_shorter"].shown == "65.0 %"  # 7 of 20
        assert found["time_saved"].shown == "100.0 %"
        assert found["items_with_cases"].shown == "100.0 %"
        assert found["decided_outside"].part == 0
        centre.platform.database.close()


def test_corrections_are_counted_and_decisions_off_the_window_are_listed(tmp_path: Path) -> None:
    centre = make_centre(tmp_path)
    centre.item("A-2", is_general=False)
    first = centre.decided()
    centre.act(first, Act.CERTIFY)
    centre.act(first, Act.DELIVER, way="window")
    second = centre.accepted("A-2", identity="ID0002")
    for who in ("officer-a", "leader-a"):
        centre.act(second, Act.PASS_STEP, who)
    centre.act(second, Act.GRANT, "leader-a")
    centre.act(second, Act.CERTIFY)
    centre.act(second, Act.DELIVER, way="window")
    scope = Scope(centre.today, centre.today)
    with centre.platform.database.reading() as session:
        assert figures(session, scope)["corrections"].part == 0
        assert outside_items(session, scope) == ["A-2"]
        assert [(one.item, one.cases) for one in handled(session, scope)] == [("A-1", 1), ("A-2", 1)]
    centre.act(first, Act.CORRECT, "leader-a", error="the name is misspelt", correction="the right name")
    with centre.platform.database.reading() as session:
        assert figures(session, scope)["corrections"].part == 1
    centre.platform.database.close()


def test_growth_carries_its_sign() -> None:
    assert growth(16434, 10000) == "+64.34 %"
    assert growth(5, 10) == "-50.00 %"
    assert growth(5, 0) is None


def test_the_means_of_five_years_are_the_reported_ones() -> None:
    assert per_year(447_178, FIVE_YEARS.first, FIVE_YEARS.last) == 89_436
    assert per_month(447_178, FIVE_YEARS.first, FIVE_YEARS.last) == 7_453


def test_months_are_counted_from_begun_to_begun() -> None:
    assert per_month(12, date(2026, 1, 31), date(2026, 2, 1)) == 6
    assert per_month(12, date(2026, 1, 1), date(2026, 1, 31)) == 12
