"""The five-year report, replayed: the bulk load and the walk through every act give the same figures."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

import supervision.records  # noqa: F401 - its tables
from approval.event import FIRST, Event, chain, first_broken
from approval.queries import cases as case_queries
from approval.records.cases import CaseRecord
from kernel.working_days import national_calendar
from storage.database import Database
from supervision.queries.figures import Scope, figures
from tests.builders import Platform, make_platform
from tools.demo.catalogue_load import load_catalogue
from tools.replay.bulk import CLERK, MORNING, case_rows, load, quick_chain, works_of
from tools.replay.plan import CASES, EARLY, INSTANT, Plan, Work, make_plan
from tools.replay.through_act import walk

CALENDAR = national_calendar()
PERIOD = Scope(date(2006, 1, 1), date(2010, 12, 31))
SAMPLE = 40


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    platform = make_platform(tmp_path_factory.mktemp("replay"))
    with platform.database.transaction() as session:
        load_catalogue(session, now=platform.clock.now())
    return platform


def bulk(database: Database, plan: Plan) -> tuple[int, int]:
    with database.reading() as session:
        items, works = works_of(session)
    return load(database, case_rows(plan, items, works, CALENDAR))


def test_the_plan_has_the_numbers_of_the_report() -> None:
    works = [
        Work(0, "instant", 1, 5, True),
        Work(1, "promised", 7, 9, True),
        Work(2, "promised", 20, 30, False),
    ]
    plan = make_plan(CALENDAR, works)
    limits = np.array([1, 7, 20])[plan.items]
    used = plan.decided - plan.received
    assert (len(plan.items), int(plan.is_instant.sum()), int((used < limits).sum())) == (
        CASES,
        INSTANT,
        EARLY,
    )
    assert int((used > limits).sum()) == 0
    assert CASES - INSTANT < EARLY  # the contradiction of the report


def test_the_bulk_load_and_every_act_give_the_same_figures(centre: Platform, tmp_path: Path) -> None:
    with centre.database.reading() as session:
        items, works = works_of(session)
    plan = make_plan(CALENDAR, works, SAMPLE)
    bulk(centre.database, plan)
    with centre.database.reading() as session:
        loaded = {
            key: figure for key, figure in figures(session, PERIOD).items() if key != "events_supervised"
        }
    other = make_platform(tmp_path)
    with other.database.transaction() as session:
        load_catalogue(session, now=other.clock.now())
    with other.database.transaction() as session:
        walk(session, plan, items, CALENDAR, other.adapters.keys)
    with other.database.reading() as session:
        walked = {
            key: figure for key, figure in figures(session, PERIOD).items() if key != "events_supervised"
        }
    assert loaded == walked


def test_a_loaded_chain_is_a_chain(centre: Platform) -> None:
    with centre.database.reading() as session:
        some = session.exec(select(CaseRecord).limit(3)).all()
        for case in some:
            rows = case_queries.events(session, case.id)
            chained = [
                (
                    Event(
                        r.case_id,
                        r.sequence,
                        r.at,
                        r.happened_on,
                        r.action,
                        r.actor_id,
                        r.role,
                        r.from_state,
                        r.to_state,
                        r.data,
                    ),
                    r.hash,
                )
                for r in rows
            ]
            assert chained
            assert first_broken(chained) is None
            assert case.head == chained[-1][1]


def test_the_quick_chain_is_the_chain() -> None:
    at = datetime.combine(date(2006, 1, 4), MORNING)
    event = Event("c", 1, at, at.date(), "apply", CLERK, "chief", "draft", "received", {})
    assert quick_chain(FIRST, "c", 1, at, "apply", "draft", "received") == chain(FIRST, event)
