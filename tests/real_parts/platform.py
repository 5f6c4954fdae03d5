"""The platform itself as processes of their own: the web door, and on a site the worker."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.real_parts.process import Server, free_port, start
from tools.health import is_healthy

ROOT = Path(__file__).parents[2]


def surroundings(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of ours; MINGTANG_* of the machine do not count."""
    strange = {name: "" for name in os.environ if name.startswith("MINGTANG_")}
    assert not strange, f"unset {', '.join(strange)} before testing"
    # Compiled files make a start twice as fast.
    return {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", **settings}


def start_web(log: Path, settings: Mapping[str, str]) -> tuple[Server, str]:
    """Start the web door; gives it, ready, with its address."""
    server, url = begin_web(log, settings)
    server.wait_until(lambda: is_healthy(url))
    return server, url


def begin_web(log: Path, settings: Mapping[str, str]) -> tuple[Server, str]:
    """Begin to start the web door, for those who start several."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "web.app:create_app", "--port", str(port)]
    server = start([*command, "--timeout-graceful-shutdown", "1"], log=log, env=surroundings(settings))
    return server, f"http://127.0.0.1:{port}"
