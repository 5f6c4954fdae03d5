"""`./mingtang case`: the chain of one case, checked from a file alone."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from approval.queries import views
from client.main import app
from tests.approval.centre import make_centre


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    centre = make_centre(tmp_path_factory.mktemp("case"))
    case = centre.decided()
    with centre.platform.database.reading() as session:
        return json.dumps(views.detail(session, centre.case(case)))


def check(folder: Path, text: str) -> tuple[int, str]:
    file = folder / "case.json"
    file.write_text(text)
    done = CliRunner().invoke(app([]), ["case", str(file), "--json"])
    return done.exit_code, done.output


def test_an_untouched_case_holds(tmp_path: Path, saved: str) -> None:
    code, output = check(tmp_path, saved)
    assert (code, json.loads(output)["events"]) == (0, 7)


@pytest.mark.parametrize("place", range(7))
def test_a_changed_event_is_named(tmp_path: Path, saved: str, place: int) -> None:
    case = json.loads(saved)
    case["events"][place]["actor"] = "somebody else"
    code, output = check(tmp_path, json.dumps(case))
    assert code != 0
    assert f"event {place + 1} " in output


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "x", "events": []}', '{"id": "x", "events": [{}]}'])
def test_what_is_no_case_is_refused(tmp_path: Path, text: str) -> None:
    code, output = check(tmp_path, text)
    assert code != 0
    assert "GET /api/cases" in output
