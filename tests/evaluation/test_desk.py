"""A member's desk shows what people score, and nothing that the platform scores."""

from dataclasses import replace

from evaluation.desk import expert_groups
from evaluation.rulebook import Rulebook, read_rulebook
from tests.evaluation.cases import rulebook_data


def with_system(rules: Rulebook, *numbers: int) -> Rulebook:
    """The rulebook with some criteria of its only group scored by the platform."""
    (group,) = rules.groups
    criteria = tuple(
        replace(criterion, scored_by="system") if number in numbers else criterion
        for number, criterion in enumerate(group.criteria)
    )
    return replace(rules, groups=(replace(group, criteria=criteria),))


def two_criteria() -> Rulebook:
    plan = rulebook_data()["groups"][0]["criteria"][0]
    halves = [{**plan, "id": name, "maximum": "50"} for name in ("plan", "staff")]
    data = rulebook_data()
    data["groups"][0]["criteria"] = halves
    return read_rulebook(data)


def test_criteria_that_the_platform_scores_are_left_out() -> None:
    rules = two_criteria()
    assert [c.id for c in rules.expert_criteria] == ["plan", "staff"]
    assert [c.id for c in with_system(rules, 0).expert_criteria] == ["staff"]


def test_a_group_without_anything_to_score_is_left_out() -> None:
    assert expert_groups(with_system(two_criteria(), 0, 1)) == ()
