"""How promises are spread over cases, what is asked for often, and means that a report states."""

import pytest

from supervision.promises import Handled, frequent, mean_days, spread, stated_means

TOWN = (Handled("a", 5, 555, 1665), Handled("b", 6, 300, 1500), Handled("c", 90, 145, 9000))


def test_555_of_a_thousand_cases_are_promised_within_five_days() -> None:
    bars = spread(TOWN)
    within = sum(bar.cases for bar in bars if bar.upto is not None and bar.upto <= 5)
    assert (within, sum(bar.cases for bar in bars)) == (555, 1000)
    assert [bar.share for bar in bars] == ["0.0", "0.0", "55.5", "30.0", "0.0", "0.0", "14.5"]


@pytest.mark.parametrize(
    ("days", "bar"), [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (60, 5), (61, 6)]
)
def test_a_promise_stands_in_one_bar(days: int, bar: int) -> None:
    assert [one.cases for one in spread([Handled("a", days, 1, 0)])].index(1) == bar


def test_items_asked_for_most_make_half_of_the_cases() -> None:
    assert [row.item for row in frequent(TOWN)] == ["a"]
    assert mean_days(frequent(TOWN)).computed == "3.0"
    even = (Handled("a", 1, 500, 1), Handled("b", 1, 500, 1))
    assert len(frequent(even)) == 1
    assert frequent(()) == ()


def test_a_stated_mean_stands_beside_the_computed_one() -> None:
    before = {"items": 334, "promised_days": 3542, "reported_mean_tenths": 99}
    after = {"items": 334, "promised_days": 2888, "reported_mean_tenths": 81}
    means = stated_means({"before": before, "after": after})
    assert means is not None
    assert [(mean.computed, mean.reported, mean.agrees) for mean in means] == [
        ("10.6", "9.9", False),
        ("8.6", "8.1", False),
    ]
    assert stated_means({"before": before, "after": {"items": 334}}) is None
