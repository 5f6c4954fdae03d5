"""`python3 -m tools.setup run|test|national|lock`: bring this folder to the state that the goal needs."""

import fcntl
import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tools.setup import debian, frontend, wheels
from tools.setup.console import SetupFailed, say, warn

LOCK_FILE = Path("var/setup.lock")
STAMP = Path(".venv/setup-stamp.json")


def main(goal: str) -> int:
    """Carry out one goal; two at the same time wait for each other."""
    LOCK_FILE.parent.mkdir(exist_ok=True)
    with LOCK_FILE.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another setup is at work in this folder; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            wheels.make_locks() if goal == "lock" else prepare(goal)
            if goal == "national":
                wheels.install_national()
        except SetupFailed as failure:
            warn(str(failure))
            return 1
    return 0


def prepare(goal: str) -> None:
    """Bring everything that `run` or `test` needs, step by step, each only if its inputs changed."""
    wanted = {
        "wheels": fingerprint([*wheels.LOCKS.values(), wheels.NATIONAL]),
        "packages": fingerprint([frontend.SOURCE / "package-lock.json"]),
        "build": fingerprint(frontend.inputs()),
    }
    stamp = read_stamp()
    # What `test` installed contains what `run` needs, so going back and forth installs nothing.
    reached = stamp.get("goal", "")
    level = "test" if "test" in (goal, reached) else "run"
    if (
        stamp.get("wheels") != wanted["wheels"]
        or reached not in (level, "test")
        or not wheels.PYTHON.exists()
    ):
        wheels.sync(level)
    if (
        stamp.get("packages") != wanted["packages"]
        or reached not in (level, "test")
        or not (frontend.SOURCE / "node_modules").is_dir()
    ):
        frontend.install_packages(level)
    if stamp.get("build") != wanted["build"] or not frontend.is_built():
        frontend.build()
    if {**wanted, "goal": level} != stamp:
        STAMP.write_text(json.dumps({**wanted, "goal": level}), encoding="utf-8")
    debian.install_missing(
        debian.FOR_TEST if goal == "test" else debian.FOR_RUN, apt=debian.apt_words(), required=goal == "test"
    )


def fingerprint(files: Iterable[Path]) -> str:
    """One digest over names and contents."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """What the last complete setup reached; empty when unknown."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in stamp.items()} if isinstance(stamp, dict) else {}


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("run", "test", "national", "lock"):
        sys.exit("usage: python3 -m tools.setup run|test|national|lock")
    sys.exit(main(sys.argv[1]))
