from typing import Any

import pytest

from evaluation.answer_check import answer_remarks, sample_answers
from evaluation.answers import answer_fields, usable_answers
from evaluation.rulebook import read_rulebook
from tests.evaluation.ready_made import NAMES, load

WORKS = answer_fields(read_rulebook(load("cn-reviewed-lowest-works")))


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_answers_of_a_rulebook_are_all_usable(name: str) -> None:
    fields = answer_fields(read_rulebook(load(name)))
    sample = sample_answers(fields)
    assert answer_remarks(fields, sample) == ()
    assert set(usable_answers(fields, sample)) == set(fields)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"months": "15", "other_items": "0"}, []),
        ({"months": "15"}, [("other_items", False)]),
        ({"other_items": "0"}, [("months", True)]),
        ({"months": 15, "other_items": "0"}, []),
        ({"months": 15.0, "other_items": "0"}, [("months", True)]),
        ({"months": "NaN", "other_items": "1e5"}, [("months", True), ("other_items", False)]),
        ({"months": "15", "other_items": "0", "Months": "1"}, [("Months", False)]),
        ({"months": True, "other_items": "0"}, [("months", True)]),
    ],
)
def test_missing_unusable_and_unknown_answers_are_named(given: dict[str, Any], expected: list[Any]) -> None:
    assert [(one.id, one.rejects) for one in answer_remarks(WORKS, given)] == expected
