"""Kept sums change no figure: not before, not after, and not when a case of a past month changes late."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from approval.lifecycle import Act
from approval.queries import cases
from approval.records.cases import TouchedMonthRecord
from supervision.actions.month_sums import sum_months
from supervision.queries.figures import Scope, case_pairs
from supervision.queries.month_sums import rest, span_of, whole_months
from supervision.records import MonthSumRecord
from tests.approval.centre import Centre
from tests.supervision.house import done, make_house

YEAR = Scope(date(2026, 1, 1), date(2026, 12, 31))
DAYS = st.dates(date(2006, 1, 1), date(2010, 12, 31))


@given(DAYS, DAYS)
def test_months_and_the_rest_cover_a_period_exactly_once(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    months = whole_months(first, last)
    spans = sorted([*(span_of(month) for month in months), *rest(first, last, months)])
    assert spans[0][0] == first
    assert spans[-1][1] == last
    assert all((b[0] - a[1]).days == 1 for a, b in pairwise(spans))
    assert len(rest(first, last, months)) <= 2


@given(DAYS, st.sets(st.sampled_from(["2006-03", "2007-01", "2007-02"])))
def test_months_that_are_not_kept_are_left_open(last: date, kept: set[str]) -> None:
    inside = [month for month in kept if span_of(month)[1] <= last]
    days = sum((end - begin).days + 1 for begin, end in rest(date(2006, 1, 1), last, inside))
    days += sum((span_of(month)[1] - span_of(month)[0]).days + 1 for month in inside)
    assert days == (last - date(2006, 1, 1)).days + 1


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = make_house(tmp_path)
    done(made, identity="ID0001")
    made.go_to("2026-04-28")
    done(made, identity="ID0002")
    made.go_to("2026-05-12")
    done(made, identity="ID0003")
    made.go_to("2026-06-10")
    return made


def pairs(centre: Centre, scope: Scope = YEAR) -> dict[str, tuple[int, int]]:
    with centre.platform.database.reading() as session:
        return case_pairs(session, scope)


def keep(centre: Centre) -> int:
    with centre.platform.database.transaction() as session:
        return sum_months(session, now=centre.now, at_most=12)


def test_kept_sums_change_no_figure(centre: Centre) -> None:
    scopes = [
        YEAR,
        Scope(date(2026, 4, 2), date(2026, 6, 1)),
        Scope(date(2026, 4, 1), date(2026, 4, 30)),
        Scope(date(2026, 1, 1), date(2026, 12, 31), department_id=centre.departments["a"]),
        Scope(date(2026, 1, 1), date(2026, 12, 31), department_id="none"),
        Scope(date(2026, 1, 1), date(2026, 12, 31), hall_code="hall"),
        Scope(date(2026, 1, 1), date(2026, 12, 31), site_codes=frozenset({"city"})),
    ]
    before = [pairs(centre, scope) for scope in scopes]
    assert keep(centre) == 4  # April and May, finished and received
    assert [pairs(centre, scope) for scope in scopes] == before
    assert before[0]["finished"] == (3, 3)


def test_this_month_is_never_kept(centre: Centre) -> None:
    done(centre, identity="ID0004")
    keep(centre)
    with centre.platform.database.reading() as session:
        assert set(session.exec(select(MonthSumRecord.month))) == {"2026-04", "2026-05"}


def test_a_case_that_ends_late_shows_at_once(centre: Centre) -> None:
    case = centre.accepted(identity="ID0005")
    centre.go_to("2026-07-02")
    keep(centre)
    received = pairs(centre)["completed"]
    centre.act(case, Act.WITHDRAW, by=applicant_of(centre, case))
    with centre.platform.database.reading() as session:
        assert set(session.exec(select(TouchedMonthRecord.month))) == {"2026-06"}
    assert pairs(centre)["completed"] == (received[0] + 1, received[1])
    keep(centre)
    with centre.platform.database.reading() as session:
        assert session.exec(select(TouchedMonthRecord)).all() == []
    assert pairs(centre)["completed"] == (received[0] + 1, received[1])


def applicant_of(centre: Centre, case: str) -> str:
    """Let the applicant of the house own the case."""
    with centre.platform.database.transaction() as session:
        cases.lock_case(session, case).applicant_id = centre.platform.people["applicant"].person_id
    return "applicant"


def test_summing_again_changes_nothing(centre: Centre) -> None:
    keep(centre)
    assert keep(centre) == 0


def test_many_months_are_summed_over_several_sweeps(centre: Centre) -> None:
    before = pairs(centre)
    touch(centre, "2026-04", "2026-05")
    done_now = []
    for _ in range(4):
        with centre.platform.database.transaction() as session:
            done_now.append(sum_months(session, now=centre.now, at_most=1))
        assert pairs(centre) == before
    assert done_now == [2, 2, 0, 0]
    with centre.platform.database.reading() as session:
        assert session.exec(select(TouchedMonthRecord)).all() == []


def touch(centre: Centre, *months: str) -> None:
    with centre.platform.database.transaction() as session:
        session.add_all(TouchedMonthRecord(month=month) for month in months)
