"""Published vectors, a brute-force oracle written from the definitions, and the figures' limits."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.findings.agreement import (
    Floats,
    alpha_interval,
    alpha_ordinal,
    intraclass,
    kendall_w,
    measure_agreement,
    midranks,
)

M = math.nan
# Krippendorff 2011, example C: four observers, twelve units, missing values.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, M, M, M],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, M, 3],
    [M, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, M],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, M],
]
# Shrout & Fleiss 1979, table 2: six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def floats(rows: object) -> Floats:
    return np.array(rows, dtype=np.float64)


def test_krippendorffs_own_example() -> None:
    assert alpha_interval(floats(OBSERVERS)) == pytest.approx(0.849, abs=5e-4)
    assert alpha_ordinal(floats(OBSERVERS)) == pytest.approx(0.815, abs=5e-4)


def test_shrout_and_fleiss_own_example() -> None:
    single, panel = intraclass(floats(JUDGES).T)
    assert single == pytest.approx(0.29, abs=5e-3)
    assert panel == pytest.approx(0.62, abs=5e-3)


def test_kendalls_w_of_equal_and_of_opposed_rankings() -> None:
    assert kendall_w(floats([[1, 2, 3, 4]] * 3)) == pytest.approx(1)
    assert kendall_w(floats([[1, 2, 3, 4], [4, 3, 2, 1]])) == pytest.approx(0)
    # Siegel & Castellan: three executives, six applicants; W = 0.16
    executives = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
    assert kendall_w(floats(executives)) == pytest.approx(0.162, abs=5e-4)


def test_ties_are_corrected_so_that_equal_tied_rankings_agree_wholly() -> None:
    assert kendall_w(floats([[5, 5, 3, 1]] * 4)) == pytest.approx(1)


def alpha_by_pairs(figures: Floats, ordinal: bool) -> float | None:
    """Every pair of values, as Krippendorff defines observed and expected disagreement."""
    units = [[float(x) for x in unit if not math.isnan(x)] for unit in figures.T]
    units = [unit for unit in units if len(unit) > 1]
    values = [x for unit in units for x in unit]

    def apart(one: float, two: float) -> float:
        if not ordinal:
            return (one - two) ** 2
        low, high = min(one, two), max(one, two)
        between = sum(low <= x <= high for x in values)
        return (between - (values.count(low) + values.count(high)) / 2) ** 2 if low != high else 0

    observed = sum(
        sum(apart(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units
    ) / max(len(values), 1)
    expected = sum(apart(a, b) for a, b in itertools.permutations(values, 2))
    return 1 - observed * len(values) * (len(values) - 1) / expected if expected else None


FIGURES = st.integers(0, 4).map(float) | st.just(M)


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(FIGURES, min_size=n, max_size=n), min_size=2, max_size=5)
    )
)
def test_the_closed_form_is_the_sum_over_all_pairs(rows: list[list[float]]) -> None:
    for ordinal, ours in ((False, alpha_interval), (True, alpha_ordinal)):
        expected, found = alpha_by_pairs(floats(rows), ordinal), ours(floats(rows))
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_what_is_not_defined_is_none() -> None:
    equal = measure_agreement(floats([[3, 3, 3]] * 4))
    assert equal.kendall_w is None
    assert equal.alpha_interval is None
    assert equal.alpha_ordinal is None
    assert equal.icc_single is None
    assert measure_agreement(floats([[1, 2, 3]])).icc_panel is None
    assert alpha_interval(floats([[M, M]])) is None
    assert alpha_ordinal(floats([[M, 1]])) is None


def test_midranks_share_the_mean_of_their_ranks() -> None:
    assert midranks(floats([10, 20, 20, 5])).tolist() == [2, 3.5, 3.5, 1]
