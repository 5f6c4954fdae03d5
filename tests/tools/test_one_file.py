"""The command as one file: the same bytes wherever it is built, and it runs with nothing but Python."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.capsules import plain_capsule
from tools.one_file.__main__ import PACKAGES
from tools.one_file.pack import LEFT_OUT, Files, locked_lines, own_files, pack
from tools.setup.wheels import LOCKS

TAG = f"cp{sys.version_info[0]}{sys.version_info[1]}"
ELSEWHERE = {"colorama", "sniffio", "cytoolz", "toolz", "eth-hash", "eth-typing", "eth-utils"}
"""Packages of the file that these tests' commands do not load, or that another system needs."""


def installed_here() -> Files:
    """The locked packages as they are installed for these tests, in place of wheels fetched anew."""
    found: Files = {}
    for name in sorted(set(PACKAGES) - ELSEWHERE):
        for file in distribution(name).files or ():
            place = str(file)
            if not place.startswith("..") and not LEFT_OUT.search(place):
                found[place] = Path(str(file.locate())).read_bytes()
    return found


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("one-file") / "mingtang.pyz"
    path.write_bytes(pack(sys.platform, {TAG: installed_here()}, effort=1))
    return path


def run(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Start it as a bidder would: from a folder of theirs, by a Python that knows nothing of this one's packages."""
    environment = {"MINGTANG_CACHE": str(path.parent / "cache"), "HOME": str(path.parent), "LANG": "C.UTF-8"}
    command = [os.path.realpath(sys.executable), "-I", str(path), *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=path.parent, check=False
    )


def test_it_runs_from_a_folder_with_nothing_else_in_it(
    one_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    version = json.loads(run(one_file, "version", "--json").stdout)
    with zipfile.ZipFile(one_file) as archive:
        assert version["build"] == archive.read("build").decode()
    assert "Usage: mingtang seal" in run(one_file, "seal", "--help").stdout
    capsule, keys = one_file.with_name("capsule.zip"), one_file.with_name("platform.json")
    tender = plain_capsule(tmp_path_factory)
    capsule.write_bytes(tender.public)
    keys.write_text(json.dumps(tender.pinned))
    answer = run(one_file, "verify", str(capsule), "--keys", str(keys), "--json")
    verdict = json.loads(answer.stdout)
    assert (answer.returncode, verdict["holds"], len(verdict["claims"])) == (0, True, 21)
    assert [path.name for path in (one_file.parent / "cache").iterdir()] == [f"{version['build'][:32]}-{TAG}"]


def test_a_python_that_it_is_not_for_is_told_so(one_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "mingtang.pyz"
    other.write_bytes(pack("another-system", {TAG: {}}))
    answer = run(other, "version")
    assert (answer.returncode, "another-system" in answer.stderr) == (1, True)


def test_the_same_contents_give_the_same_bytes_whatever_order_and_time_they_have(tmp_path: Path) -> None:
    files = {"b/one.py": b"1", "a/two.py": b"2", "b/three.so": b"native"}
    backwards = dict(reversed(files.items()))
    first = pack("linux", {"cp311": files, "cp312": {**files, "b/three.so": b"other"}})
    for path in ("client/main.py", "client/__init__.py"):
        os.utime(path)
    second = pack("linux", {"cp312": {**backwards, "b/three.so": b"other"}, "cp311": backwards})
    assert first == second
    (tmp_path / "one.zip").write_bytes(first)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = archive.namelist()
    assert {"all/b/one.py", "cp311/b/three.so", "cp312/b/three.so"} <= set(names)
    assert "all/b/three.so" not in names


def test_nothing_that_touches_a_database_or_a_secret_is_in_it() -> None:
    names = own_files()
    assert "client/main.py" in names
    assert [name for name in names if "/records" in name or "/queries" in name or "/actions" in name] == []
    assert [name for name in names if name.startswith(("web/", "storage/", "worker/", "var/"))] == []


def test_every_package_of_it_is_locked_with_its_hashes() -> None:
    lines = locked_lines(LOCKS["run"].read_text(encoding="utf-8"), PACKAGES)
    locked = {line.split("==")[0] for line in lines.splitlines() if "==" in line}
    assert locked == set(PACKAGES)
    assert lines.count("--hash=sha256:") >= len(PACKAGES)
