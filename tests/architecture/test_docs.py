"""What a person may meet, error, stage, job or setting, is explained in docs."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from kernel.errors import TenderingError
from kernel.settings import PREFIX, Settings
from tender.lifecycle import Stage
from worker.tasks import JOBS

ROOT = Path(__file__).parents[2]
DOCS = "\n".join(page.read_text() for page in sorted((ROOT / "docs").rglob("*.md")))


def errors(root: type[TenderingError] = TenderingError) -> Iterator[type[TenderingError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == "kernel.errors":
            yield from errors(child)


@pytest.mark.parametrize("error", sorted(set(errors()), key=str))
def test_every_error_is_explained(error: type[TenderingError]) -> None:
    assert f"| `{error.__name__}` | `{error().code}` |" in DOCS


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_explained(stage: Stage) -> None:
    assert f"| `{stage.value}` |" in DOCS


@pytest.mark.parametrize("job", sorted(JOBS))
def test_every_job_is_explained(job: str) -> None:
    assert f"| `{job}` |" in DOCS


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_explained(setting: str) -> None:
    assert f"| `{PREFIX}{setting.upper()}` (`{setting}`) |" in DOCS


def test_every_decision_says_what_enforces_it() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert decisions
    assert [page.name for page in decisions if "nforced by" not in page.read_text()] == []
