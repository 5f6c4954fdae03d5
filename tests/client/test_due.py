"""`mingtang due`: the date, its reasons day by day, and refusals; no server is asked."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from client.console import OUT
from client.main import app
from tests.real_parts.platform import ROOT


def run(*arguments: str, language: str = "en_GB.UTF-8") -> tuple[int, str, str]:
    OUT.width = 200  # whatever terminal the tests run in
    done = CliRunner().invoke(app([]), ["due", *arguments], env={"LANG": language})
    return done.exit_code, done.stdout, done.stderr


def test_the_date_and_every_day_as_json() -> None:
    done = subprocess.run(
        [ROOT / "mingtang", "due", "--start", "2026-02-13", "--days", "2", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(done.stdout)
    assert set(facts) == {"due", "explanation", "provisional"}
    assert (facts["due"], facts["provisional"]) == ("2026-02-24", False)
    assert facts["explanation"][1] == {
        "date": "2026-02-14",
        "kind": "make-up",
        "number": 1,
        "notice": "国务院办公厅关于2026年部分节假日安排的通知",
        "provisional": False,
    }
    assert len(facts["explanation"]) == 12


def test_stops_and_an_extension_move_the_date() -> None:
    stops = ["--stop", "2026-04-10:2026-04-17", "--stop", "2026-04-29:2026-05-11"]
    plain = ["--start", "2026-04-01", "--days", "20", "--json"]
    assert json.loads(run(*plain, *stops)[1])["due"] == "2026-05-19"
    assert json.loads(run(*plain, *stops, "--extension", "1")[1])["due"] == "2026-05-20"


def test_an_open_stop_has_no_date_but_what_is_used_and_remains() -> None:
    code, out, _ = run("--start", "2026-04-01", "--days", "20", "--stop", "2026-04-10:", "--json")
    facts = json.loads(out)
    assert (code, facts["due"], facts["used"], facts["remaining"]) == (0, None, 6, 14)
    assert "6" in run("--start", "2026-04-01", "--days", "20", "--stop", "2026-04-10:")[1]


def test_a_date_behind_the_last_notice_says_so() -> None:
    assert json.loads(run("--start", "2026-12-28", "--days", "7", "--json")[1])["provisional"] is True
    assert "Due: 2027-01-07 Thu (provisional)" in run("--start", "2026-12-28", "--days", "7")[1]
    assert (
        "到期日: 2027-01-07 周四 (暂定)"
        in run("--start", "2026-12-28", "--days", "7", language="zh_CN.UTF-8")[1]
    )


def test_people_read_the_reason_of_each_day_in_their_language() -> None:
    english = run("--start", "2026-02-13", "--days", "2")[1]
    assert "make-up day, works · 国务院办公厅关于2026年部分节假日安排的通知" in english
    assert "weekend" in english
    assert "调休上班" in run("--start", "2026-02-13", "--days", "2", language="zh_CN.UTF-8")[1]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--start", "13.2.2026", "--days", "2"), "start: write a date such as 2026-02-13"),
        (("--start", "20260213", "--days", "2"), "start: write a date such as 2026-02-13"),
        (("--start", "2026-02-30", "--days", "2"), "start: write a date such as 2026-02-13"),
        (("--start", "2026-02-13", "--days", "-1"), "days: give a whole number from 0 to 5000"),
        (("--start", "2026-02-13", "--days", "2", "--extension", "-1"), "extension: give a whole number"),
        (("--start", "2005-12-30", "--days", "2"), "start: the working-day table reaches from 2005-12-31"),
        (("--start", "2026-02-13", "--days", "2", "--stop", "2026-02-14"), "stop: write FROM:TO"),
        (
            ("--start", "2026-02-13", "--days", "9", "--stop", "2026-02-24:2026-02-14"),
            "stop: a stop ends before it begins",
        ),
        (
            (
                "--start",
                "2026-04-01",
                "--days",
                "9",
                "--stop",
                "2026-04-07:",
                "--stop",
                "2026-04-08:2026-04-09",
            ),
            "stop: a stop begins while another is open",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_1(arguments: tuple[str, ...], reason: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert f"bad-input: {reason}" in err
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (1, "")
    assert json.loads(out)["error"]["detail"].startswith(reason)
