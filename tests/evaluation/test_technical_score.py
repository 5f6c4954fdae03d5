import pytest

from evaluation.fixed_point import units
from evaluation.rulebook import Combination, Places
from evaluation.technical_score import combine_points
from kernel.errors import BadSheet

PLACES = Places(sheet=1, combined=2, price=2, weighted=2, total=2, award=2, evaluated=2)


def combined(figures: list[int], rule: str, high: int = 0, low: int = 0) -> int:
    column = units([[[figure]] for figure in figures])
    return int(combine_points(column, Combination(rule, high, low), PLACES).values[0, 0])


@pytest.mark.parametrize(
    ("rule", "high", "low", "expected"),
    [
        ("mean", 0, 0, 8180),  # (90+90+90+90+49) / 5 = 81.8
        ("median", 0, 0, 9000),
        ("trimmed_mean", 1, 1, 9000),
        ("trimmed_mean", 0, 1, 9000),
        ("trimmed_mean", 1, 0, 7975),
        ("trimmed_mean", 2, 2, 9000),
        ("trimmed_mean", 3, 0, 6950),
        ("trimmed_mean", 0, 3, 9000),
    ],
)
def test_each_rule_on_one_outlier(rule: str, high: int, low: int, expected: int) -> None:
    assert combined([900, 490, 900, 900, 900], rule, high, low) == expected


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    assert combined([10, 40, 25, 20], "median") == 225


def test_a_third_is_rounded_once_half_up() -> None:
    assert combined([1, 1, 3], "mean") == 17  # 0.1666...
    assert combined([1, 0], "mean") == 5
    assert combined([855, 855, 854, 855, 855, 855, 855, 855], "mean") == 8549  # 85.4875


@pytest.mark.parametrize(("experts", "enough"), [(1, False), (2, False), (3, True)])
def test_a_trimmed_mean_needs_one_figure_more_than_it_drops(experts: int, enough: bool) -> None:
    if enough:
        assert combined([900] * experts, "trimmed_mean", 1, 1) == 9000
    else:
        with pytest.raises(BadSheet, match="at least 3"):
            combined([900] * experts, "trimmed_mean", 1, 1)
