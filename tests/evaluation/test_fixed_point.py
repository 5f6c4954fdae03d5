from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.fixed_point import LIMIT, half_up, product, read_points, units, weighted_sum


def rounded(numerator: int, denominator: int) -> int:
    return int(half_up(units([numerator]), denominator)[0])


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (88124, 10, 8812),
        (88125, 10, 8813),
        (88126, 10, 8813),
        (-88125, 10, -8813),
        (-88124, 10, -8812),
        (0, 7, 0),
    ],
)
def test_half_is_rounded_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert rounded(numerator, denominator) == expected


def test_mean_88_125_is_88_13_where_binary_rounding_says_88_12() -> None:
    assert np.round(88.125, 2) == 88.12
    assert rounded(88125, 10) == 8813


def test_the_epsilon_trick_invents_a_hundredth_that_exact_rounding_does_not() -> None:
    low, high = 12025308553, 12345678921  # 120,253,085.53 and 123,456,789.21
    trick = np.floor(low / high * 100 * 100 + 0.5 + 1e-9) / 100
    assert trick == 97.41
    assert rounded(low * 100 * 100, high) == 9740


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**30))
def test_rounding_equals_decimal_half_up_at_any_size(numerator: int, denominator: int) -> None:
    import decimal

    with decimal.localcontext() as context:
        context.prec = 120
        doubled = (2 * numerator) // denominator  # an exact quotient decides; Decimal must not round twice
        exact = Decimal(numerator) / Decimal(denominator)
        expected = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if 2 * numerator % denominator == 0 and doubled % 2:
        expected = (doubled + 1) // 2 if numerator > 0 else -((-doubled + 1) // 2)
    assert rounded(numerator, denominator) == expected


@pytest.mark.parametrize("denominator", [1, 3])
@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_rounding_is_right_on_both_sides_of_the_int64_guard(offset: int, denominator: int) -> None:
    edge = LIMIT - denominator + offset  # where the guard hands over to Python's integers
    assert rounded(edge, denominator) == (2 * edge + denominator) // (2 * denominator)


@pytest.mark.parametrize("value", [LIMIT - 1, LIMIT, LIMIT + 1, -LIMIT - 1, -LIMIT, -LIMIT + 1])
def test_integers_keep_their_value_around_the_limit_of_int64(value: int) -> None:
    assert int(units([value])[0]) == value
    assert rounded(value, 1) == value


@given(
    st.lists(st.tuples(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70)), min_size=1, max_size=5)
)
def test_products_are_exact(pairs: list[tuple[int, int]]) -> None:
    left, right = units([a for a, _ in pairs]), units([b for _, b in pairs])
    assert [int(x) for x in product(left, right)] == [a * b for a, b in pairs]


@given(
    st.lists(st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=2), min_size=1, max_size=4),
    st.tuples(st.integers(0, 2**63), st.integers(0, 9)),
)
def test_weighted_sums_are_exact(rows: list[list[int]], weights: tuple[int, int]) -> None:
    result = weighted_sum(units(rows), weights)
    assert [int(x) for x in result] == [a * weights[0] + b * weights[1] for a, b in rows]


def test_fractions_never_enter() -> None:
    with pytest.raises(TypeError):
        units([1.0])


@pytest.mark.parametrize(
    "text", ["", "1.", ".5", "01", "-1", "+1", "1e2", "1,0", " 1", "1 ", "١", 1, 1.5, None]
)
def test_only_plain_decimal_text_is_points(text: object) -> None:
    with pytest.raises(ValueError, match="plain decimal"):
        read_points(text, 2)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("0.5", 50), ("12.50", 1250), ("100", 10000)])
def test_points_are_read_into_their_scale(text: str, value: int) -> None:
    assert read_points(text, 2) == value


def test_more_decimals_than_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 2 decimals"):
        read_points("1.000", 2)
