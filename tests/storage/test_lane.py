"""Acts that share a commit do not share their fate."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session, select

from accounts.records import OrganisationRecord
from kernel.clock import SystemClock
from kernel.errors import NameTaken
from storage.columns import table_of
from storage.database import Database
from storage.lane import LONGEST, Lane

ADD = insert(table_of(OrganisationRecord))
CROWD = LONGEST + 5


def add(name: str) -> Callable[[Session], str]:
    def act(session: Session) -> str:
        session.connection().execute(ADD, {"id": name, "name": name, "created_at": SystemClock().now()})
        return name

    return act


def add_and_refuse(session: Session) -> str:
    session.add(OrganisationRecord(id="refused", name="refused", created_at=SystemClock().now()))
    session.flush()
    raise NameTaken(name="refused")


def names(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.exec(select(OrganisationRecord.name)))


@contextmanager
def commits(database: Database) -> Iterator[list[int]]:
    """Counts the commits of the block."""
    count = [0]

    def note(_: object) -> None:
        count[0] += 1

    event.listen(database.engine, "commit", note)
    yield count
    event.remove(database.engine, "commit", note)


@contextmanager
def crowd(lane: Lane, *acts: tuple[str, Callable[[Session], str]]) -> Iterator[list["Future[str]"]]:
    """The acts, of which the first is held up until all others wait."""
    started, released = threading.Event(), threading.Event()

    def hold(session: Session) -> str:
        started.set()
        assert released.wait(20)
        return "held"

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        pool.submit(lane.carry_out, hold, about="the first")
        assert started.wait(20)
        futures = [pool.submit(lane.carry_out, act, about=about) for about, act in acts]
        while len(lane._waiting) < len(acts):
            time.sleep(0.001)
        released.set()
        yield futures


def test_an_act_that_is_alone_is_carried_out_at_once(database: Database) -> None:
    lane = Lane(database)
    assert lane.carry_out(add("one"), about="a") == "one"
    with pytest.raises(NameTaken):
        lane.carry_out(add_and_refuse, about="a")
    assert names(database) == {"one"}


def test_acts_that_wait_share_commits_up_to_the_limit(database: Database) -> None:
    wanted = {f"firm {number}" for number in range(CROWD)}
    with (
        commits(database) as count,
        crowd(Lane(database), *(("a", add(name)) for name in sorted(wanted))) as futures,
    ):
        assert {future.result() for future in futures} == wanted
    assert count[0] == 2  # the act that held them up wrote nothing
    assert names(database) == wanted


def test_a_refused_act_leaves_nothing_and_disturbs_no_other(database: Database) -> None:
    acts = [("a", add("before")), ("a", add_and_refuse), ("a", add("before")), ("a", add("after"))]
    with crowd(Lane(database), *acts) as (before, refused, double, after):
        assert isinstance(refused.exception(), NameTaken)
        failed = [future for future in (before, double) if future.exception() is not None]
        assert len(failed) == 1  # the name is unique, so one of the two broke its constraint
        assert after.result() == "after"
    assert names(database) == {"before", "after"}


def test_acts_about_other_things_go_into_other_transactions(database: Database) -> None:
    acts = [("a", add("one")), ("b", add("two")), ("a", add("three"))]
    with commits(database) as count, crowd(Lane(database), *acts) as futures:
        assert [future.result() for future in futures] == ["one", "two", "three"]
    assert count[0] == 2


def test_whoever_has_an_answer_is_committed(database: Database) -> None:
    lane = Lane(database)

    def submit(number: int) -> bool:
        return lane.carry_out(add(f"firm {number}"), about="a") in names(database)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(submit, range(40)))


def test_a_commit_that_fails_fails_everybody_in_it(database: Database) -> None:
    def break_commit(_: object) -> None:
        raise OSError("no space left")

    lane = Lane(database)
    with crowd(lane, ("a", add("one")), ("a", add("two"))) as futures:
        event.listen(database.engine, "commit", break_commit)
        errors = [future.exception() for future in futures]
    event.remove(database.engine, "commit", break_commit)
    assert all(isinstance(error, OSError) for error in errors)
    assert names(database) == set()
    assert lane.carry_out(add("three"), about="a") == "three"
