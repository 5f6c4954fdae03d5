"""Parts that come from the operating system: looked for first, installed by apt-get when that is allowed."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.setup.console import SetupFailed, run, say, warn

SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # what this machine trusts, mirrors included
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)


@dataclass(frozen=True)
class Need:
    """One part: the Debian package that brings it, what it is for, and how to see that it is there."""

    package: str
    purpose: str
    is_there: Callable[[], bool]


def _library(name: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return loads


def _command(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _chinese_font() -> bool:
    return any(next(folder.glob("**/NotoSansCJK*"), None) for folder in FONT_FOLDERS if folder.is_dir())


FOR_RUN = (
    Need("libpango-1.0-0", "PDF reports", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", "PDF reports", _library("libpangoft2-1.0.so.0")),
    Need("fonts-noto-cjk", "Chinese text in PDF reports", _chinese_font),
)
FOR_TEST = (
    *FOR_RUN,
    Need("chromium-headless-shell", "browser tests", _command("chromium-headless-shell")),
    Need("libatomic1", "the driver of the browser tests", _library("libatomic.so.1")),
    Need("openssl", "second judge of timestamps and certificates in tests", _command("openssl")),
    Need("poppler-utils", "reading PDF reports in tests", _command("pdftotext")),
)


def install_missing(needs: tuple[Need, ...], *, apt: list[str] | None, required: bool) -> None:
    """Install what is not there by the words that start apt-get; without any, name the packages and the exact command.

    Raises:
        SetupFailed: something is missing, cannot be installed, and `required`.
    """
    missing = [need for need in needs if not need.is_there()]
    if not missing:
        return
    for need in missing:
        say(f"missing: {need.package} ({need.purpose})")
    if apt is not None:
        try:
            install_packages(apt, [need.package for need in missing])
        except SetupFailed as failure:
            warn(str(failure))
        missing = [need for need in missing if not need.is_there()]
    if missing:
        _report(missing, required=required)


def install_packages(prefix: list[str], packages: list[str]) -> None:
    """Install Debian packages without their recommendations."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("package lists", [*prefix, "apt-get", "-q", "update"], env=env)
    install = [
        *prefix,
        "apt-get",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=120",
        "install",
        "-y",
        "--no-install-recommends",
        *packages,
    ]
    run(f"Debian packages {' '.join(packages)}", install, env=env)


def apt_hint(packages: list[str]) -> str:
    """The command a person with the right to may type."""
    return f"sudo apt-get update && sudo apt-get install --no-install-recommends {' '.join(packages)}"


def _report(missing: list[Need], *, required: bool) -> None:
    lines = [f"{need.package} is missing, so these will not work: {need.purpose}" for need in missing]
    lines.append(f"install with: {apt_hint([need.package for need in missing])}")
    if required:
        raise SetupFailed("\n  ".join(lines))
    for line in lines:
        warn(line)
    warn("going on without it")


def apt_words() -> list[str] | None:
    """What stands before apt-get here: nothing for root, sudo where it asks no password; None where neither."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_venv_support() -> None:
    """Debian keeps `python3 -m venv` in a package of its own: install it or say which one."""
    apt = apt_words()
    if apt is None:
        raise SetupFailed(
            f"`python3 -m venv` does not work here. Install it with: {apt_hint(['python3-venv'])}"
        )
    install_packages(apt, ["python3-venv"])
