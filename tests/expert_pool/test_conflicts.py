from dataclasses import replace
from datetime import date

import pytest

from expert_pool.conflicts import (
    AGENCY,
    APPLICANT,
    ROLES,
    Party,
    read_parties,
    ties_finder,
    write_parties,
    years_after,
)
from expert_pool.experts import Employment, Expert, Interest, Relative
from tests.expert_pool.entries import EXPERT, TODAY, bidder

LONG_AGO, LATELY = date(2019, 1, 1), date(2025, 1, 1)


def kinds(expert: Expert, *parties: Party, years: int = 3) -> list[str]:
    return sorted(tie.kind for tie in ties_finder(parties, TODAY, years)(expert))


TIES: list[tuple[str, Expert, list[str]]] = [
    ("an employer", replace(EXPERT, employer="P Ltd"), ["staff"]),
    (
        "a former employer, lately",
        replace(EXPERT, employments=(Employment("P Ltd", None, LATELY),)),
        ["staff"],
    ),
    ("a former employer, long ago", replace(EXPERT, employments=(Employment("P Ltd", None, LONG_AGO),)), []),
    ("an employer without an end", replace(EXPERT, employments=(Employment("P Ltd", LONG_AGO),)), ["staff"]),
    ("shares", replace(EXPERT, interests=(Interest("P Ltd", "shareholder"),)), ["shareholder"]),
    ("shares sold long ago", replace(EXPERT, interests=(Interest("P Ltd", "shareholder", LONG_AGO),)), []),
    ("control", replace(EXPERT, interests=(Interest("P Ltd", "controller", LATELY),)), ["controller"]),
    ("a relative's employer", replace(EXPERT, relatives=(Relative("R", "spouse", "P Ltd"),)), ["relative"]),
    ("a relative whom it names", replace(EXPERT, relatives=(Relative("法人", "in_law"),)), ["relative"]),
    ("nothing", EXPERT, []),
    (
        "two kinds at once",
        replace(EXPERT, employer="P Ltd", interests=(Interest("P Ltd", "director"),)),
        ["director", "staff"],
    ),
]


@pytest.mark.parametrize(("what", "expert", "found"), TIES, ids=[one[0] for one in TIES])
@pytest.mark.parametrize("role", ROLES)
def test_each_tie_counts_with_every_party(what: str, expert: Expert, found: list[str], role: str) -> None:
    party = Party("P Ltd", role, frozenset({"法人"}))
    assert kinds(expert, Party("Q Ltd", AGENCY), party) == found, what


@pytest.mark.parametrize("role", ROLES)
def test_a_namesake_alone_is_kept_away_only_from_a_case_of_their_own(role: str) -> None:
    party = Party("P Ltd", role, frozenset({"法人"}))
    assert kinds(replace(EXPERT, name="法人"), party) == (["staff"] if role == APPLICANT else [])


@pytest.mark.parametrize(
    ("party", "tied"),
    [("甲设计院", True), (" 甲 设计院", True), ("乙设计院", False), ("ＡＢＣ Design", False)],
)
def test_names_are_compared_without_case_width_and_spaces(party: str, tied: bool) -> None:
    assert bool(kinds(EXPERT, bidder(party))) == tied
    assert kinds(replace(EXPERT, employer="ABC design"), bidder("ＡＢＣ Design")) == ["staff"]


def test_years_end_on_the_same_day_and_leap_days_on_the_28th() -> None:
    assert years_after(date(2023, 11, 21), 3) == TODAY
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_the_list_to_avoid_is_read_as_it_was_sealed() -> None:
    parties = (bidder("甲公司", "张三", "李四"), Party("代理", AGENCY))
    assert read_parties(write_parties(parties)) == parties


def test_no_party_shows_in_a_repr() -> None:
    party = bidder("甲公司", "张三")
    assert "甲公司" not in repr(party)
    assert "甲公司" not in repr(ties_finder([party], TODAY, 3)(replace(EXPERT, employer="甲公司")))
