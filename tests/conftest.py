"""The real parts that tests run against: started at first use, ended with the tests, never skipped."""

import secrets
from collections.abc import Iterator

import pytest

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


@pytest.fixture(scope="module")
def s3(s3_server: Seaweed) -> S3:
    """A bucket with object lock, shared by the tests of one module."""
    store = s3_server.s3(f"tests-{secrets.token_hex(6)}")
    store.client().make_bucket(store.bucket, object_lock=True)
    return store
