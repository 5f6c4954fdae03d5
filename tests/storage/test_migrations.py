"""Migrations give the tables that the models describe, forward and back, on both databases."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

from storage.database import Database
from storage.migrate import VERSIONS, downgrade, main, upgrade, write_revision

ROOT = Path(__file__).parents[2]
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/db.sqlite3"
    database = Database(url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def triggers(connection: Connection) -> list[str]:
    return [row[0] for row in connection.exec_driver_sql(TRIGGERS[connection.dialect.name])]


def differences(connection: Connection) -> list[Any]:
    found: list[Any] = compare_metadata(
        MigrationContext.configure(connection, opts={"compare_type": True}), SQLModel.metadata
    )
    return found


def test_models_equal_migrations(empty: Database) -> None:
    upgrade(empty.url)
    with empty.engine.connect() as connection:
        assert differences(connection) == [], 'run: make migrate m="what changed"'


def test_migrations_make_the_triggers_that_the_models_make(
    empty: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    upgrade(empty.url)
    with empty.engine.connect() as connection:
        migrated = triggers(connection)
    downgrade(empty.url)
    SQLModel.metadata.create_all(empty.engine)
    with empty.engine.connect() as connection:
        assert migrated == triggers(connection)


def test_going_back_removes_everything(empty: Database) -> None:
    upgrade(empty.url)
    assert tables(empty) >= {"jobs", "log_entries"}
    downgrade(empty.url)
    assert tables(empty) == set()
    upgrade(empty.url)
    assert tables(empty) >= {"jobs", "log_entries"}


def test_two_may_upgrade_at_once(empty: Database) -> None:
    environment = {**os.environ, "MINGTANG_DATABASE_URL": empty.url}
    command = [sys.executable, "-m", "storage.migrate"]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert "jobs" in tables(empty)


def test_one_command_writes_all_tables_of_all_models(empty: Database, tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    written = write_revision("first tables", versions)
    assert written.name == "0001_first_tables.py"
    assert "storage.columns" not in written.read_text()
    upgrade(empty.url, versions=versions)
    with empty.engine.connect() as connection:
        assert differences(connection) == []
        assert "bids_closed_insert" in triggers(connection)
    downgrade(empty.url, versions=versions)
    assert tables(empty) == set()


def test_revisions_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in VERSIONS.glob("*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_a_revision_needs_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", " "]) == 2
    assert "make migrate" in capsys.readouterr().err
