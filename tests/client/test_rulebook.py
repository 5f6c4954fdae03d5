"""`./mingtang rulebook`: list, lint, explain, try, stress, from a file or ready-made; refusals in one sentence."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from client.main import app
from tests.evaluation.ready_made import FOLDER, NAMES, load

FLOAT = ["--ready-made", "cn-trimmed-mean-float"]
SEVEN = "90, 100, 100, 100, 100, 100, 130"


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app([]), ["rulebook", *words])
    return done.exit_code, done.output


def answer(*words: str) -> Any:
    code, output = run(*words, "--json")
    assert code == 0, output
    return json.loads(output)


def test_every_ready_made_rulebook_is_listed() -> None:
    assert sorted(answer("list")["ready_made"]) == NAMES
    code, output = run("list")
    assert code == 0
    assert "uk-mean" in output


def test_a_file_and_a_name_give_the_same_remarks(tmp_path: Path) -> None:
    by_name = answer("lint", "--ready-made", "cn-iterated-30")
    assert by_name == answer("lint", str(FOLDER / "cn-iterated-30.json"))
    assert [one["code"] for one in by_name["remarks"]] == [
        "free-band-one-side",
        "no-ceiling",
        "cheaper-loses",
    ]
    code, output = run("lint", "--ready-made", "cn-iterated-30", "--language", "zh")
    assert code == 0
    assert "基准价" in output


def test_an_error_in_a_rulebook_is_an_exit_code(tmp_path: Path) -> None:
    data = load("cn-trimmed-mean-float")
    data["price"]["formula"]["floor"] = "100"
    (tmp_path / "book.json").write_text(json.dumps(data))
    code, output = run("lint", str(tmp_path / "book.json"))
    assert code == 1
    assert "floor-is-cap" in output
    code, output = run("lint", "--ready-made", "value-for-money")
    assert (code, output.strip()) == (0, "Nothing to remark.")


@pytest.mark.parametrize(("language", "sentence"), [("zh", "基准价 = 平均价"), ("en", "Benchmark = mean")])
def test_a_rulebook_is_explained_in_both_languages(language: str, sentence: str) -> None:
    code, output = run("explain", *FLOAT, "--language", language)
    assert code == 0
    assert sentence in output
    assert len(answer("explain", *FLOAT, "--language", language)["chapters"]) > 5


def test_prices_are_scored_and_drawn(tmp_path: Path) -> None:
    chart, prices = tmp_path / "curve.svg", tmp_path / "prices.txt"
    prices.write_text("\n".join(SEVEN.split(", ")))
    tried = answer("try", *FLOAT, "--prices-file", str(prices), "--chart", str(chart))
    assert tried["lines"][0]["price_points"] == "95.79"
    assert tried["benchmark"]["value"] == {"numerator": "95", "denominator": "1"}
    assert ElementTree.fromstring(chart.read_text()).tag.endswith("svg")
    code, output = run("try", *FLOAT, "--prices", SEVEN)
    assert code == 0
    assert "benchmark 95.000000 CNY" in output


def test_answers_and_drawn_coefficients_are_taken(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([{"life_cycle_cost": "100"}, {"life_cycle_cost": "0"}]))
    tried = answer("try", "--ready-made", "prozorro-lcc", "--prices", "469 500", "--answers", str(answers))
    assert [line["evaluated_price"] for line in tried["lines"]] == ["500.00", "569.00"]
    tried = answer("try", "--ready-made", "cn-mixed-abc", "--prices", "900000", "--drawn", "K=0.95")
    assert tried["drawn"]["coefficients"] == {"D": "0.16", "K": "0.95"}


def test_a_ring_is_counted(tmp_path: Path) -> None:
    chart = tmp_path / "stress.svg"
    words = ("stress", "--ready-made", "eu-linear", "--honest", "3", "--chart", str(chart))
    found = answer(*words)
    assert [line["setting"] for line in found["settings"]] == ["as_it_is", "weight"]
    assert ElementTree.fromstring(chart.read_text()).tag.endswith("svg")
    code, output = run(*words, "--language", "zh")
    assert code == 0
    assert "陪标" in output


@pytest.mark.parametrize(
    "words",
    [
        ["lint"],
        ["lint", "nowhere.json"],
        ["lint", "--ready-made", "../secret"],
        ["lint", "--ready-made", "none"],
        ["lint", str(Path(__file__))],
        ["explain", *FLOAT, "--language", "fr"],
        ["try", *FLOAT, "--prices", ""],
        ["try", *FLOAT, "--prices", "NaN"],
        ["try", *FLOAT, "--prices", "1e5"],
        ["try", *FLOAT, "--prices", "100 USD"],
        ["try", *FLOAT, "--prices", "0"],
        ["try", *FLOAT, "--prices", "1 " * 201],
        ["try", *FLOAT, "--prices", "1", "--drawn", "K=0.95"],
        ["try", "--ready-made", "cn-mixed-abc", "--prices", "1", "--drawn", "K=NaN"],
        ["try", "--ready-made", "cn-mixed-abc", "--prices", "1", "--drawn", "K=0.5"],
        ["try", "--ready-made", "wb-qbs", "--prices", "1", "--chart", "x.svg"],
        ["stress", "--ready-made", "wb-qbs"],
        ["stress", *FLOAT, "--honest", "99"],
        ["stress", *FLOAT, "--expected", "-1"],
    ],
    ids=lambda words: " ".join(words)[-40:],
)
def test_what_cannot_be_done_is_said_in_one_sentence(words: list[str]) -> None:
    code, output = run(*words, "--json")
    assert code == 1, output
    assert json.loads(output)["error"]["detail"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("{}", "answers.json"),
        ('[{"nothing": "1"}]', "answers 1.nothing"),
        ('[{"life_cycle_cost": "1e5"}]', "answers 1.life_cycle_cost"),
        ('[{"life_cycle_cost": "1"}, {}]', "answers"),
    ],
)
def test_answers_that_do_not_fit_are_refused_by_their_path(content: str, where: str, tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text(content)
    file = str(tmp_path / "answers.json")
    code, output = run("try", "--ready-made", "prozorro-lcc", "--prices", "469", "--answers", file, "--json")
    assert code == 1
    assert where in json.loads(output)["error"]["detail"]
