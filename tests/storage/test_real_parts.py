"""The servers that other tests rely on are what they say they are."""

import io

import psycopg
import pytest
import redis
from minio.error import S3Error

from tests.real_parts.seaweed import S3


def test_postgres_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("select 6 * 7").fetchone() == (42,)


def test_valkey_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


def test_the_s3_store_locks_objects_and_checks_signatures(s3: S3) -> None:
    s3.client().put_object(s3.bucket, "a", io.BytesIO(b"x"), 1)
    assert s3.client().get_object_lock_config(s3.bucket) is not None
    thief = S3(s3.endpoint, s3.access_key, "guessed", s3.bucket)
    with pytest.raises(S3Error):
        thief.client().stat_object(s3.bucket, "a")
