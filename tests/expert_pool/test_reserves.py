from expert_pool.draw import PanelDraw, Seat
from expert_pool.reserves import Employers, next_reserve

RESULT = PanelDraw((Seat("a", "s1"), Seat("a", "s2")), {"a": ("r1", "r2", "r3"), "b": ("r2",)})
OF_LEAF = {"s1": ("X",), "s2": ("Y",), "r1": ("X",), "r2": ("Z",), "r3": ("Y",)}


def test_a_reserve_of_a_seated_employer_is_passed_over_until_that_member_leaves() -> None:
    employers = Employers((1,), OF_LEAF, {})
    assert next_reserve(RESULT, "a", {"s1"}, {"s1", "s2"}, employers) == "r2"
    assert next_reserve(RESULT, "a", {"s2"}, {"s1", "s2"}, employers) == "r1"
    assert next_reserve(RESULT, "a", {"s1"}, {"s1", "s2", "r2"}, employers) == "r3"


def test_nobody_is_called_twice_and_a_used_up_list_gives_nobody() -> None:
    employers = Employers((), {}, {})
    assert next_reserve(RESULT, "b", {"s1"}, {"s1", "s2", "r2"}, employers) is None
    assert next_reserve(RESULT, "a", {"s1", "r1"}, {"s1", "s2", "r1"}, employers) == "r2"


def test_a_cap_of_two_and_a_company_around_employers_are_kept() -> None:
    nested = {"s1": ("X", "C"), "s2": ("Y", "C"), "r1": ("X", "C"), "r2": ("Z", "D"), "r3": ("V", "C")}
    assert next_reserve(RESULT, "a", {"s1"}, {"s1", "s2"}, Employers((2, 2), nested, {})) == "r1"
    assert next_reserve(RESULT, "a", {"s1", "s2"}, set(), Employers((2, 2), nested, {})) == "r2"
    assert next_reserve(RESULT, "a", {"s1"}, {"s2"}, Employers((1, 2), nested, {})) == "r2"


def test_a_relative_of_somebody_who_sits_is_passed_over() -> None:
    employers = Employers((), {}, {"s1": "k", "r1": "k"})
    assert next_reserve(RESULT, "a", {"s1"}, {"s1", "s2"}, employers) == "r2"
    assert next_reserve(RESULT, "a", {"s2"}, {"s1", "s2"}, employers) == "r1"
