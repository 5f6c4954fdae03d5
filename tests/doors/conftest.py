"""A platform behind its HTTP door."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.builders import Platform, make_platform
from tests.doors.door import Door
from tests.doors.office import office  # noqa: F401 - a fixture of these tests
from tests.doors.tus import tus_site  # noqa: F401 - likewise
from web.app import create_app


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """A platform whose clock stands still."""
    return make_platform(tmp_path)


@pytest.fixture
def door(platform: Platform) -> Iterator[Door]:
    """A client of the whole application in this process."""
    with TestClient(create_app(platform.adapters)) as client:
        yield Door(client, platform)
