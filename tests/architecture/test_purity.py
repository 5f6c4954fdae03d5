"""House rule: three words mean I/O; every other module of a domain package is arithmetic."""

from pathlib import Path

import pytest

from tests.architecture.pure_imports import DOMAIN, is_pure, offences

ROOT = Path(__file__).parents[2]


def test_no_pure_module_touches_the_world() -> None:
    found = []
    for package in DOMAIN:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            if is_pure(module):
                found += [f"{module}: {offence}" for offence in offences(file.read_text())]
    assert found == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("import sqlmodel", "sqlmodel"),
        ("import random", "random"),
        ("import os.path", "os.path"),
        ("from time import monotonic", "time"),
        ("from tender.records import TenderRecord", "touches the world"),
        ("from tender import records", "touches the world"),
        ("from tender.actions.submit_bid import submit_bid", "touches the world"),
        ("from kernel.settings import Settings", "environment"),
        ("from kernel import settings", "environment"),
        ("from kernel.ids import new_id", "chance"),
        ("from .timetable import Window", "relative"),
        ("from datetime import datetime\nnow = datetime.now()", "argument"),
        ("open('x')", "open()"),
    ],
)
def test_an_impure_line_is_named(line: str, word: str) -> None:
    assert any(word in offence for offence in offences(line))


@pytest.mark.parametrize(
    "line",
    [
        "from dataclasses import dataclass",
        "from kernel.errors import Refused",
        "from kernel.ids import TenderId",
        "from crypto.canonical import canonical",
        "from tender.timetable import Window",
        "import numpy as np",
    ],
)
def test_arithmetic_is_left_in_peace(line: str) -> None:
    assert list(offences(line)) == []
