"""The platform as page tests meet it: the real application, with a clock that a file in its folder moves forward."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from litestar import Litestar

import accounts.actions
from kernel.settings import read_settings
from storage.adapters import make_adapters
from storage.migrate import upgrade_site
from web.app import create_app

SHIFT_FILE = "clock-shift"


class ShiftedClock:
    """The machine's clock, and as many seconds as the file says."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        """The current moment of the test's world."""
        seconds = float(self.file.read_text()) if self.file.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)


def create() -> Litestar:
    """The application on the folder that the environment names."""
    settings = read_settings()
    accounts.actions.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    upgrade_site(settings)
    return create_app(make_adapters(settings, ShiftedClock(settings.var / SHIFT_FILE)))
