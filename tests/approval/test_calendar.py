"""Notices about working days: read line by line, taken over all or none, and in force at once."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import Session, select

from accounts.duties import Duty
from approval.actions.calendar import import_calendar
from approval.calendar import DayRow, check_rows, notice_body, read_rows
from approval.queries.calendar import calendar, calendar_imports
from approval.records.calendar import CalendarDayRecord
from crypto.canonical import canonical
from kernel.errors import BadInput, NotAllowed
from kernel.working_days import ChangedDay, national_calendar
from storage.audit_log import LogRecord
from storage.outbox import JobRecord
from tests.builders import Platform, make_platform

NOTICE_2027 = """date,working
2027-01-01,off
2027-01-04,off

2027-02-05,off
2027-02-08，休
2027-02-20,on
2027-05-03,off
2027-10-01,off
"""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = make_platform(tmp_path)
    yield made
    made.database.close()


def bring_in(platform: Platform, rows: tuple[DayRow, ...], notice_no: str = "N-1") -> tuple[ChangedDay, ...]:
    actor = platform.person("centre", Duty.CENTRE_OFFICE)
    with platform.database.transaction() as session:
        return import_calendar(session, actor=actor, rows=rows, notice_no=notice_no, now=platform.clock.now())


def test_lines_become_days_and_keep_their_numbers() -> None:
    rows = read_rows(NOTICE_2027)
    assert rows[0] == DayRow(date(2027, 1, 1), False)
    assert rows[4] == DayRow(date(2027, 2, 20), True)
    assert [row.line for row in rows] == [2, 3, 5, 6, 7, 8, 9]


def test_every_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BadInput) as caught:
        read_rows("2027-01-01,off\n2027-02-30,off\n2027-03-01,perhaps\nnonsense\n2027-03-02,on")
    assert caught.value.facts["where"] == "days"
    assert str(caught.value.facts["why"]).startswith("line 2, 3, 4: ")


def test_digest_of_a_notice_is_the_one_of_the_format() -> None:
    rows = (DayRow(date(2026, 12, 15), True), DayRow(date(2026, 12, 14), False))
    digest = sha256(canonical(notice_body(rows, "抗洪〔2026〕3 号"))).hexdigest()
    assert digest == "a2ead27cad99ed3677c29e84719cdeeeeec116d8a13b9025d3bda697f26935bd"


def test_without_a_notice_the_national_table_is_in_force(platform: Platform) -> None:
    with platform.database.reading() as session:
        assert calendar(session) is national_calendar()


def test_a_notice_for_a_year_ends_what_was_provisional(platform: Platform) -> None:
    with platform.database.reading() as session:
        before = calendar(session).due(date(2026, 12, 28), 7)
    assert (before.day, before.provisional) == (date(2027, 1, 7), True)
    changed = bring_in(platform, read_rows(NOTICE_2027), "State Council 2027")
    assert len(changed) == 7
    with platform.database.reading() as session:
        after = calendar(session)
        assert after is calendar(session)  # kept, not made anew
    assert after.published_to == date(2027, 12, 31)
    due = after.due(date(2026, 12, 28), 7)
    assert (due.day, due.provisional) == (date(2027, 1, 8), False)
    assert after.notice(date(2027, 2, 20)) == "State Council 2027"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_notices_come_into_force_one_after_the_other_on_both_databases(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else ""
    platform = make_platform(tmp_path, url)
    closed = date(2026, 12, 14)
    for number, is_working in enumerate((False, True, False)):
        bring_in(platform, (DayRow(closed, is_working),), f"Order {number}")
        with platform.database.reading() as session:
            assert calendar(session).is_working(closed) is is_working
            assert calendar(session).notice(closed) == f"Order {number}"
            assert len(calendar_imports(session)) == number + 1
    platform.database.close()


def test_a_local_closure_moves_dates_and_publishes_no_year(platform: Platform) -> None:
    flood = (DayRow(date(2026, 7, 20), False), DayRow(date(2027, 3, 3), False))
    bring_in(platform, flood, "Flood order 3")
    with platform.database.reading() as session:
        now = calendar(session)
    assert now.due(date(2026, 7, 17), 1).day == date(2026, 7, 21)
    assert now.published_to == date(2026, 12, 31)
    bring_in(platform, (DayRow(date(2026, 7, 20), True),), "Flood order 4")
    with platform.database.reading() as session:
        assert calendar(session).due(date(2026, 7, 17), 1).day == date(2026, 7, 20)


def test_an_import_is_logged_and_asks_for_new_due_dates(platform: Platform) -> None:
    bring_in(platform, read_rows(NOTICE_2027))
    with platform.database.reading() as session:
        assert [job.payload["notice_no"] for job in recounts(session)] == ["N-1"]
        logged = session.exec(select(LogRecord.fact).where(LogRecord.kind == "calendar.imported")).one()
        found = calendar_imports(session)
        assert found[0].digest.hex() in logged.decode()


def test_the_same_notice_again_changes_nothing(platform: Platform) -> None:
    rows = read_rows(NOTICE_2027)
    bring_in(platform, rows)
    assert bring_in(platform, rows) == ()
    with platform.database.reading() as session:
        assert (len(calendar_imports(session)), len(recounts(session))) == (1, 1)


def recounts(session: Session) -> list[JobRecord]:
    return list(session.exec(select(JobRecord).where(JobRecord.name == "recompute_due_dates")))


def test_an_import_that_is_rolled_back_leaves_no_trace(platform: Platform) -> None:
    actor, now = platform.person("centre", Duty.CENTRE_OFFICE), platform.clock.now()
    closure, other = (DayRow(date(2026, 7, day), False) for day in (20, 21))
    with pytest.raises(RuntimeError), platform.database.transaction() as session:
        import_calendar(session, actor=actor, rows=(closure,), notice_no="N-1", now=now)
        assert not calendar(session).is_working(closure.day)
        raise RuntimeError
    bring_in(platform, (other,))
    with platform.database.reading() as session:
        assert calendar(session).is_working(closure.day)
        assert not calendar(session).is_working(other.day)


@pytest.mark.parametrize(
    ("rows", "notice_no", "where"),
    [
        ((), "N-1", "days: give 1 to 400 days"),
        ((DayRow(date(2026, 7, 20), False, 1),), " ", "notice_no: "),
        (
            (DayRow(date(2005, 12, 30), False, 1), DayRow(date(2026, 7, 20), False, 2)),
            "N-1",
            "days: line 1: ",
        ),
        ((DayRow(date(2100, 1, 1), False, 3),), "N-1", "days: line 3: "),
        (
            (DayRow(date(2026, 7, 20), False, 1), DayRow(date(2026, 7, 20), True, 2)),
            "N-1",
            "days: line 1, 2: ",
        ),
    ],
)
def test_a_wrong_notice_is_refused_with_its_lines(
    rows: tuple[DayRow, ...], notice_no: str, where: str
) -> None:
    with pytest.raises(BadInput) as caught:
        check_rows(national_calendar(), rows, notice_no)
    assert str(caught.value).startswith(where)


def test_only_the_centre_office_brings_in_notices_and_one_wrong_line_stops_all(platform: Platform) -> None:
    actor = platform.person("window", Duty.WINDOW_STAFF)
    good, early = DayRow(date(2026, 7, 20), False, 1), DayRow(date(2005, 12, 30), False, 2)
    with platform.database.transaction() as session, pytest.raises(NotAllowed):
        import_calendar(session, actor=actor, rows=(good,), notice_no="N-1", now=platform.clock.now())
    with pytest.raises(BadInput):
        bring_in(platform, (good, early))
    with platform.database.reading() as session:
        assert session.exec(select(CalendarDayRecord)).all() == []
        assert calendar(session) is national_calendar()
