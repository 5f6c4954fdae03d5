import json
from copy import deepcopy
from typing import Any

import pytest

from evaluation.price_checks.comparison import Limits
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from kernel.errors import BadRulebook
from tests.evaluation.cases import RULEBOOK, rulebook_data


def where(data: Any) -> str:
    with pytest.raises(BadRulebook) as refusal:
        read_rulebook(data)
    return str(refusal.value.facts["where"])


def test_what_is_written_reads_back_the_same() -> None:
    rulebook = read_rulebook(rulebook_data(price__ceiling="1314566559949.00"))
    again = read_rulebook(json.loads(json.dumps(write_rulebook(rulebook))))
    assert again == rulebook
    assert rulebook_digest(again) == rulebook_digest(rulebook)


def test_limits_of_the_price_checks_are_written_only_where_the_rulebook_has_them() -> None:
    assert "price_checks" not in write_rulebook(read_rulebook(rulebook_data()))
    rules = read_rulebook(rulebook_data(price_checks={"high_percent": 130}))
    assert rules.price_checks == Limits(50, 130, 3, 120)
    assert read_rulebook(write_rulebook(rules)) == rules


def test_digest_ignores_the_order_of_keys_and_the_writing_of_numbers() -> None:
    shuffled = dict(reversed(list(rulebook_data(price__maximum="100.0").items())))
    assert rulebook_digest(read_rulebook(shuffled)) == rulebook_digest(read_rulebook(RULEBOOK))


def test_digest_changes_with_every_single_figure() -> None:
    digests = {
        rulebook_digest(read_rulebook(data))
        for data in (
            rulebook_data(),
            rulebook_data(places__total=3),
            rulebook_data(total_of="rounded_parts"),
            rulebook_data(tie_break=["higher_technical", "lower_price"]),
            rulebook_data(price__ceiling="5000"),
            rulebook_data(minimum_bids=2),
            rulebook_data(name={"zh": "综合评分法", "en": "Combined score"}),
        )
    }
    assert len(digests) == 7


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"v": 3}, "v"),
        ({"v": True}, "v"),
        ({"v": 1.0}, "v"),
        ({"method": "combined_score"}, "method"),
        ({"currency": "yuan"}, "currency"),
        ({"currency": "cny"}, "currency"),
        ({"price_places": 7}, "price_places"),
        ({"price_places": -1}, "price_places"),
        ({"places__combined": 1}, "places.combined"),
        ({"places__surprise": 1}, "places.surprise"),
        ({"price__weight": 3000.0}, "price.weight"),
        ({"price__weight": "3000"}, "price.weight"),
        ({"price__weight": 2999}, "groups"),
        ({"price__weight": 3001}, "groups"),
        ({"price__maximum": "0"}, "price.maximum"),
        ({"price__maximum": 100}, "price.maximum"),
        ({"price__maximum": "100.001"}, "price.maximum"),
        ({"price__ceiling": "1e9"}, "price.ceiling"),
        ({"price__ceiling": "0"}, "price.ceiling"),
        ({"price__extra": 1}, "price.extra"),
        ({"groups": []}, "groups"),
        ({"groups": "technical"}, "groups"),
        ({"groups": ["technical"]}, "groups[0]"),
        (
            {"combination": {"rule": "mean", "drop_high": 1, "drop_low": 0, "level": "group"}},
            "combination.rule",
        ),
        ({"combination__rule": "trimmed_mean"}, "combination.rule"),
        ({"combination__level": "bid"}, "combination.level"),
        ({"tie_break": ["lower_price", "lower_price"]}, "tie_break"),
        ({"tie_break": ["older_bidder"]}, "tie_break"),
        ({"tie_break": [["lower_price"]]}, "tie_break"),
        ({"minimum_bids": 0}, "minimum_bids"),
        ({"name": {"zh": "法"}}, "name.en"),
        ({"name": {"zh": "法", "en": "  "}}, "name.en"),
        ({"name": {"zh": "法", "en": "a", "fr": "b"}}, "name.fr"),
        ({"name": {"zh": "法", "en": "a" * 2001}}, "name.en"),
        ({"surprise": 1}, "surprise"),
        ({"price_checks": {"low_percent": 100}}, "price_checks.low_percent"),
        ({"price_checks": {"high_percent": 100}}, "price_checks.high_percent"),
        ({"price_checks": {"least_bids": 1}}, "price_checks.least_bids"),
        ({"price_checks": {"front_percent": 10_001}}, "price_checks.front_percent"),
        ({"price_checks": {"usual": 1}}, "price_checks.usual"),
        ({"price_checks": 50}, "price_checks"),
        ({"checks": [{"id": "A", "text": {"zh": "一", "en": "a"}, "clause": "c"}]}, "checks[0].id"),
        ({"checks": [{"id": "a", "text": {"zh": "一", "en": "a"}}]}, "checks[0].clause"),
        ({"checks": [{"id": "a", "text": {"zh": "一", "en": "a"}, "clause": "c"}] * 2}, "checks"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(changes: dict[str, Any], path: str) -> None:
    assert where(rulebook_data(**changes)) == path


@pytest.mark.parametrize("key", ["v", "name", "currency", "price"])
def test_a_missing_field_is_named(key: str) -> None:
    data = rulebook_data()
    del data[key]
    assert where(data).startswith(key)


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("maximum", "99.99", "groups[0].maximum"),
        ("maximum", "100.01", "groups[0].maximum"),
        ("id", "price", "groups"),
        ("weight", 0, "groups[0].weight"),
    ],
)
def test_a_group_must_match_its_criteria(key: str, value: object, path: str) -> None:
    data = rulebook_data()
    data["groups"][0][key] = value
    assert where(data) == path


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("step", "0.03", "groups[0].criteria[0].step"),
        ("step", "0", "groups[0].criteria[0].step"),
        ("maximum", "0.001", "groups[0].criteria[0].maximum"),
        ("scored_by", "magic", "groups[0].criteria[0].scored_by"),
        ("id", "Plan A", "groups[0].criteria[0].id"),
    ],
)
def test_a_criterion_must_keep_its_limits(key: str, value: object, path: str) -> None:
    data = rulebook_data()
    data["groups"][0]["criteria"][0][key] = value
    assert where(data) == path


def test_one_id_may_not_name_two_criteria_even_in_two_groups() -> None:
    data = rulebook_data(price__weight=2000)
    other = deepcopy(data["groups"][0])
    data["groups"].append(other | {"id": "business", "weight": 1000})
    assert where(data) == "groups"


def test_something_that_is_no_object_is_refused() -> None:
    assert where([]) == "the document"
