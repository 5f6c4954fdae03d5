"""Bulletins: on the first working day after, once, printed with text that can be read back."""

import time
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from accounts import queries as accounts
from kernel.errors import BadInput
from kernel.working_days import national_calendar
from storage.adapters import Adapters
from storage.outbox import JobRecord
from supervision.actions.bulletins import ask_for_bulletins
from supervision.bulletin import bulletin_letter
from supervision.periods import periods_to_report, read_period
from supervision.queries import bulletins
from tests.supervision.house import done, make_house
from worker import sweeps
from worker.letter_pdf import letter_html
from worker.ticker import Ticker

CALENDAR = national_calendar()


@pytest.mark.parametrize(
    ("today", "names"),
    [
        ("2026-10-31", ()),  # a Saturday
        ("2026-11-01", ()),  # a Sunday
        ("2026-11-02", ("2026-10",)),
        ("2026-10-01", ()),  # National Day
        ("2026-10-08", ("2026-09", "2026Q3")),  # the first working day of October
        ("2026-10-09", ("2026-09", "2026Q3")),
        ("2026-01-04", ("2025-12", "2025Q4")),  # a Sunday that is worked
    ],
)
def test_a_period_is_reported_from_the_first_working_day_after_it(today: str, names: tuple[str, ...]) -> None:
    assert periods_to_report(date.fromisoformat(today), CALENDAR) == names


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026Q4", "2026-10-01", "2026-12-31"),
    ],
)
def test_a_period_has_its_days(name: str, first: str, last: str) -> None:
    found = read_period(name)
    assert (str(found.first), str(found.last)) == (first, last)


@pytest.mark.parametrize("name", ["2026", "2026Q5", "2026-13", "x", "2026Q0"])
def test_another_name_is_no_period(name: str) -> None:
    with pytest.raises(BadInput):
        read_period(name)


def test_bulletins_are_asked_for_once_and_printed(tmp_path: Path) -> None:
    centre = make_house(tmp_path)
    done(centre)
    centre.go_to("2026-05-06")  # the first working day of May
    adapters: Adapters = centre.platform.adapters
    for expected in (["2026-04"], []):
        with centre.platform.database.transaction() as session:
            assert ask_for_bulletins(session, calendar=centre.calendar, now=centre.now) == expected
    payload = {"period": "2026-04"}
    made = sweeps.write_bulletins(adapters, payload, centre.now)
    with centre.platform.database.transaction() as session:
        sweeps.keep_bulletins(session, adapters, payload, made, centre.now)
    with centre.platform.database.reading() as session:
        rows = bulletins.of_period(session, "2026-04")
        name = accounts.organisation(session, centre.departments["a"]).name
    assert [row.department_id for row in rows] == ["", centre.departments["a"]]
    with adapters.objects.open(rows[1].pdf) as file:
        assert file.read(8) == b"%PDF-1.7"
    letter = bulletin_letter(
        rows[1].body,
        names={rows[1].department_id: name},
        centre="C",
        made_on="2026-05-06",
        digest="",
        url="u",
    )
    printed = letter_html(letter)
    assert "行政审批效能通报 2026-04" in printed
    assert name in printed
    assert "办结件数" in printed


def test_a_tick_asks_for_one_sweep_and_done_ones_are_forgotten(tmp_path: Path) -> None:
    centre = make_house(tmp_path)
    ticker = Ticker(centre.platform.adapters)
    assert [ticker.tick(), ticker.tick()] == [True, False]
    with centre.platform.database.transaction() as session:
        job = session.exec(select(JobRecord).where(JobRecord.name == "sweep")).one()
        sweeps.sweep_all(session, centre.platform.adapters, job.payload, None, centre.now)
        job.state, job.done_at = "done", centre.now
    centre.platform.clock.advance(hours=2)
    assert ticker.tick()
    with centre.platform.database.reading() as session:
        assert len(session.exec(select(JobRecord).where(JobRecord.name == "sweep")).all()) == 1


def test_a_started_ticker_asks_by_itself_until_it_is_stopped(tmp_path: Path) -> None:
    centre = make_house(tmp_path)
    ticker = Ticker(centre.platform.adapters, every_seconds=0.01)
    ticker.start()
    deadline = time.monotonic() + 10
    found: list[str] = []
    while not found and time.monotonic() < deadline:
        with centre.platform.database.reading() as session:
            found = list(session.exec(select(JobRecord.name).where(JobRecord.name == "sweep")))
    ticker.stop()
    assert found == ["sweep"]
