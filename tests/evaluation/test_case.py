import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from evaluation.case import case_digest, read_case, write_case
from evaluation.evaluate import evaluate
from evaluation.result import ranking_digest, write_ranking
from evaluation.rulebook import rulebook_digest
from kernel.errors import BadInput

VECTORS = Path(__file__).parents[1] / "vectors" / "evaluation-case"


def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["small", "tie", "thirteen-digits"])
def test_every_published_vector_is_reproduced(name: str) -> None:
    expected = vector(name)
    case = read_case(expected["case"])
    ranking = evaluate(case)
    assert write_case(case) == expected["case"]
    assert rulebook_digest(case.rulebook) == expected["rulebook_digest"]
    assert case_digest(case) == expected["case_digest"]
    assert write_ranking(ranking) == expected["ranking"]
    assert ranking_digest(ranking) == expected["ranking_digest"]


@pytest.mark.parametrize("refused", vector("refused"), ids=lambda refused: str(refused["why"]))
def test_every_refused_vector_is_refused_at_its_field(refused: dict[str, Any]) -> None:
    data = deepcopy(vector("small")["case"])
    *folders, key = refused["change"]
    place = data
    for folder in folders:
        place = place[folder]
    place[key] = refused["to"]
    with pytest.raises(BadInput) as refusal:
        read_case(data)
    assert refusal.value.facts["where"] == refused["refused_at"]
