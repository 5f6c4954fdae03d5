"""The real parts that tests run against: started at first use, ended with the tests, never skipped."""

import gc
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from xdist.scheduler import LoadFileScheduling

import accounts.actions
from storage.database import Database
from storage.migrate import upgrade
from tests import builders
from tests.real_parts.postgres import Postgres
from tests.real_parts.seaweed import S3, Seaweed
from tests.real_parts.valkey import Valkey


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """One Valkey for all tests."""
    server = Valkey()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Seaweed]:
    """One S3 store for all tests."""
    server = Seaweed()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    name = f"test_{secrets.token_hex(6)}"
    yield postgres_server.create(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a PostgreSQL database with all tables, to copy."""
    upgrade(postgres_server.create("template_tables"))
    return "template_tables"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own with all tables and no rows; the test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "mingtang.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = f"test_{secrets.token_hex(6)}"
    yield server.create(name, request.getfixturevalue("postgres_template"))
    server.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of this test's own with all tables and no rows; the test runs on both kinds."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def s3(s3_server: Seaweed) -> S3:
    """A bucket with object lock, shared by the tests of one module."""
    store = s3_server.s3(f"tests-{secrets.token_hex(6)}")
    store.client().make_bucket(store.bucket, object_lock=True)
    return store


@pytest.fixture(autouse=True, scope="session")
def kept_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is made once and copied lies in the run's own folder, also when the run is cut short."""
    builders.FOLDERS.append(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> None:
    """Hash test passwords at the least cost Argon2 allows; production's cost is in accounts.actions."""
    accounts.actions.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class ByFile(LoadFileScheduling):
    """A file's tests run in one process, and so does the whole story of the pages: they share what they built."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "story" if file.startswith(STORY) else file


STORY = ("tests/pages/test_1_", "tests/pages/test_2_")

LONG = (
    *STORY,
    "tests/doors/test_authorisation.py",
    "tests/evaluation/test_evaluate.py",
    "tests/pages/",
    "tests/flows/test_score_and_rank.py",
    "tests/flows/test_site.py",
    "tests/flows/test_open_bids.py",
    "tests/flows/test_kill_server.py",
    "tests/worker/",
    "tests/flows/",
    "tests/client/",
)
"""The files that take longest, in the order in which they are handed out; the others follow in any order."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: at the end no process waits for another one's."""
    first = {name: place for place, name in enumerate(LONG)}

    def place(item: pytest.Item) -> int:
        return min((first[name] for name in LONG if item.nodeid.startswith(name)), default=len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Spare the collector the thousands of collected tests, which it would look through again and again."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Share the tests out among the processes of `-n`, in the order above and not by number of tests."""
    config.option.loadscopereorder = False
    return ByFile(config, log)
