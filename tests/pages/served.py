"""A world for pages: a real server in a process of its own, with a fresh folder."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.pages.world import World
from tests.real_parts.process import free_port, start
from tools.health import is_healthy

ROOT = Path(__file__).parents[2]


def served_world(var: Path, browser: Browser) -> Iterator[World]:
    """A platform with nobody but its operator, until the generator goes on."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.pages.server:create"]
    command += ["--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    environment = {"MINGTANG_VAR": str(var), "MINGTANG_PUBLIC_URL": url, "PYTHONPATH": str(ROOT)}
    environment["MINGTANG_PULSE_SECONDS"] = "0"  # the clock of this world is moved about
    environment["MINGTANG_LOG_PACE_SECONDS"] = "0"  # and nobody waits a minute for what happens
    server = start(command, log=var / "server.log", end_with=signal.SIGTERM, env=environment)

    server.wait_until(lambda: is_healthy(url))
    made = World(url, var, browser)
    yield made
    made.close()
    server.stop()
