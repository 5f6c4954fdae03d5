"""Size and make-up of a panel, as data: odd, five or more, outside experts at least two thirds.

Source: 招标投标法 article 37. Other laws ask for other figures; the rule stands in the request of the draw.
"""

from dataclasses import dataclass
from fractions import Fraction

from kernel.errors import Refused


@dataclass(frozen=True)
class PanelRule:
    """The limits of one law."""

    fewest_members: int = 5
    must_be_odd: bool = True
    least_experts: Fraction = Fraction(2, 3)


def fewest_experts(rule: PanelRule, members: int) -> int:
    """How many of so many members must be drawn experts."""
    return -(-members * rule.least_experts.numerator // rule.least_experts.denominator)


def check_panel(rule: PanelRule, experts: int, representatives: int) -> None:
    """Accept a panel of drawn experts and representatives of the tenderer.

    Raises:
        Refused: too small, even, or with too few drawn experts.
    """
    members = experts + representatives
    if members < rule.fewest_members:
        raise Refused(rule="panel-size", why=f"{members} members; at least {rule.fewest_members} are needed")
    if rule.must_be_odd and members % 2 == 0:
        raise Refused(rule="panel-size", why=f"{members} members; the number must be odd")
    needed = fewest_experts(rule, members)
    if experts < needed:
        why = f"{experts} drawn experts among {members} members; at least {needed} are needed"
        raise Refused(rule="panel-experts", why=why)
