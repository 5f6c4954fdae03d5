"""Limits in threes (just before, at, just after), the law's worked cases, and bad rules refused by field."""

from fractions import Fraction
from typing import Any

import pytest

from evaluation.findings.abnormally_low import (
    AbnormallyLowRule,
    LowPrices,
    find_low_prices,
    read_rules,
    write_rules,
)
from kernel.errors import BadInput
from kernel.fields import Fields
from kernel.ids import BidId

CHINA = {"clause": "财库〔2026〕2号", "response_minutes": 30, "strict": True}
MEAN = {"kind": "below_mean", "percent": "50", **CHINA}
SECOND = {"kind": "below_second_lowest", "percent": "50", **CHINA}
CEILING = {"kind": "below_ceiling", "percent": "45", **CHINA}
SPAIN = {
    "kind": "spain",
    "single": "25",
    "pair": "20",
    "percent": "10",
    "excess": "10",
    "clause": "RGLCAP 85",
    "response_minutes": 7200,
    "strict": True,
}
ITALY = {
    "kind": "italy",
    "wings": "10",
    "places": 3,
    "fewest": 15,
    "clause": "d.lgs. 50/2016, 97(2)",
    "response_minutes": 21600,
    "strict": False,
}


def rules(*written: dict[str, Any]) -> tuple[AbnormallyLowRule, ...]:
    return read_rules(Fields({"abnormally_low": list(written)}))


def low(rule: dict[str, Any], *prices: int, ceiling: int | None = None) -> LowPrices:
    return find_low_prices(
        rules(rule), {BidId(f"b{n}"): price for n, price in enumerate(prices)}, ceiling, 2
    )[0]


@pytest.mark.parametrize(
    ("rule", "others", "ceiling", "at"),
    [
        (MEAN, (150,), None, 50),  # the other price moves against it, so that the mean stays 100
        (SECOND, (200, 300), None, 100),
        (CEILING, (100_00,), 200_00, 90_00),
        ({**CEILING, "percent": "65"}, (200_00,), 200_00, 130_00),
    ],
)
def test_a_price_at_the_limit_is_not_below_it(
    rule: dict[str, Any], others: tuple[int, ...], ceiling: int | None, at: int
) -> None:
    for step, expected in ((-1, ("b0",)), (0, ()), (1, ())):
        moved = (others[0] - step, *others[1:]) if rule is MEAN else others
        assert low(rule, at + step, *moved, ceiling=ceiling).flagged == expected
    lenient = {**rule, "strict": False}
    assert low(lenient, at, *others, ceiling=ceiling).flagged == ("b0",)


def test_half_of_a_mean_that_is_no_whole_number_is_exact() -> None:
    found = low(MEAN, 1, 2, 4)  # mean 7/3, limit 7/6
    assert found.steps == (("mean", Fraction(7, 3)), ("limit", Fraction(7, 6)))
    assert found.flagged == ("b0",)


def test_two_equal_lowest_prices_are_not_below_half_of_each_other() -> None:
    assert low(SECOND, 10, 10, 100).flagged == ()


def test_the_budget_stands_in_for_a_missing_ceiling() -> None:
    with_budget = {**CEILING, "budget": "200.00"}
    assert low(with_budget, 8999, 9000, ceiling=None).flagged == ("b0",)
    assert low(with_budget, 8999, 9000, ceiling=100_00).flagged == ()
    assert low(CEILING, 1, ceiling=None).skipped
    assert low(SECOND, 1).skipped
    assert low(MEAN).skipped
    assert low(SPAIN).skipped
    assert low(SPAIN, 5).skipped


def test_every_price_at_the_limit_of_one_currency_is_at_it_in_a_finer_one() -> None:
    for factor in (1, 7, 10**9):
        assert low(MEAN, 50 * factor, 150 * factor).flagged == ()
        assert low(MEAN, 50 * factor - 1, 150 * factor).flagged == ("b0",)


@pytest.mark.parametrize(
    ("prices", "ceiling", "flagged"),
    [
        ((7499,), 10000, 1),  # one bid: more than 25 below the budget
        ((7500,), 10000, 0),
        ((7501,), 10000, 0),
        ((7999, 10000), None, 1),  # two: more than 20 below the other
        ((8000, 10000), None, 0),
        ((8001, 10000), None, 0),
        ((9000, 10000, 11000), None, 0),  # three: the mean is 10000, nobody is more than 10 above it
        ((8181, 10000, 12000), None, 1),  # 12000 leaves; 0.9 * (8181 + 10000) / 2 = 8181.45
        ((8182, 10000, 12000), None, 0),
        ((74, 75, 76), 100, 1),  # of three, more than 25 below the budget in any case
        ((75, 76, 77), 100, 0),
        ((74, 75, 76, 77), 100, 0),  # of four, not
        ((87, 100, 100, 100, 200), None, 1),  # 200 leaves; 0.9 * 387 / 4 = 87.075
        ((88, 100, 100, 100, 200), None, 0),
        ((100, 100, 200, 200), None, 2),  # two would be left, so the three lowest make the mean
    ],
)
def test_spain_compares_with_budget_other_or_mean(
    prices: tuple[int, ...], ceiling: int | None, flagged: int
) -> None:
    assert len(low(SPAIN, *prices, ceiling=ceiling).flagged) == flagged


def rebated(*percents: str) -> tuple[int, ...]:
    """Prices under a base of 1,000,000 units."""
    return tuple(int(1_000_000 * (1 - Fraction(percent) / 100)) for percent in percents)


def test_italy_takes_rebates_from_the_threshold_on() -> None:
    found = low(ITALY, *rebated(*map(str, range(1, 16))), ceiling=1_000_000)
    # ceil(1.5) = 2 at each end stay out: 3..13, sum 88, mean 8, mean excess 3, decimals 00
    assert dict(found.steps) == {
        "base": 1_000_000,
        "aside": 2,
        "sum": 88,
        "mean": 8,
        "deviation": 3,
        "product": 0,
        "limit": 11,
    }
    assert found.flagged == tuple(sorted(f"b{n}" for n in range(10, 15)))
    assert (
        len(low({**ITALY, "strict": True}, *rebated(*map(str, range(1, 16))), ceiling=1_000_000).flagged) == 4
    )


def test_italy_lowers_the_threshold_by_the_first_two_decimals_of_the_sum() -> None:
    percents = [*map(str, range(1, 13)), "13.46", "14", "15"]
    found = dict(low(ITALY, *rebated(*percents), ceiling=1_000_000).steps)
    mean = Fraction(8846, 1100)
    excess = [Fraction(percent) - mean for percent in percents[2:13] if Fraction(percent) > mean]
    deviation = sum(excess) / len(excess)
    assert found["product"] == 4 * 6
    assert found["limit"] == mean + deviation * (1 - Fraction(24, 100))


def test_italy_sets_aside_what_equals_a_wing() -> None:
    percents = ["1", "2", "2", "2", *map(str, range(5, 14)), "14", "15"]
    assert dict(low(ITALY, *rebated(*percents), ceiling=1_000_000).steps)["sum"] == sum(range(5, 14))


def test_italy_is_silent_below_fifteen_bids_and_where_nothing_is_left() -> None:
    assert low(ITALY, *rebated(*map(str, range(1, 15))), ceiling=1_000_000).skipped
    assert low(ITALY, *rebated(*["5"] * 15), ceiling=1_000_000).skipped
    assert low(ITALY, *rebated(*map(str, range(1, 16)))).skipped


def test_rules_written_are_rules_read() -> None:
    read = rules(MEAN, SECOND, {**CEILING, "budget": "12.5"}, SPAIN, ITALY)
    assert read_rules(Fields({"abnormally_low": write_rules(read)})) == read
    assert read_rules(Fields({})) == read_rules(Fields({"abnormally_low": None})) == ()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({**MEAN, "kind": "below_median"}, "kind"),
        ({**MEAN, "percent": "0"}, "percent"),
        ({**MEAN, "percent": "99.01"}, "percent"),
        ({**MEAN, "percent": "50.001"}, "percent"),
        ({**MEAN, "percent": 50}, "percent"),
        ({**MEAN, "percent": "NaN"}, "percent"),
        ({**MEAN, "strict": "yes"}, "strict"),
        ({**MEAN, "response_minutes": 29}, "response_minutes"),
        ({**MEAN, "budget": "1"}, "budget"),
        ({**CEILING, "budget": "-1"}, "budget"),
        ({**CEILING, "budget": "0"}, "budget"),
        ({**ITALY, "fewest": 2}, "fewest"),
        ({**ITALY, "wings": "50"}, "wings"),
        ({key: value for key, value in SPAIN.items() if key != "pair"}, "pair"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_path_of_its_field(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(BadInput) as caught:
        rules(MEAN, wrong)
    assert caught.value.facts["where"] == f"abnormally_low[1].{where}"


def test_eleven_rules_are_too_many() -> None:
    with pytest.raises(BadInput):
        rules(*[MEAN] * 11)
    assert len(rules(*[MEAN] * 10)) == 10
