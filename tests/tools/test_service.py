"""What a site is told to run: unit files that are not root, a roll-out in nine months, units with duties that exist."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from accounts.duties import Duty
from approval.register_places import UNITS

ROOT = Path(__file__).parent.parent.parent
UNIT_FILES = sorted((ROOT / "tools" / "service").glob("*.service"))
ROLL_OUT = (ROOT / "docs" / "roll-out.md").read_text(encoding="utf-8")


class Unit(ConfigParser):
    """A unit file keeps the case of its names and may repeat one."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read(path, encoding="utf-8")


HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    "UMask": "0077",
    "ReadWritePaths": "/srv/mingtang/var",
}


def test_web_and_worker_have_their_unit_files() -> None:
    assert [path.stem for path in UNIT_FILES] == ["mingtang-web", "mingtang-worker"]


@pytest.mark.parametrize("path", UNIT_FILES, ids=lambda path: path.stem)
def test_a_unit_runs_without_root_and_writes_only_its_state(path: Path) -> None:
    service = Unit(path)["Service"]
    assert (service["User"], service["Group"]) == ("mingtang", "mingtang")
    assert {name: service[name] for name in HARDENED} == HARDENED


@pytest.mark.parametrize("path", UNIT_FILES, ids=lambda path: path.stem)
def test_a_unit_starts_what_the_project_has(path: Path) -> None:
    command = Unit(path)["Service"]["ExecStart"]
    assert command.endswith("-m worker") or "--factory web.app:create_app" in command
    assert "SECRET" not in path.read_text(encoding="utf-8").upper()


def test_the_roll_out_has_five_stages_in_nine_months() -> None:
    stages = re.findall(r"^\| (.+?) \((.+?)\) \| (\d)(?:–(\d))? \|$", ROLL_OUT, re.MULTILINE)
    assert [(zh, int(first), int(last or first)) for _, zh, first, last in stages] == [
        ("筹建", 1, 3),
        ("发动", 2, 3),
        ("清理", 4, 6),
        ("建设", 4, 9),
        ("进驻", 9, 9),
    ]
    for name, *_ in stages:
        part = ROLL_OUT.split(f"## {name} (month")[1].split("\n## ")[0]
        assert part.count("- [ ] ") >= 3, name


def test_the_four_units_of_a_centre_have_duties_that_exist() -> None:
    rows = re.findall(r"^\| (\w+) \| (\w+) \| .+ \| `(\w+)` \|$", ROLL_OUT, re.MULTILINE)
    named = {(en, zh) for word, zh, en in UNITS if word != "window"}
    assert {(en, zh) for en, zh, _ in rows} == named
    assert {Duty(duty) for _, _, duty in rows} == {Duty.CENTRE_OFFICE, Duty.SUPERVISOR, Duty.OPERATOR}
