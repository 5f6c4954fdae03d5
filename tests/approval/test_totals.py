from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approval.totals import Cut, add_up, compare, cuts, mean, percent
from kernel.errors import BadInput
from tests.approval.items import item

# What the reports of S0 and S3 state; approval.md section 2.
REPORTED = [
    (1340, 255, 1085, 0, "81"),
    (1340, 255, 1085, 2, "80.97"),
    (1360, 1256, 104, 2, "7.65"),
    (164, 80, 84, 0, "51"),
    (164, 80, 84, 1, "51.2"),
    (1244, 1044, 200, 2, "16.08"),
    (5311, 1726, 3585, 1, "67.5"),
    (3542, 2888, 654, 1, "18.5"),
    (3542, 2888, 654, 2, "18.46"),
]


@pytest.mark.parametrize(("before", "after", "less", "places", "share"), REPORTED)
def test_cuts_print_as_the_reports_state_them(
    before: int, after: int, less: int, places: int, share: str
) -> None:
    cut = Cut(before, after)
    assert (cut.less, cut.share(places)) == (less, share)


def test_the_means_that_one_report_states_belong_to_another_number_of_items() -> None:
    """9.9 and 8.1 days were reported over 334 items; the sums say 10.6 and 8.6."""
    assert (mean(3542, 334, 1), mean(2888, 334, 1)) == ("10.6", "8.6")
    assert (mean(3542, 357, 1), mean(2888, 357, 1)) == ("9.9", "8.1")


@pytest.mark.parametrize(("part", "share"), [(124, "12.4"), (125, "12.5"), (1249, "124.9")])
def test_shares_are_rounded_half_up(part: int, share: str) -> None:
    assert percent(part, 1000, 1) == share
    assert (percent(1, 8, 0), percent(1, 8, 1), percent(3, 8, 0)) == ("13", "12.5", "38")
    assert (percent(-1, 8, 0), percent(1, 0)) == ("-13", "")


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_never_off_by_more_than_half_a_unit(part: int, whole: int) -> None:
    from fractions import Fraction

    assert abs(Fraction(percent(part, whole, 2)) - Fraction(100 * part, whole)) <= Fraction(1, 200)


def test_a_catalogue_adds_up() -> None:
    rows = [item(), item(code="TJ-002", intermediaries=["图审", "监理"], pre_conditions=["x"], fees=[])]
    totals = asdict(add_up(rows))
    assert totals == {
        "items": 2,
        "materials": 4,
        "pre_conditions": 1,
        "steps": 8,
        "statutory_days": 40,
        "promised_days": 14,
        "fees": 1,
        "intermediary_items": 1,
        "intermediary_links": 2,
    }
    assert cuts({"items": 4}, totals)["items"].share() == "50.00"


def test_another_city_is_compared_over_the_items_that_both_have() -> None:
    found = compare({"a": 7, "b": 3, "c": 9}, {"a": 5, "b": 20, "d": 1})
    assert (found.count, found.own_mean, found.other_mean, found.slower) == (2, "5.00", "12.50", ("a",))
    assert compare({}, {"a": 1}).own_mean == ""
    with pytest.raises(BadInput):
        compare({"a": 1}, {"a": -1})


def test_the_benchmark_means_of_two_cities_are_reproduced() -> None:
    """深圳 152 items 17.31 against 7.41, 武汉 160 items 16.03 against 7.42."""
    for count, other, own in ((152, "17.31", "7.41"), (160, "16.03", "7.42")):
        totals = {mean_: next(t for t in range(5000) if mean(t, count) == mean_) for mean_ in (other, own)}
        spread = {m: {f"i{n}": (t + n) // count for n in range(count)} for m, t in totals.items()}
        found = compare(spread[own], spread[other])
        assert (found.count, found.own_mean, found.other_mean) == (count, own, other)
