"""A platform on a copy of another one's folder: what is slow to set up is set up once for a file of tests."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

from kernel.clock import FixedClock
from storage.adapters import make_adapters
from tests.builders import Platform


def copy_of(made: Platform, folder: Path) -> Platform:
    """The same state, people and clock under another folder; SQLite only."""
    copytree(made.adapters.settings.var, folder)
    clock = FixedClock(made.clock.at)
    adapters = make_adapters(replace(made.adapters.settings, var=folder), clock)
    return Platform(adapters, clock, made.operator, dict(made.people))
