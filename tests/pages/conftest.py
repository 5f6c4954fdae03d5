"""A real server in a process of its own with a fresh folder, and a real browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.pages.served import served_world
from tests.pages.story import EXPERTS, PRICES, Story
from tests.pages.world import World

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without its windows, which does the same with three quarters of the work."""
    with sync_playwright() as playwright:
        shell = shutil.which("chromium-headless-shell")
        chromium = playwright.chromium.launch(executable_path=shell, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """A platform with nobody but its operator."""
    yield from served_world(tmp_path_factory.mktemp("pages"), browser)


@pytest.fixture(scope="session")
def story(world: World) -> Story:
    """The story with everybody who takes part, before anything has happened."""
    world.add("office", "Office", "tender_office")
    for number in (1, 2, 3):
        world.add(f"opener-{number}", f"Opening house {number}", "opener")
    for name in PRICES:
        world.add(name, f"{name.title()} Construction Ltd", "bidder")
    world.add("witness", "Exchange centre", "witness")
    world.add("supervisor", "Supervising body", "supervisor")
    world.add("pool-manager", "Expert pool", "pool_manager")
    for number in range(1, EXPERTS + 1):
        world.add(f"expert-{number}", "Experts", "expert")
    return Story(world)
