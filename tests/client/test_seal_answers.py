"""Before sealing, answers are held against the rulebook of the notice."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.seal import check_answers, seal_command
from crypto.canonical import canonical
from crypto.opener_keys import make_bidder_key
from kernel.errors import BadInput
from tests.builders import CHEAP, PASSPHRASE
from tests.evaluation.ready_made import load

WORKS = load("cn-reviewed-lowest-works")


def test_good_answers_say_nothing() -> None:
    assert check_answers(WORKS, {"months": "15", "other_items": "0"}, anyway=False) == []


def test_a_missing_required_answer_stops_the_sealing_unless_it_is_wanted_so() -> None:
    with pytest.raises(BadInput) as refused:
        check_answers(WORKS, {"other_items": "0"}, anyway=False)
    assert refused.value.facts["where"] == "answers.months"
    assert len(check_answers(WORKS, {"other_items": "0"}, anyway=True)) == 1


def test_what_only_loses_points_is_a_warning() -> None:
    said = check_answers(WORKS, {"months": "15", "other_items": "1e5", "colour": "red"}, anyway=False)
    assert [line.partition(":")[0] for line in said] == ["other_items", "colour"]


def test_a_rulebook_of_an_unknown_version_keeps_nobody_from_bidding() -> None:
    assert "not checked" in check_answers({"v": 99}, {}, anyway=False)[0]


@pytest.mark.parametrize(
    ("lot", "where"),
    [
        (1, "files"),  # this lot asks for nothing, so the sealing goes on to the limit
        (2, "answers.months"),
    ],
)
def test_a_lot_with_its_own_rulebook_asks_for_its_own_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lot: int, where: str
) -> None:
    lots = [{"id": "a", "number": 1}, {"id": "b", "number": 2, "rulebook": WORKS}]
    notice: dict[str, Any] = {"tender": "t", "currency": "CNY", "price_places": 2, "lots": lots}
    notice |= {"rulebook": load("eu-linear"), "sealing": {"limit_bytes": "0"}}
    kept = {"notice": notice, "digest": sha256(canonical(notice)).hexdigest()}
    files = {"notice": json.dumps(kept), "words": PASSPHRASE}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "key").write_bytes(make_bidder_key("bidder", PASSPHRASE, cost=CHEAP))
    monkeypatch.setenv("MT_PASSPHRASE_FILE", str(tmp_path / "words"))
    app = typer.Typer()
    app.command()(seal_command)
    words = ["t", "--price", "100.00", "--lot", str(lot), "--json"]
    words += ["--key", str(tmp_path / "key"), "--notice", str(tmp_path / "notice")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0
    assert f"{where}:" in done.output or f'"{where}"' in done.output
