"""`python -m tools.one_file [platform ...]`: build var/client/mingtang-PLATFORM.pyz, for this machine unless named.

Wheels come by uv with the hashes of locks/run.txt, for every Python and platform that the file is for; nothing of this
machine goes into it.
"""

import platform
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.one_file.pack import Files, foreign_files, locked_lines, pack
from tools.setup.wheels import LOCKS, find_uv, uv_environment

TARGET = Path("var/client")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "linux-x86_64": ("linux", "x86_64-manylinux_2_28"),
    "linux-arm64": ("linux", "aarch64-manylinux_2_28"),
    "windows-x86_64": ("win32", "x86_64-pc-windows-msvc"),
    "macos-arm64": ("darwin", "aarch64-apple-darwin"),
}
"""What a file may be for: the name of the system as Python has it, and of the wheels as uv has it."""
PACKAGES = (
    "annotated-doc",
    "anyio",
    "certifi",
    "cffi",
    "click",
    "colorama",
    "cryptography",
    "cytoolz",
    "eth-hash",
    "eth-typing",
    "eth-utils",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "markdown-it-py",
    "mdurl",
    "numpy",
    "py-ecc",
    "pycparser",
    "pygments",
    "rfc3161-client",
    "rfc8785",
    "rich",
    "shellingham",
    "sniffio",
    "toolz",
    "typer",
    "typing-extensions",
)
"""What the commands of the file import, with all that those stand on."""


def main(names: list[str]) -> int:
    """Build each file and print its hash."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in names or [here()]:
        data = build(name)
        path = TARGET / f"mingtang-{name}.pyz"
        path.write_bytes(data)
        path.chmod(0o755)
        print(f"{sha256(data).hexdigest()}  {path}  ({len(data) / 1e6:.1f} MB)")
    return 0


def here() -> str:
    """The platform of this machine."""
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    return f"{system}-{machine}"


def build(name: str) -> bytes:
    """One file, from wheels fetched for its platform."""
    system, wheels = PLATFORMS[name]
    with TemporaryDirectory() as folder:
        foreign = {
            f"cp{python.replace('.', '')}": installed(Path(folder) / python, python, wheels)
            for python in PYTHONS
        }
    return pack(system, foreign)


def installed(folder: Path, python: str, wheels: str) -> Files:
    """The locked wheels for one Python on one platform."""
    lines = folder.with_suffix(".txt")
    lines.write_text(locked_lines(LOCKS["run"].read_text(encoding="utf-8"), PACKAGES), encoding="utf-8")
    command: list[str | Path] = [find_uv(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", "--python-version", python, "--python-platform", wheels]
    command += ["--target", folder, "-r", lines]
    subprocess.run(command, check=True, env=uv_environment())
    return foreign_files(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
