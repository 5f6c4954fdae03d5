import pytest

from expert_pool.panel import CLAUSES, PanelRule, check_panel, fewest_experts, most_representatives
from kernel.errors import Refused

LAW = PanelRule()
SEVEN = PanelRule(fewest_members=7)


@pytest.mark.parametrize(("members", "experts"), [(5, 4), (7, 5), (9, 6), (11, 8), (13, 9)])
def test_two_thirds_of_a_panel_are_drawn_experts(members: int, experts: int) -> None:
    assert fewest_experts(LAW, members) == experts
    check_panel(LAW, experts, members - experts)
    with pytest.raises(Refused, match="drawn experts"):
        check_panel(LAW, experts - 1, members - experts + 1)


@pytest.mark.parametrize(
    ("rule", "experts", "fine"),
    [(LAW, 3, False), (LAW, 4, False), (LAW, 5, True), (LAW, 6, False), (SEVEN, 5, False), (SEVEN, 7, True)],
)
def test_a_panel_is_odd_and_large_enough(rule: PanelRule, experts: int, fine: bool) -> None:
    if fine:
        check_panel(rule, experts, 0)
    else:
        with pytest.raises(Refused, match=r"needed|odd"):
            check_panel(rule, experts, 0)


@pytest.mark.parametrize(("members", "most"), [(5, 1), (7, 2), (9, 2), (13, 2)])
def test_representatives_are_a_third_at_most_and_no_more_than_the_local_limit(
    members: int, most: int
) -> None:
    local = PanelRule(most_representatives=2)
    assert most_representatives(local, members) == most
    check_panel(local, members - most, most)
    with pytest.raises(Refused, match=r"representatives|drawn experts"):
        check_panel(local, members - most - 1, most + 1)


def test_nine_members_may_have_three_representatives_where_no_local_limit_says_two() -> None:
    check_panel(LAW, 6, 3)
    with pytest.raises(Refused, match="at most 2 are allowed"):
        check_panel(PanelRule(most_representatives=2), 6, 3)


def test_a_tenderer_whom_a_bidder_is_related_to_sends_nobody() -> None:
    check_panel(LAW, 5, 0, is_related=True)
    with pytest.raises(Refused, match="at most 0 are allowed"):
        check_panel(LAW, 4, 1, is_related=True)
    check_panel(PanelRule(none_if_related=False), 4, 1, is_related=True)


def test_every_limit_has_its_clause() -> None:
    assert set(CLAUSES) == set(PanelRule.__dataclass_fields__)
