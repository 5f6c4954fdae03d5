"""The rulebooks that come with the platform, and a tender's own ceiling, estimate and currency put into one of them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from evaluation.rulebook import Rulebook, read_rulebook
from kernel.errors import NotFound

FOLDER = Path(__file__).parent / "rulebooks"
FIRST = ("goods", "works", "cn", "wb", "adb")  # what most tenders here use stands first


@cache
def ready_made() -> dict[str, Rulebook]:
    """Every ready-made rulebook by name, those used most first."""
    found = {path.stem: read_rulebook(data_of(path.stem)) for path in FOLDER.glob("*.json")}
    return dict(sorted(found.items(), key=lambda pair: _order(pair[0])))


def data_of(name: str) -> dict[str, Any]:
    """A ready-made rulebook as JSON."""
    data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return data


def named(name: str) -> Rulebook:
    """One ready-made rulebook; raises NotFound."""
    if name not in ready_made():
        raise NotFound(what="ready-made rulebook", id=name)
    return ready_made()[name]


def adapted(name: str, ceiling: str, estimate: str, currency: str) -> Rulebook:
    """A ready-made rulebook with the tender's own figures; an empty one leaves what the file says.

    Raises:
        BadRulebook: a figure is none; `where` is its path.
    """
    named(name)
    data = data_of(name)
    if currency:
        data["currency"] = currency
    for key, value in (("ceiling", ceiling), ("estimate", estimate)):
        if value:
            data["price"][key] = value
    return read_rulebook(data)


def _order(name: str) -> tuple[int, str]:
    prefix = name.partition("-")[0]
    return (FIRST.index(prefix) if prefix in FIRST else len(FIRST), name)
