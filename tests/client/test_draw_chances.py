import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.main import app
from tests.expert_pool.test_drawing_input import pool_of


def run(folder: Path, data: Any, *words: str) -> tuple[int, Any]:
    path = folder / "request.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    done = CliRunner().invoke(app([]), ["draw", words[0], str(path), *words[1:]])
    return done.exit_code, json.loads(done.stdout) if "--json" in words else done.output


def test_probabilities_are_printed_as_fractions_in_lowest_terms(tmp_path: Path) -> None:
    code, answer = run(tmp_path, pool_of(), "probabilities", "--json")
    assert code == 0
    assert answer == {"probabilities": {"e1": "1/3", "e2": "1/3", "e3": "1/3", "e4": "1/2", "e5": "1/2"}}
    code, text = run(tmp_path, pool_of(), "probabilities")
    assert (code, "1/3" in text) == (0, True)


def test_certain_and_impossible_experts_are_1_and_0(tmp_path: Path) -> None:
    experts = [{"id": "x", "fills": ["a"]}, {"id": "y", "fills": ["a"]}, {"id": "z", "fills": []}]
    _, answer = run(tmp_path, pool_of(experts=experts), "probabilities", "--json")
    assert answer == {"probabilities": {"x": "1", "y": "1", "z": "0"}}


@pytest.mark.parametrize("command", ["probabilities", "explain", "simulate"])
def test_a_short_pool_names_its_groups_and_the_smallest_ways_out(tmp_path: Path, command: str) -> None:
    groups = [{"name": "a", "seats": 1}, {"name": "b", "seats": 1}]
    experts = [{"id": f"e{i}", "employer": "X", "fills": ["a"]} for i in range(3)]
    code, answer = run(tmp_path, pool_of(groups=groups, experts=experts, per_employer=0), command, "--json")
    assert code == 1
    error = answer["error"]
    assert error["code"] == "too-few-eligible-experts"
    assert error["short"] == [{"groups": ["b"], "seats": 1, "missing": 1, "because_of_caps": 0}]
    assert error["relaxation"]["give_up_seats"] == 1
    assert error["relaxation"]["merge_groups"] == [["a", "b"]]
    assert error["relaxation"]["open_group_to_experts_of"] == [["b", "a"]]
    capped = [{"id": f"e{i}", "employer": "X", "fills": ["a", "b"]} for i in range(3)]
    code, answer = run(tmp_path, pool_of(groups=groups, experts=capped), command, "--json")
    assert code == 1
    assert answer["error"]["short"][0]["because_of_caps"] == 1
    assert answer["error"]["relaxation"]["raise_cap_to"] == [2]
    code, text = run(tmp_path, pool_of(groups=groups, experts=capped), command)
    assert (code, "raise the cap of level 0 to 2" in text) == (1, True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"groups": [NaN]}'])
def test_a_bad_file_is_one_sentence_and_exit_code_1(tmp_path: Path, text: str) -> None:
    code, answer = run(tmp_path, text, "probabilities", "--json")
    assert (code, answer["error"]["code"]) == (1, "bad-input")


def test_the_explanation_shows_the_chain_of_bottlenecks(tmp_path: Path) -> None:
    code, answer = run(tmp_path, pool_of(), "explain", "--json")
    assert code == 0
    assert answer["chain"] == [
        {"chance": "1/3", "groups": ["a"], "caps": [{"at": "X", "cap": 1}], "experts": 3},
        {"chance": "1/2", "groups": ["a"], "caps": [], "experts": 2},
    ]
    assert answer["predictable"] == ["e4", "e5"]
    code, text = run(tmp_path, pool_of(), "explain")
    assert (code, "cap 1 at X" in text) == (0, True)


def test_simulated_draws_are_counted_beside_the_chances(tmp_path: Path) -> None:
    code, answer = run(tmp_path, pool_of(), "simulate", "--seeds", "500", "--json")
    assert (code, answer["is_plausible"], answer["seeds"]) == (0, True, 500)
    assert sum(one["count"] for one in answer["experts"].values()) == 1000
    code, text = run(tmp_path, pool_of(), "simulate", "--seeds", "200")
    assert (code, "fits" in text) == (0, True)
    assert run(tmp_path, pool_of(), "simulate", "--seeds", "0", "--json")[0] == 1


def test_rfc_3797_is_a_mode_of_its_own() -> None:
    key = "9319./2.5.8.10.12./9.18.26.34.41.45./"
    done = CliRunner().invoke(app([]), ["draw", "rfc3797", key, "--pool", "25", "--count", "3", "--json"])
    assert json.loads(done.stdout) == {"method": "RFC 3797", "selected": [17, 7, 2]}
