"""Approval at scale, on both databases: five years of figures, a list of a million cases, acts a second.

Each time stands beside the bare SQL of the same answer in the same run.
"""

import argparse
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

import supervision.records  # noqa: F401 - its tables
from approval.queries import cases as queries
from kernel.clock import SystemClock
from kernel.settings import Settings
from kernel.working_days import national_calendar
from storage.adapters import Adapters, make_adapters
from storage.database import Database
from storage.migrate import upgrade
from supervision.actions.month_sums import sum_months
from supervision.queries.figures import Scope, figures
from tests.real_parts.postgres import Postgres
from tools.bench.report import beside
from tools.demo.catalogue_load import load_catalogue
from tools.replay.bulk import case_rows, load, works_of
from tools.replay.plan import CASES, make_plan
from tools.replay.through_act import walk

MILLION = 1_000_000
RUNS = 15
WALKED = 200
PERIOD = Scope(date(2006, 1, 1), date(2010, 12, 31))
BARE_FIGURES = """
SELECT COUNT(*), SUM(CASE WHEN mode = 'instant' THEN 1 ELSE 0 END),
  SUM(CASE WHEN COALESCE(decided_on, done_on) < promise_due THEN 1 ELSE 0 END)
FROM cases WHERE done_on BETWEEN '2006-01-01' AND '2010-12-31' AND state IN ('done', 'answered')
"""
BARE_LIST = "SELECT * FROM cases WHERE received_at IS NOT NULL ORDER BY received_at DESC, id DESC LIMIT 50"
BARE_DEPARTMENT = (
    "SELECT * FROM cases WHERE received_at IS NOT NULL AND department_id = :department"
    " ORDER BY received_at DESC, id DESC LIMIT 50"
)
FIGURES_LIMIT_S, LIST_LIMIT_S = 1.0, 0.150


def middle(act: Callable[[], Any], runs: int = RUNS) -> float:
    """The median time of an act."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def bare(database: Database, statement: str, **values: Any) -> Callable[[], Any]:
    """A statement as the driver runs it, rows fetched."""

    def run() -> Any:
        with database.engine.connect() as connection:
            return connection.execute(text(statement), values).all()

    return run


def ours(database: Database, query: Callable[[Any], Any]) -> Callable[[], Any]:
    """A query of ours in a reading session."""

    def run() -> Any:
        with database.reading() as session:
            return query(session)

    return run


def within(name: str, seconds: float, limit: float) -> bool:
    """Print a time beside its absolute limit."""
    met = seconds <= limit
    print(f"{name:<48} {seconds * 1e3:9.1f} ms  limit {limit * 1e3:6.0f} ms  {'met' if met else 'MISSED'}")
    return met


def measure(adapters: Adapters, cases: int, million: int) -> bool:
    """Load one database and measure it."""
    database, calendar = adapters.database, national_calendar()
    upgrade(database.url)
    with database.transaction() as session:
        load_catalogue(session, now=SystemClock().now())
    with database.reading() as session:
        items, works = works_of(session)
    begun = time.perf_counter()
    loaded = load(database, case_rows(make_plan(calendar, works, cases), items, works, calendar))
    print(f"loaded {loaded[0]:,} cases and {loaded[1]:,} events in {time.perf_counter() - begun:.1f} s")
    _analyse(database)
    met = _figures(database)
    begun = time.perf_counter()
    more = case_rows(make_plan(calendar, works, million - cases, seed=2), items, works, calendar)
    load(database, (_renumbered(case) for case in more), with_events=False)
    _analyse(database)
    print(f"loaded up to {million:,} cases in {time.perf_counter() - begun:.1f} s")
    met &= _lists(database, items[0].department_id)
    plan = make_plan(calendar, works, WALKED, seed=3)
    begun = time.perf_counter()
    with database.transaction() as session:
        acts = walk(session, plan, items, calendar, adapters.keys)
    seconds = time.perf_counter() - begun
    print(f"{acts} acts on {WALKED} cases in one transaction: {acts / seconds:.0f} acts a second")
    return met


def _figures(database: Database) -> bool:
    got = figures_of(database)
    print(
        f"finished {got['finished'].part:,}, instant {got['instant'].part:,}, early of all "
        f"{got['early_all'].part:,}, early of promised {got['early_promised'].part:,} of {got['early_promised'].of:,}"
    )
    plainly = middle(lambda: figures_of(database), 3)
    begun = time.perf_counter()
    with database.transaction() as session:
        months = sum_months(session, now=SystemClock().now(), at_most=1000)
    print(f"summed {months} months in {time.perf_counter() - begun:.1f} s; without them {plainly:.2f} s")
    if figures_of(database) != got:
        raise AssertionError("kept sums changed a figure")
    whole = middle(lambda: figures_of(database), 5)
    plain = middle(bare(database, BARE_FIGURES), 5)
    beside("every figure of five years / three in bare SQL", whole, plain)
    return within("every figure of five years", whole, FIGURES_LIMIT_S)


def figures_of(database: Database) -> dict[str, Any]:
    """Every figure of the period."""
    with database.reading() as session:
        return dict(figures(session, PERIOD))


def _lists(database: Database, department: str) -> bool:
    with database.reading() as session:
        last = queries.page(session, limit=50)[-1]
    deep = (last.received_at.replace(year=2008), last.id) if last.received_at else None
    newest = middle(ours(database, lambda session: queries.page(session, limit=50)))
    one = middle(ours(database, lambda session: queries.page(session, limit=50, department_id=department)))
    far = middle(ours(database, lambda session: queries.page(session, limit=50, after=deep)))
    beside("newest 50 of a million / bare SQL", newest, middle(bare(database, BARE_LIST)))
    bare_one = middle(bare(database, BARE_DEPARTMENT, department=department))
    beside("a department's 50 / bare SQL", one, bare_one)
    met = within("newest 50 of a million", newest, LIST_LIMIT_S)
    met &= within("a department's newest 50", one, LIST_LIMIT_S)
    return within("50 from the middle of a million", far, LIST_LIMIT_S) and met


def _renumbered(case: dict[str, Any]) -> dict[str, Any]:
    """A second load's case under names of its own."""
    return case | {"id": f"2{case['id'][1:]}", "number": f"S{case['number']}"}


def _analyse(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def main() -> int:
    """Both databases, one after the other."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--cases", type=int, default=CASES)
    reader.add_argument("--million", type=int, default=MILLION)
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite")
        adapters = make_adapters(Settings(var=Path(folder) / "sqlite"))
        met = measure(adapters, asked.cases, asked.million)
        adapters.database.close()
        print("PostgreSQL")
        server = Postgres()
        try:
            url = server.create(f"bench_{secrets.token_hex(4)}")
            adapters = make_adapters(Settings(var=Path(folder) / "postgres", database_url=url))
            met &= measure(adapters, asked.cases, asked.million)
            adapters.database.close()
        finally:
            server.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
