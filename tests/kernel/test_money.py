"""Exact prices in a declared scale."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import BadPrice
from kernel.money import MOST_UNITS, Money, PriceScale, half_up, read_money, read_units, write_units

VND = PriceScale("VND", 2)


@given(st.integers(1, MOST_UNITS), st.integers(0, 6))
def test_writing_and_reading_are_inverse(units: int, places: int) -> None:
    assert read_units(write_units(units, places), places) == units


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**9))
def test_half_up_is_the_decimal_rule(num: int, den: int) -> None:
    exact = (Decimal(num) / Decimal(den)).quantize(Decimal(1), ROUND_HALF_UP)
    if abs(num) < 10**15:
        assert half_up(num, den) == int(exact)
    assert half_up(-num, den) == -half_up(num, den)


def test_thirteen_digits_with_two_decimals_are_exact() -> None:
    assert read_money("1314566559949.00", "VND", VND) == Money(131456655994900, VND)
    assert str(Money(131456655994900, VND)) == "1314566559949.00 VND"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "1,000",
        "1.",
        ".5",
        "01",
        "1e3",
        "NaN",
        "١٢",
        "1.005",
        "0",
        "0.00",
        " 1",
        "9" * 19,
        "1\n",
    ],
)
def test_what_is_no_plain_price_is_refused(text: str) -> None:
    with pytest.raises(BadPrice):
        read_money(text, "VND", VND)


def test_another_currency_is_refused_with_the_right_one() -> None:
    with pytest.raises(BadPrice, match="VND"):
        read_money("1.00", "CNY", VND)


@pytest.mark.parametrize(
    ("units", "fits"), [(MOST_UNITS - 1, True), (MOST_UNITS, True), (MOST_UNITS + 1, False)]
)
def test_largest_price_is_known(units: int, fits: bool) -> None:
    text = write_units(units, 2)
    if fits:
        assert read_units(text, 2) == units
    else:
        with pytest.raises(BadPrice):
            read_units(text, 2)
