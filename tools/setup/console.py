"""Words to the person waiting, and commands that may take a while."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LOG = Path("var/setup.log")
STILL_WORKING_SECONDS = 10.0


class SetupFailed(Exception):
    """A step that must succeed did not; the text says what to do."""


def say(text: str) -> None:
    """Print one line at once."""
    print(f"setup: {text}", flush=True)


def warn(text: str) -> None:
    """Print one line to standard error."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a command, its output to the log file, with a sign of life while it lasts.

    Raises:
        SetupFailed: it exited with an error; the message ends with its last lines.
    """
    say(f"{title} ...")
    started = time.monotonic()
    words = [str(word) for word in command]
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(words)}\n")
        log.flush()
        log_start = log.tell()
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=env, cwd=cwd
            )
        except OSError as error:
            raise SetupFailed(f"{title}: cannot start {words[0]}: {error.strerror}") from error
        status = _wait(process, title, started)
    if status != 0:
        tail = LOG.read_bytes()[log_start:].decode(errors="replace").strip().splitlines()[-15:]
        raise SetupFailed(
            f"{title} failed (exit {status}):\n    " + "\n    ".join(tail) + f"\n  Full output: {LOG}"
        )
    say(f"{title}: done in {time.monotonic() - started:.1f} s")


def _wait(process: subprocess.Popen[bytes], title: str, started: float) -> int:
    finished = threading.Event()

    def reassure() -> None:
        while not finished.wait(STILL_WORKING_SECONDS):
            say(f"{title}: still working, {time.monotonic() - started:.0f} s so far")

    thread = threading.Thread(target=reassure, daemon=True)
    thread.start()
    try:
        return process.wait()
    finally:
        finished.set()
