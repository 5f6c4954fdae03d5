"""What an upgrade carries over from an older version, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from expert_pool.queries import pool
from storage.database import Database
from storage.migrate import upgrade

KEY = bytes(range(32))
EXPERT = (
    "INSERT INTO experts (id, number, name, employer, region, specialties, standing, valid_until, updated_at)"
    " VALUES (:id, 'E-7', :name, '设计院', '330100', :specialties, 'active', '2030-01-31',"
    " '2026-11-01 00:00:00+00:00')"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the version before entries were sealed, with one expert."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/db.sqlite3"
    upgrade(url, "0003")
    database = Database(url, KEY)
    given = {"id": "e" * 36, "name": "张 三", "specialties": '["A0802","A0801"]'}
    with database.engine.begin() as connection:
        connection.execute(text(EXPERT), given)
    yield database
    database.close()


def test_entries_that_lay_open_are_sealed_and_found_by_their_name(older: Database) -> None:
    upgrade(older.url, people_key=KEY)
    with older.reading() as session:
        [record] = pool.experts(session)
        expert, identity = pool.entry(session, record)
        assert pool.pool_page(session, "", 10, pool.PoolLook(name="张三")) == [record]
    assert (expert.name, expert.employer, expert.number) == ("张 三", "设计院", "E-7")
    assert (expert.specialties, str(expert.valid_until)) == (frozenset({"A0801", "A0802"}), "2030-01-31")
    assert identity.telephone == ""


def test_without_the_key_nothing_is_changed_and_the_reason_is_said(older: Database) -> None:
    with pytest.raises(RuntimeError, match=r"keys/people.key"):
        upgrade(older.url)
    with older.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM experts")).scalar_one() == "张 三"
    upgrade(older.url, people_key=KEY)
