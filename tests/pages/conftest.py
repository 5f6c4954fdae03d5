"""A real server in a process of its own with a fresh folder, and a real browser."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.pages.story import EXPERTS, PRICES, Story
from tests.pages.world import World
from tests.real_parts.process import free_port, start

ROOT = Path(__file__).parents[2]
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
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """A platform with nobody but its operator."""
    var = tmp_path_factory.mktemp("pages")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.pages.server:create"]
    command += ["--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    environment = {"MINGTANG_VAR": str(var), "MINGTANG_PUBLIC_URL": url, "PYTHONPATH": str(ROOT)}
    server = start(command, log=var / "server.log", end_with=signal.SIGTERM, env=environment)

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/health", timeout=2).is_success
        except httpx.TransportError:
            return False

    server.wait_until(answers)
    made = World(url, var, browser)
    yield made
    made.close()
    server.stop()


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
