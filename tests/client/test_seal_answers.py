"""Before sealing, answers are held against the rulebook of the notice."""

import pytest

from client.seal import check_answers
from kernel.errors import BadInput
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
