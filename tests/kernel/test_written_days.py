"""The written forms of days and stops, and the vectors that any implementation of the counting rule can run."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadInput
from kernel.working_days import Stop, national_calendar
from kernel.written_days import read_day, read_stop, write_due

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/working-days/limits.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.get("says") or vector["refused"])
def test_vector(vector: dict[str, Any]) -> None:
    def answer() -> dict[str, Any]:
        start, stops = (
            read_day(vector["start"], "start"),
            [read_stop(each) for each in vector.get("stops", [])],
        )
        limit = start, vector["days"], stops, vector.get("extension", 0)
        calendar = national_calendar()
        return write_due(calendar.due(*limit), calendar.explain(*limit))

    if "refused" in vector:
        with pytest.raises(BadInput) as caught:
            answer()
        assert caught.value.facts["why"] == vector["refused"]
        return
    found = answer()
    explanation = found.pop("explanation")
    asked = ("start", "days", "stops", "extension", "says")
    assert found == {"provisional": False, **{k: v for k, v in vector.items() if k not in asked}}
    numbers = [each["number"] for each in explanation if each["number"]]
    assert numbers == list(range(1, found.get("used", vector["days"] + vector.get("extension", 0)) + 1))


@pytest.mark.parametrize(
    "text", ["", "2026-2-3", "20260203", "2026-W06-2", "2026-02-30", " 2026-02-03", "0001-01-01x"]
)
def test_a_day_has_one_written_form(text: str) -> None:
    with pytest.raises(BadInput):
        read_day(text, "start")


def test_a_stop_is_two_days_or_an_open_end() -> None:
    assert read_stop("2026-04-10:2026-04-24") == Stop(date(2026, 4, 10), date(2026, 4, 24))
    assert read_stop("2026-04-10:") == Stop(date(2026, 4, 10))
    for wrong in ("2026-04-10", ":2026-04-10", "2026-04-10:x", "2026-04-10:2026-04-11:2026-04-12"):
        with pytest.raises(BadInput) as caught:
            read_stop(wrong)
        assert caught.value.facts["where"] == "stop"
