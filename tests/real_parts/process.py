"""A server process that cannot outlive the tests."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1
PORTS = range(
    20_000, 30_000
)  # below the ports that the kernel hands to clients, so nobody takes one in between
LIBC = ctypes.CDLL(None)


def free_port(offsets: Sequence[int] = (0,)) -> int:
    """A port p such that p plus each offset is free on the loopback address."""
    while True:
        port = PORTS.start + int.from_bytes(os.urandom(4)) % len(PORTS)
        if all(_is_free(port + offset) for offset in offsets):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Server:
    """A running server; `stop` ends it and waits."""

    process: subprocess.Popen[bytes]
    log: Path
    end_with: signal.Signals

    def wait_until(self, ready: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait until the server does its work.

        Raises:
            RuntimeError: it ended or took too long; the message ends with its log.
        """
        until = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"{self.process.args!r} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(self.end_with)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    end_with: signal.Signals = signal.SIGKILL,
    user: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Server:
    """Start a server that the kernel ends when the test process dies, even by kill -9."""

    def die_with_parent() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, end_with)

    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env={**os.environ, **(env or {})},
            user=user,
            group="nogroup" if user else None,
            extra_groups=[] if user else None,
            preexec_fn=die_with_parent,
        )
    return Server(process, log, end_with)
