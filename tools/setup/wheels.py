"""The Python environment: .venv, uv, and exactly the wheels that the lock names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.setup.console import SetupFailed, run, say
from tools.setup.debian import SYSTEM_CERTIFICATES, install_venv_support

VENV = Path(".venv")
PYTHON = VENV / "bin/python"
LOCKS = {"run": Path("locks/run.txt"), "test": Path("locks/dev.txt")}
NATIONAL = Path("locks/sm.txt")
UV_LOCK = Path("locks/uv.txt")


def sync(goal: str) -> None:
    """Make .venv hold the locked wheels of `run` or `test` and nothing else."""
    lock = LOCKS[goal]
    uv = find_uv()
    wheels = lock.read_text(encoding="utf-8").count("==")
    say(f"about {wheels} locked wheels from {lock}; the first time this takes a minute or two")
    # Compiled here, once: where Python may not write its cache, every start would compile all of it again.
    command: list[str | Path] = [
        uv,
        "pip",
        "sync",
        "--compile-bytecode",
        "--python",
        PYTHON,
        "--require-hashes",
        lock,
        *([NATIONAL] if goal == "run" and has_national() else []),
    ]
    run("Python packages", command, env=uv_environment())


def has_national() -> bool:
    """Whether .venv holds the package of the national suite; then it stays."""
    return any(VENV.glob("lib/python*/site-packages/gmssl_pyx"))


def install_national() -> None:
    """Add the locked package of the national suite to .venv."""
    command: list[str | Path] = [find_uv(), "pip", "install", "--python", PYTHON, "--require-hashes"]
    run("the national suite", [*command, "-r", NATIONAL], env=uv_environment())


def make_locks() -> None:
    """Resolve pyproject.toml anew into the lock files, hashes in, host names out."""
    uv = find_uv()
    common: list[str | Path] = [
        "--universal",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
        "--no-emit-index-url",
        "--no-emit-find-links",
    ]
    # Locals such as a folder of own builds must not leak into a lock that others install from.
    common += ["--python-version", "3.11", "--quiet"]
    run(
        "lock for run",
        [uv, "pip", "compile", "pyproject.toml", *common, "-o", LOCKS["run"]],
        env=uv_environment(),
    )
    dev: list[str | Path] = ["--group", "dev", "-c", LOCKS["run"]]
    run(
        "lock for test",
        [uv, "pip", "compile", "pyproject.toml", *dev, *common, "-o", LOCKS["test"]],
        env=uv_environment(),
    )
    national: list[str | Path] = ["--group", "sm", *common, "-o", NATIONAL]
    run("lock for the national suite", [uv, "pip", "compile", *national], env=uv_environment())
    for lock in (*LOCKS.values(), NATIONAL):
        if "://" in lock.read_text(encoding="utf-8"):
            raise SetupFailed(f"{lock} names a server; locks must install from any mirror")


def find_uv() -> Path:
    """uv from the PATH or from .venv, installed there if need be."""
    if not PYTHON.exists():
        _make_venv()
    on_path = shutil.which("uv")
    if on_path:
        return Path(on_path)
    uv = VENV / "bin/uv"
    if not uv.exists():
        if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode != 0:
            _make_venv()
        run(
            "uv, the package installer",
            [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", UV_LOCK],
        )
    return uv


def uv_environment() -> dict[str, str]:
    """What pip knows about this machine and uv does not: its mirror, and the certificates it trusts."""
    environment = dict(os.environ)
    if SYSTEM_CERTIFICATES.exists():
        environment.setdefault("UV_SYSTEM_CERTS", "1")
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX"} & set(environment):
        mirror = environment.get("PIP_INDEX_URL") or _pip_index()
        if mirror:
            environment["UV_DEFAULT_INDEX"] = mirror
    return environment


def _pip_index() -> str:
    command: list[str | Path] = [PYTHON, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _make_venv() -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    try:
        run("Python environment .venv", [python, "-m", "venv", VENV])
    except SetupFailed:
        if not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
        install_venv_support()
        run("Python environment .venv", [python, "-m", "venv", VENV])
