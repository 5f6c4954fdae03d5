"""Two verifiers written apart: the same verdicts on real capsules, on every single change, on every case and draw."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from client.claims import NOT_PROVEN
from crypto.canonical import canonical
from evaluation.case import read_case, write_case
from evaluation.evaluate import evaluate
from evaluation.result import write_ranking
from tests.capsules import originals_of, unsigned
from tests.client.stories import CONTENTS, OPEN_QUESTIONS, due
from tests.evaluation.test_evaluate import made
from tools.campaign.tamper_capsule import first_verdicts, judged
from tools.campaign.tampering import Original, one_of_each
from tools.second_verifier import SecondVerifier

CASES = 60
VECTORS = Path(__file__).parents[1] / "vectors"
UNSIGNED = {"the findings are the logged ones", "the members signed or dissented"}
OPEN_CLAIMS = OPEN_QUESTIONS | UNSIGNED | {CONTENTS}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    """The public and the full capsule of a tender with lots, chance and a further round, to be signed yet."""
    return originals_of({"rich": unsigned(tmp_path_factory.mktemp("rich"))})


def test_honest_capsules_hold_for_both(rich: list[Original], second: SecondVerifier, tmp_path: Path) -> None:
    honest = due(OPEN_CLAIMS)
    for original in rich:
        path = tmp_path / "capsule.zip"
        path.write_bytes(original.data)
        assert first_verdicts(original.data, original.pinned) == honest
        assert second.verdicts(path, original.pinned) == honest
        unpinned = {**honest, "the platform's keys are the pinned ones": NOT_PROVEN}
        assert second.verdicts(path, None) == first_verdicts(original.data, None) == unpinned


def test_every_single_change_is_found_by_both_who_agree_on_each_claim(
    rich: list[Original], second: SecondVerifier, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    tampered = [(one, made) for one in rich for made in one_of_each(one, chance)]
    found = list(judged(tampered, tmp_path, second))
    assert [one for one in found if one.differing or not one.is_found] == []


def test_both_engines_rank_generated_cases_alike_to_the_last_step_of_a_derivation(
    second: SecondVerifier,
) -> None:
    for seed in range(CASES):
        case = read_case(made(seed))
        found = second.ranking(json.loads(canonical(write_case(case))))
        ranking: Any = write_ranking(evaluate(case))
        assert found == second.reduced(ranking), seed


@pytest.mark.parametrize("path", sorted((VECTORS / "draw").glob("*.json")), ids=lambda path: path.stem)
def test_the_second_verifier_recomputes_every_published_draw_and_finds_a_change(
    path: Path, second: SecondVerifier
) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))["record"]
    assert second.draw(record) == record["result"]
    seats = record["result"]["seats"]
    for change in (
        {"result": {**record["result"], "seats": seats[::-1] if len(seats) > 1 else []}},
        {"table": record["table"][1:]},
        {"request": {**record["request"], "number": record["request"]["number"] + 1}},
    ):
        assert "refused" in second.draw({**record, **change})
