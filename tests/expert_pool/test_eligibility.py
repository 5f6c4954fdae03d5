from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expert_pool.eligibility import (
    CODES,
    SeatGroup,
    find_exclusion,
    fits,
    fits_some_group,
    has_cooled_down,
    has_no_tie,
    in_good_standing,
    is_below_cap,
    is_not_banned,
    is_not_on_leave,
    is_valid,
    judge,
    mask_of,
    rules_for,
)
from expert_pool.eligibility_rules import DEFAULT, EligibilityRules, read_rules, write_rules
from expert_pool.entry_form import expert_record
from expert_pool.experts import Credential, Employment, Expert, Span, expert_leaf, leaf_salt
from kernel.errors import BadInput
from tests.expert_pool.entries import EXPERT, TODAY, bidder, full_expert

ROADS = SeatGroup("roads", {"zh": "公路", "en": "Roads"}, 3, 2, ("A08",))
COSTS = SeatGroup("costs", {"zh": "造价", "en": "Costs"}, 2, 2, ("B02", "B03"), ("440300",))
LAW = SeatGroup("law", {"zh": "法律", "en": "Law"}, 1, 1, ("C",))
DAY = timedelta(days=1)


def test_an_expert_fits_by_prefix_of_specialty_and_by_region() -> None:
    assert fits(EXPERT, ROADS)
    assert fits(EXPERT, COSTS)
    assert not fits(replace(EXPERT, region="110000"), COSTS)
    assert mask_of(EXPERT, [ROADS, LAW, COSTS]) == 0b101


def test_who_knows_the_trade_but_lives_elsewhere_is_excluded_by_region() -> None:
    far = replace(EXPERT, region="110000")
    assert fits_some_group([COSTS])(far) == "region"
    assert fits_some_group([LAW])(far) == "specialty"
    assert fits_some_group([COSTS, ROADS])(far) is None


LIMITS: list[tuple[str, Callable[[date], Expert], Callable[[date], Any], str | None, str | None, str | None]]
LIMITS = [
    # what, expert around a day, rule on a day, the code one day before, on, one day after that day
    (
        "entry valid until",
        lambda day: replace(EXPERT, valid_until=day),
        lambda on: is_valid(on),
        None,
        None,
        "validity",
    ),
    (
        "certificate valid until",
        lambda day: replace(EXPERT, credentials=(Credential("licence", "", day),)),
        lambda on: is_valid(on, ["licence"]),
        None,
        None,
        "validity",
    ),
    (
        "70th birthday",
        lambda day: replace(EXPERT, born_on=day.replace(year=day.year - 70)),
        lambda on: in_good_standing(on, 70),
        None,
        "standing",
        "standing",
    ),
    (
        "ban begins",
        lambda day: replace(EXPERT, bans=(Span(day),)),
        lambda on: is_not_banned(on),
        None,
        "ban",
        "ban",
    ),
    (
        "ban ends",
        lambda day: replace(EXPERT, bans=(Span(date(2020, 1, 1), day),)),
        lambda on: is_not_banned(on),
        "ban",
        "ban",
        None,
    ),
    (
        "leave ends",
        lambda day: replace(EXPERT, leaves=(Span(day, day),)),
        lambda on: is_not_on_leave(on),
        None,
        "leave",
        None,
    ),
    (
        "ten days after a panel",
        lambda day: replace(EXPERT, services=(day - timedelta(days=10),)),
        lambda on: has_cooled_down(on, 10),
        "cool-down",
        None,
        None,
    ),
    (
        "three years after leaving a bidder",
        lambda day: replace(
            EXPERT, employments=(Employment("Bidder Ltd", None, day.replace(year=day.year - 3)),)
        ),
        lambda on: has_no_tie([bidder("Bidder Ltd")], on, 3),
        "avoidance",
        "avoidance",
        None,
    ),
]


@pytest.mark.parametrize(
    ("what", "expert", "rule", "before", "at", "after"), LIMITS, ids=[limit[0] for limit in LIMITS]
)
def test_each_limit_holds_to_the_day(
    what: str, expert: Any, rule: Any, before: str | None, at: str | None, after: str | None
) -> None:
    found = [rule(TODAY + step)(expert(TODAY)) for step in (-DAY, 0 * DAY, DAY)]
    assert found == [before, at, after], what


@pytest.mark.parametrize(("served", "code"), [(1, None), (2, "monthly-cap"), (3, "monthly-cap")])
def test_a_month_has_its_cap_and_the_next_month_begins_anew(served: int, code: str | None) -> None:
    expert = replace(EXPERT, services=tuple(date(2026, 11, day) for day in range(1, served + 1)))
    assert is_below_cap(TODAY, 2)(expert) == code
    assert is_below_cap(date(2026, 12, 1), 2)(expert) is None
    assert is_below_cap(TODAY, 0)(expert) is None


@pytest.mark.parametrize(
    ("standing", "code"), [("active", None), ("suspended", "standing"), ("removed", "standing")]
)
def test_only_active_experts_are_drawn(standing: str, code: str | None) -> None:
    assert in_good_standing(TODAY)(replace(EXPERT, standing=standing)) == code


def test_the_first_rule_that_excludes_gives_the_code() -> None:
    rules = [fits_some_group([LAW]), has_no_tie([bidder("甲设计院")], TODAY, 3)]
    assert find_exclusion(EXPERT, rules) == "specialty"
    assert find_exclusion(EXPERT, rules[::-1]) == "avoidance"
    assert find_exclusion(EXPERT, [fits_some_group([ROADS])]) is None


@settings(max_examples=60, deadline=None)
@given(
    oldest=st.integers(0, 100),
    years=st.integers(0, 20),
    days=st.integers(0, 366),
    cap=st.integers(0, 31),
    rest=st.integers(-4000, 4000),
)
def test_stricter_limits_never_admit_anybody_and_every_code_is_known(
    oldest: int, years: int, days: int, cap: int, rest: int
) -> None:
    on = TODAY + timedelta(days=rest)
    loose = EligibilityRules(years, 0, 0, 0)
    strict = EligibilityRules(years, oldest, days, cap)
    expert, parties = full_expert(), [bidder("Former Works Ltd")]
    first = judge(expert, [ROADS, COSTS], rules_for(loose, [ROADS, COSTS], parties, on))
    second = judge(expert, [ROADS, COSTS], rules_for(strict, [ROADS, COSTS], parties, on))
    assert first.excluded is None or second.excluded is not None
    assert {first.excluded, second.excluded} <= {None, *CODES}
    assert all((line.mask == 0) == (line.excluded is not None) for line in (first, second))


def test_the_limits_are_read_as_they_were_written() -> None:
    for rules in (DEFAULT, EligibilityRules(5, 65, 30, 4, ("licence", "training"))):
        assert read_rules(write_rules(rules)) == rules


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"v": 2}, "v"),
        ({"tie_years": 21}, "tie_years"),
        ({"tie_years": "3"}, "tie_years"),
        ({"oldest": -1}, "oldest"),
        ({"cool_down_days": True}, "cool_down_days"),
        ({"most_per_month": 1.5}, "most_per_month"),
        ({"credentials": ["a guess"]}, "credentials"),
        ({"credentials": ["licence", "licence"]}, "credentials"),
        ({"cooldown": 3}, "cooldown"),
    ],
)
def test_limits_that_are_not_understood_are_refused(change: dict[str, Any], where: str) -> None:
    with pytest.raises(BadInput, match=f"^{where}:"):
        read_rules({**write_rules(DEFAULT), **change})


def test_a_leaf_changes_with_draw_key_and_record_so_draws_cannot_be_linked() -> None:
    record = expert_record(EXPERT)
    leaves = {
        expert_leaf(leaf_salt(key, draw, EXPERT.number), data)
        for key in (b"k" * 32, b"l" * 32)
        for draw in ("d1", "d2")
        for data in (record, expert_record(replace(EXPERT, region="110000")))
    }
    assert len(leaves) == 8
