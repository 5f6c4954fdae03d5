"""docs/decisions/0002: locks say which bytes, never where from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;]+)", re.MULTILINE)
LOCKS = ("run", "dev", "sm", "uv")


def pins(name: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / f"locks/{name}.txt").read_text()))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_server(name: str) -> None:
    text = (ROOT / f"locks/{name}.txt").read_text()
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_carries_a_hash(name: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / f"locks/{name}.txt").read_text(), flags=re.MULTILINE)
    assert [entry for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_tests_run_on_the_versions_that_a_site_runs() -> None:
    run, dev = pins("run"), pins("dev")
    assert len(run) > 50
    assert {name: dev.get(name) for name in run} == run
    assert pins("sm") == {"gmssl-pyx": dev["gmssl-pyx"]}
    assert "gmssl-pyx" not in run  # optional: everything but the suite `sm` works without it


def test_the_front_end_lock_names_no_server() -> None:
    lock = json.loads((ROOT / "web/frontend/package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("resolved" not in entry for entry in packages.values())
    assert all("integrity" in entry for entry in packages.values())
