"""A fresh platform for each flow, on both databases."""

from pathlib import Path

import pytest

from tests.builders import Platform, make_platform


@pytest.fixture(params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    """A platform whose clock stands still."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return make_platform(tmp_path, url)
