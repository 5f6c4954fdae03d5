"""The public sees heads that grow by a fixed step, whatever happened between them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from threading import Barrier, Thread

import pytest

from crypto.merkle import Frontier, leaf_hash, root_of
from storage import audit_log, published_heads
from storage.audit_log import FILLER, Fact, LogRecord
from storage.database import Database, Session
from storage.published_heads import MOST_BESIDE, STEP

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PACE = 60


@pytest.fixture
def paced(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A database as processes with a pace see it."""
    copyfile(sqlite_template, tmp_path / "log.sqlite3")
    database = Database(f"sqlite:///{tmp_path}/log.sqlite3", log_pace=PACE)
    yield database
    database.close()


@pytest.fixture
def both(database: Database) -> Iterator[Database]:
    """The same on both kinds of databases."""
    other = Database(database.url, log_pace=PACE)
    yield other
    other.close()


def act(session: Session, times: int = 1) -> None:
    for number in range(times):
        audit_log.append(session, Fact("test.fact", str(number)), NOW)


def check_tree(session: Session) -> Frontier:
    """The kept nodes, peaks and leaves are of one tree."""
    tree = audit_log.frontier(session)
    leaves = audit_log.leaves(session, 0, tree.size)
    assert len(leaves) == tree.size
    assert root_of(map(leaf_hash, leaves)) == tree.root() == audit_log.root_at(session, tree.size)
    assert len(set(leaves)) == tree.size, "every entry has a salt of its own"
    return tree


@pytest.mark.parametrize(
    ("acts", "steps"),
    [(0, 1), (1, 1), (STEP - 1, 1), (STEP, 1), (STEP + 1, 2), (2 * STEP, 2), (8 * STEP + 1, 9)],
)
def test_a_published_head_is_a_whole_number_of_steps_further(paced: Database, acts: int, steps: int) -> None:
    with paced.transaction() as session:
        published_heads.publish(session, NOW)
        act(session, acts)
        assert published_heads.public_size(session) == STEP
        published_heads.publish(session, NOW)
        assert published_heads.public_size(session) == STEP + steps * STEP
        assert check_tree(session).size == STEP + steps * STEP


def test_no_act_moves_what_the_public_sees(paced: Database) -> None:
    with paced.transaction() as session:
        published_heads.publish(session, NOW)
    for times in (1, 5):
        with paced.transaction() as session:
            published_heads.blur(session, NOW)
            act(session, times)
        with paced.reading() as session:
            assert published_heads.public_size(session) == STEP < audit_log.frontier(session).size
            assert not published_heads.is_public(session, STEP + 1)
            assert published_heads.is_public(session, STEP)


def test_what_must_be_public_at_once_ends_its_head(paced: Database) -> None:
    with paced.transaction() as session:
        act(session, 3)
        published_heads.fill(session, NOW, ahead=1)
        entry = audit_log.append(session, Fact("tender.closed", "t"), NOW)
        published_heads.mark(session, NOW)
        assert entry.index + 1 == published_heads.public_size(session) == STEP
        assert published_heads.is_public(session, STEP)


def test_a_filler_looks_like_any_entry(paced: Database) -> None:
    with paced.transaction() as session:
        act(session)
        published_heads.publish(session, NOW)
        rows = [session.get_one(LogRecord, index) for index in range(STEP)]
    assert [row.kind for row in rows] == ["test.fact", *[FILLER] * (STEP - 1)]
    assert {len(row.leaf) for row in rows} == {32}
    assert len({row.leaf for row in rows}) == len({row.salt for row in rows}) == STEP


@pytest.mark.parametrize(
    ("later", "is_due"), [(-3600, True), (-1, True), (0, False), (PACE / 2 - 1, False), (PACE / 2, True)]
)
def test_two_hosts_publish_one_head_a_beat_and_a_clock_that_went_back_holds_nothing_up(
    paced: Database, later: float, is_due: bool
) -> None:
    with paced.transaction() as session:
        assert published_heads.publish_due(session, NOW)
        assert published_heads.publish_due(session, NOW + timedelta(seconds=later)) is is_due
        assert published_heads.public_size(session) == STEP * (1 + is_due)


@pytest.mark.parametrize(("later", "heads"), [(0, 1), (0.9, 1), (1, 2), (-5, 2)])
def test_a_crowd_of_openings_publishes_once_a_second(paced: Database, later: float, heads: int) -> None:
    with paced.transaction() as session:
        published_heads.publish(session, NOW)
        act(session)
        published_heads.publish_soon(session, NOW + timedelta(seconds=later))
        assert published_heads.public_size(session) == heads * STEP


def test_what_did_not_commit_left_neither_fillers_nor_a_head(both: Database) -> None:
    with pytest.raises(ZeroDivisionError), both.transaction() as session:
        act(session)
        published_heads.publish(session, NOW)
        raise ZeroDivisionError
    with both.transaction() as session:
        assert audit_log.frontier(session).size == 0
        assert published_heads.newest(session) is None
        published_heads.publish(session, NOW)
        assert check_tree(session).size == STEP


def test_acts_beside_a_publication_keep_one_tree(both: Database) -> None:
    with both.transaction() as session:
        published_heads.publish(session, NOW)
    start, failed = Barrier(4), list[Exception]()

    def work(number: int) -> None:
        start.wait()
        for _ in range(4):
            try:
                with both.transaction() as session:
                    if number % 2:
                        published_heads.publish(session, NOW)
                    else:
                        published_heads.blur(session, NOW)
                        act(session)
            except Exception as error:
                failed.append(error)

    threads = [Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with both.reading() as session:
        check_tree(session)
        assert published_heads.public_size(session) % STEP == 0


def test_a_log_from_before_hides_nothing_until_its_first_published_head(paced: Database) -> None:
    with Database(paced.url).transaction() as session:
        act(session, 5)
        published_heads.publish(session, NOW)  # without a pace there is nothing to do
        assert published_heads.public_size(session) == 5
    with paced.transaction() as session:
        assert published_heads.public_size(session) == 5
        published_heads.publish_due(session, NOW)
        assert published_heads.public_size(session) == STEP


def test_the_place_of_a_bid_among_its_fillers_varies(paced: Database) -> None:
    with paced.transaction() as session:
        places = set()
        for _ in range(40):
            before = audit_log.frontier(session).size
            published_heads.blur(session, NOW)
            places.add(audit_log.frontier(session).size - before)
    assert places == set(range(MOST_BESIDE + 1))
