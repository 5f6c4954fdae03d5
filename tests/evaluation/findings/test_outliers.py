"""Both definitions on both sides of the limit, against fractions, and fast on a whole panel's figures."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.findings.outliers import (
    OutlierRule,
    find_outliers,
    flags,
    read_rule,
    split_votes,
    write_rule,
)
from evaluation.fixed_point import Units
from kernel.errors import BadInput
from kernel.fields import Fields


def column(*figures: int) -> Units:
    """One bid, one column, an expert a figure."""
    return np.array(figures, dtype=np.int64).reshape(-1, 1, 1)


def test_the_same_sheet_is_an_outlier_by_one_definition_only() -> None:
    panel = column(90, 90, 90, 90, 60)  # 28.57 % below the panel, 33.33 % below the others
    assert find_outliers(panel, OutlierRule("panel_mean", 3_000)) == ()
    [found] = find_outliers(panel, OutlierRule("leave_one_out", 3_000))
    assert (found.expert, found.is_high, found.band) == (4, False, 0)


@pytest.mark.parametrize(("definition", "at"), [("leave_one_out", 63), ("panel_mean", 3_600)])
def test_exactly_thirty_percent_is_not_too_far(definition: str, at: int) -> None:
    if definition == "leave_one_out":
        sheets = [column(90, 90, 90, 90, figure) for figure in (at - 1, at, at + 1)]
    else:  # four others of x and one of s: s = 0.7 * (4x + s) / 5, so s / x = 28 / 43
        sheets = [column(*[4300] * 4, figure) for figure in (2799, 2800, 2801)]
    found = [len(find_outliers(sheet, OutlierRule(definition, 3_000))) for sheet in sheets]
    assert found == [1, 0, 0]


@given(
    st.lists(st.integers(0, 10**10), min_size=3, max_size=9),
    st.sampled_from(["panel_mean", "leave_one_out"]),
    st.sampled_from([1, 2_000, 3_000, 3_333, 200_000]),
)
def test_whole_numbers_decide_as_fractions_do(figures: list[int], definition: str, percent: int) -> None:
    expected = []
    for own, figure in enumerate(figures):
        compared = figures if definition == "panel_mean" else figures[:own] + figures[own + 1 :]
        mean = Fraction(sum(compared), len(compared))
        expected.append(abs(figure - mean) * 10_000 > percent * mean)
    assert flags(column(*figures), OutlierRule(definition, percent)).flatten().tolist() == expected


def test_huge_figures_do_not_overflow() -> None:
    panel = column(*[10**18] * 8, 10**18 * 2)
    assert [one.expert for one in find_outliers(panel, OutlierRule())] == [8]


def test_bands_tell_half_and_whole() -> None:
    bands = [find_outliers(column(100, 100, 100, s), OutlierRule())[0].band for s in (150, 151, 200, 201)]
    assert bands == [0, 1, 1, 2]


def test_points_where_all_others_give_none_stand_apart() -> None:
    lone = find_outliers(column(0, 0, 0, 5), OutlierRule("leave_one_out", 15_000))
    assert [(one.expert, one.is_high, one.band) for one in lone] == [(3, True, 2)]
    assert find_outliers(column(0, 0, 0, 0), OutlierRule()) == ()


def test_two_experts_are_never_compared() -> None:
    assert find_outliers(column(0, 100), OutlierRule()) == ()
    assert find_outliers(np.zeros((0, 2, 2), dtype=np.int64), OutlierRule()) == ()


def test_yes_or_no_items_on_which_experts_differ_are_named() -> None:
    figures = np.zeros((3, 2, 3), dtype=np.int64)
    figures[1, 1, 2] = 10
    figures[0, 0, 0] = 10
    assert split_votes(figures, [0, 2]) == ((0, 0), (1, 2))
    assert split_votes(figures, [1]) == ()
    assert split_votes(figures[:0], [1]) == ()


def test_half_a_million_figures_are_judged_at_once() -> None:
    chance = np.random.Generator(np.random.PCG64(4))
    figures = chance.integers(60, 101, (9, 1_000, 60))
    figures[3, 7, 11] = 0
    found = flags(figures, OutlierRule("panel_mean", 5_000))
    assert found[3, 7, 11]
    assert found.sum() == 1


def test_a_rule_is_written_as_it_is_read() -> None:
    rule = OutlierRule("panel_mean", 2_050, ("criterion", "total"))
    assert read_rule(Fields({"outliers": write_rule(rule)})) == rule


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("definition", "median"),
        ("percent", "0"),
        ("percent", "2000.01"),
        ("percent", "1e2"),
        ("levels", []),
        ("levels", ["total", "total"]),
        ("levels", ["lot"]),
        ("level", "total"),
    ],
)
def test_a_wrong_rule_names_its_field(field: str, value: object) -> None:
    written = {**write_rule(OutlierRule()), field: value}
    with pytest.raises(BadInput) as caught:
        read_rule(Fields({"outliers": written}))
    assert caught.value.facts["where"] == f"outliers.{field}"
