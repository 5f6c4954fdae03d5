"""The arithmetic of the source reports, recomputed: where they agree, and the two places where they contradict."""

import pytest

from approval.totals import percent
from kernel.errors import BadInput
from supervision.figures import Child, Figure, Mean, Target, critical_path, growth, read_targets, warnings

SHARES = [
    # what, part, whole, places, as stated
    ("instant cases of five years", 169_928, 447_178, 1, "38.0"),
    ("early of all cases", 357_742, 447_178, 1, "80.0"),
    ("January to May 2010", 46_830, 47_785, 1, "98.0"),
    ("items cut", 1340 - 255, 1340, 2, "80.97"),
    ("preconditions cut", 164 - 80, 164, 1, "51.2"),
    ("steps cut", 1244 - 1044, 1244, 2, "16.08"),
    ("days cut", 5311 - 1726, 5311, 1, "67.5"),
    ("departments with an office", 2 + 1 + 2 + 25, 40, 0, "75"),
    ("counties", 13, 13, 1, "100.0"),
    ("towns", 103, 105, 1, "98.1"),
    ("villages", 1536, 1568, 1, "98.0"),
    ("promises cut in the town", 3542 - 2888, 3542, 2, "18.46"),
]


@pytest.mark.parametrize(("what", "part", "whole", "places", "stated"), SHARES)
def test_a_stated_share_is_the_computed_one(
    what: str, part: int, whole: int, places: int, stated: str
) -> None:
    assert percent(part, whole, places) == stated, what


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (255, (1340, -1085)),
        (104, (1360, -1256)),
        (200, (1244, -1044)),
        (3585, (5311, -1726)),
        (334, (207, 127)),
    ],
)
def test_stated_sums_are_sums(total: int, parts: tuple[int, ...]) -> None:
    assert sum(parts) == total


def figure(key: str, part: int, of: int) -> Figure:
    return Figure(key, part, of, "")


def test_more_early_promised_cases_than_promised_cases_is_a_contradiction() -> None:
    promised = 447_178 - 169_928
    found = {
        "early_all": figure("early_all", 357_742, 447_178),
        "early_promised": figure("early_promised", 277_250, promised),
    }
    assert promised == 277_250 < 357_742
    assert warnings(found) == ("early_exceeds_promised", "early_rates_differ")
    plausible = {
        "early_all": figure("early_all", 200_000, 447_178),
        "early_promised": figure("early_promised", 200_000, promised),
    }
    assert warnings(plausible) == ("early_rates_differ",)


@pytest.mark.parametrize(("total", "computed", "reported"), [(3542, "10.6", "9.9"), (2888, "8.6", "8.1")])
def test_the_reported_mean_promise_implies_other_items_than_are_counted(
    total: int, computed: str, reported: str
) -> None:
    mean = Mean(total, 334, reported)
    assert (mean.computed, mean.agrees) == (computed, False)
    assert 356 <= mean.implied <= 358


def test_a_mean_that_agrees_says_so() -> None:
    assert Mean(3542, 334, "10.6").agrees


def test_the_town_report_of_40356_cases_is_on_time_and_meets_its_targets() -> None:
    on_time = Figure("on_time", 40_356, 40_356, "", Target("at_least", 100))
    assert (on_time.shown, on_time.is_met) == ("100.0 %", True)
    assert Figure("on_time", 40_355, 40_356, "", Target("at_least", 100)).is_met is False
    lowest = -(-40_356 * 95 // 100)  # the fewest early cases that reach 95 %
    for early, is_met in ((lowest - 1, False), (lowest, True), (lowest + 1, True)):
        assert Figure("early_promised", early, 40_356, "", Target("at_least", 95)).is_met is is_met


def test_online_growth_prints_as_reported() -> None:
    assert growth(16_434, 10_000) == "+64.34 %"


@pytest.mark.parametrize(("part", "is_met"), [(69, False), (70, True), (71, True)])
def test_a_target_is_met_from_its_value_on(part: int, is_met: bool) -> None:
    assert Figure("instant", part, 100, "", Target("at_least", 70)).is_met is is_met
    assert Figure("statutory_overruns", part, 0, "", Target("at_most", 70)).is_met is (part <= 70)


def test_targets_are_read_strictly() -> None:
    assert read_targets({"instant": ["at_least", 70]}) == {"instant": Target("at_least", 70)}
    for wrong in (
        [],
        {"moon": ["at_least", 1]},
        {"instant": 70},
        {"instant": ["about", 70]},
        {"instant": ["at_least", "70"]},
    ):
        with pytest.raises(BadInput):
            read_targets(wrong)


def test_the_slowest_department_is_the_critical_path() -> None:
    children = [Child("fire", 9), Child("land", 33), Child("water", 33)]
    assert critical_path(children) == Child("land", 33)
    assert critical_path([]) is None
