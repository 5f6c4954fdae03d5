from dataclasses import replace
from datetime import date

import pytest

from expert_pool.conflicts import find_ties
from expert_pool.eligibility import (
    SeatGroup,
    find_exclusion,
    fits,
    fits_some_group,
    has_no_tie,
    in_good_standing,
    mask_of,
)
from expert_pool.experts import Expert, expert_leaf, expert_record, leaf_salt

TODAY = date(2026, 11, 21)
EXPERT = Expert("E001", "张三", "甲设计院", "440300", frozenset({"A0801", "B02"}))
ROADS = SeatGroup("roads", {"zh": "公路", "en": "Roads"}, 3, 2, ("A08",))
COSTS = SeatGroup("costs", {"zh": "造价", "en": "Costs"}, 2, 2, ("B02", "B03"), ("440300",))
LAW = SeatGroup("law", {"zh": "法律", "en": "Law"}, 1, 1, ("C",))


def test_an_expert_fits_by_prefix_of_specialty_and_by_region() -> None:
    assert fits(EXPERT, ROADS)
    assert fits(EXPERT, COSTS)
    assert not fits(replace(EXPERT, region="110000"), COSTS)
    assert mask_of(EXPERT, [ROADS, LAW, COSTS]) == 0b101


@pytest.mark.parametrize(
    ("until", "code"),
    [(date(2026, 11, 20), "standing"), (date(2026, 11, 21), None), (date(2026, 11, 22), None), (None, None)],
)
def test_an_entry_counts_up_to_its_last_day(until: date | None, code: str | None) -> None:
    assert in_good_standing(TODAY)(replace(EXPERT, valid_until=until)) == code


@pytest.mark.parametrize(
    ("standing", "code"), [("active", None), ("suspended", "standing"), ("removed", "standing")]
)
def test_only_active_experts_are_drawn(standing: str, code: str | None) -> None:
    assert in_good_standing(TODAY)(replace(EXPERT, standing=standing)) == code


@pytest.mark.parametrize(
    ("party", "tied"),
    [("甲设计院", True), (" 甲 设计院", True), ("乙设计院", False), ("ＡＢＣ Design", False)],
)
def test_an_employer_who_is_a_party_excludes(party: str, tied: bool) -> None:
    assert bool(find_ties(EXPERT, [party])) == tied
    assert has_no_tie([party])(EXPERT) == ("avoidance" if tied else None)


def test_names_are_compared_without_case_width_and_spaces() -> None:
    assert find_ties(replace(EXPERT, employer="ABC design"), ["ＡＢＣ Design"])


def test_the_first_rule_that_excludes_gives_the_code() -> None:
    rules = [in_good_standing(TODAY), fits_some_group([LAW]), has_no_tie(["甲设计院"])]
    assert find_exclusion(EXPERT, rules) == "specialty"
    assert find_exclusion(EXPERT, rules[::-1]) == "avoidance"
    assert find_exclusion(EXPERT, [in_good_standing(TODAY), fits_some_group([ROADS])]) is None


def test_a_leaf_changes_with_draw_key_and_record_so_draws_cannot_be_linked() -> None:
    record = expert_record(EXPERT)
    leaves = {
        expert_leaf(leaf_salt(key, draw, EXPERT.number), data)
        for key in (b"k" * 32, b"l" * 32)
        for draw in ("d1", "d2")
        for data in (record, expert_record(replace(EXPERT, region="110000")))
    }
    assert len(leaves) == 8


def test_names_and_employers_never_show_in_a_repr() -> None:
    assert "张三" not in repr(EXPERT)
    assert "甲设计院" not in repr(EXPERT)
