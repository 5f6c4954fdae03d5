from datetime import date

from expert_pool.experts import Employment, Expert, Relative
from expert_pool.kin import families


def expert(number: str, name: str, employer: str = "Institute", *relatives: Relative) -> Expert:
    return Expert(number, name, employer, "440300", frozenset({"A08"}), relatives=relatives)


def test_a_declared_relative_with_the_employer_is_kin() -> None:
    pool = [expert("E1", "甲", "One", Relative("乙", "spouse", "Two")), expert("E2", "乙", "Two")]
    assert families(pool) == {"E1": "E1", "E2": "E1"}
    assert families(pool[::-1]) == {"E1": "E1", "E2": "E1"}


def test_another_employer_is_another_person() -> None:
    assert (
        families([expert("E1", "甲", "One", Relative("乙", "spouse", "Two")), expert("E2", "乙", "Three")])
        == {}
    )


def test_an_employer_of_before_is_the_same_person() -> None:
    before = Employment("Two", date(2001, 1, 1), date(2010, 1, 1))
    moved = Expert("E2", "乙", "Three", "440300", frozenset({"A08"}), employments=(before,))
    assert families([expert("E1", "甲", "One", Relative("乙", "spouse", " TWO")), moved])


def test_a_name_alone_that_fits_several_entries_ties_them_all() -> None:
    pool = [
        expert("E1", "甲", "One", Relative("乙", "in_law")),
        *(expert(f"E{n}", "乙", f"Employer {n}") for n in (2, 3)),
        expert("E4", "丙"),
    ]
    assert families(pool) == {"E1": "E1", "E2": "E1", "E3": "E1"}


def test_relatives_of_relatives_are_one_family_and_nobody_is_kin_of_oneself() -> None:
    pool = [
        expert("E3", "丙", "One", Relative("乙", "spouse")),
        expert("E2", "乙", "One", Relative("甲", "direct_blood")),
        expert("E1", "甲", "One", Relative("甲", "direct_blood")),
    ]
    assert families(pool) == {"E1": "E1", "E2": "E1", "E3": "E1"}
    assert families(pool[2:]) == {}


def test_two_families_stay_two() -> None:
    pool = [
        expert("E1", "甲", "One", Relative("乙", "spouse")),
        expert("E2", "乙"),
        expert("E3", "丙", "One", Relative("丁", "spouse")),
        expert("E4", "丁"),
    ]
    assert families(pool) == {"E1": "E1", "E2": "E1", "E3": "E3", "E4": "E3"}
