import pytest

from expert_pool.panel import PanelRule, check_panel, fewest_experts
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
