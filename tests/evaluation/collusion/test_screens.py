"""The screens against tables worked by hand and against scipy; boundaries of Imhof's rule and of Benford's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluation.collusion.screens import BENFORD, Screens, benford, screen_prices

PRICES = st.lists(st.integers(10_000, 10**12), min_size=4, max_size=40, unique=True)


def test_a_lot_worked_by_hand() -> None:
    found = screen_prices([110, 100, 130, 120])
    assert found.cv == pytest.approx(math.sqrt(500 / 3) / 115)
    assert found.spd == pytest.approx(0.3)
    assert found.diffp == pytest.approx(0.1)
    assert found.rd == pytest.approx(10 / 10)
    assert found.skew == pytest.approx(0)
    assert found.kurt == pytest.approx(-1.2)
    assert found.kstest == pytest.approx(0.25)


@given(PRICES)
def test_the_moments_are_those_of_scipy(prices: list[int]) -> None:
    found = screen_prices(prices)
    assert found.skew == pytest.approx(stats.skew(prices, bias=False), rel=1e-6, abs=1e-9)
    assert found.kurt == pytest.approx(stats.kurtosis(prices, bias=False), rel=1e-6, abs=1e-6)
    low, high = min(prices), max(prices)
    scipy_distance = stats.kstest(prices, "uniform", args=(low, high - low)).statistic
    assert found.kstest == pytest.approx(scipy_distance, abs=1e-9)


@given(PRICES, st.integers(2, 1000))
def test_another_currency_changes_no_screen(prices: list[int], factor: int) -> None:
    one, other = screen_prices(prices), screen_prices([price * factor for price in prices])
    for name in ("cv", "spd", "diffp", "rd", "skew", "kurt", "kstest"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-6, abs=1e-6)


def test_what_has_no_meaning_is_left_out() -> None:
    assert screen_prices([]) == Screens(0)
    assert screen_prices([5]) == Screens(1)
    two = screen_prices([100, 110])
    assert (two.rd, two.skew, two.kurt, two.diffp) == (None, None, None, pytest.approx(0.1))
    assert screen_prices([100, 110, 120]).kurt is None
    alike = screen_prices([100, 100, 100, 100])
    assert (alike.cv, alike.rd, alike.skew, alike.kurt, alike.kstest) == (0.0, None, None, None, None)


@pytest.mark.parametrize(
    ("cv", "rd", "holds"),
    [
        (0.0599, 1.0, True),
        (0.06, 1.0, True),
        (0.0601, 1.0, False),
        (0.06, 0.9999, False),
        (0.06, None, False),
    ],
)
def test_imhofs_rule_at_its_limits(cv: float, rd: float | None, holds: bool) -> None:
    assert Screens(5, cv=cv, rd=rd).is_imhof is holds


def test_benford_speaks_of_portfolios_only() -> None:
    exact = [digit for digit, law in enumerate(BENFORD, 1) for _ in range(round(1000 * law))]
    assert benford(exact[:499]) is None
    assert benford(exact[:500]) is not None
    found = benford(exact)
    assert found is not None
    assert found.prices == len(exact)
    assert found.chi_square < 0.1
    assert found.mean_deviation < 0.001
    assert benford([9] * 500).chi_square > 1000  # type: ignore[union-attr]
