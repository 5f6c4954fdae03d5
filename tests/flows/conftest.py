"""A fresh platform for each flow, on both databases."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from storage.database import Database
from tests.builders import Platform, make_platform
from tests.real_parts.postgres import Postgres


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: Postgres) -> str:
    """The name of a PostgreSQL database with the tables of all models, to copy."""
    database = Database(postgres_server.create("flow_tables"))
    SQLModel.metadata.create_all(database.engine)
    database.close()
    return "flow_tables"


@pytest.fixture
def flow_url(postgres_server: Postgres, postgres_tables: str) -> Iterator[str]:
    """A PostgreSQL database of this flow's own, with all tables."""
    name = f"flow_{secrets.token_hex(6)}"
    yield postgres_server.create(name, postgres_tables)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    """A platform whose clock stands still."""
    url = request.getfixturevalue("flow_url") if request.param == "postgresql" else ""
    return make_platform(tmp_path, url)
