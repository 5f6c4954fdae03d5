"""Size and make-up of a panel, as data with the clause of each limit: odd, five or more, two thirds drawn experts.

Other laws ask for other figures; the rule is a parameter of the draw's request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kernel.errors import Refused


@dataclass(frozen=True)
class PanelRule:
    """The limits of one law; `most_representatives` None is no limit beside the share."""

    fewest_members: int = 5
    must_be_odd: bool = True
    least_experts: Fraction = Fraction(2, 3)
    most_representatives: int | None = None
    none_if_related: bool = True


CLAUSES: Mapping[str, str] = {
    "fewest_members": "招标投标法 第三十七条：成员人数为五人以上",
    "must_be_odd": "招标投标法 第三十七条：单数",
    "least_experts": "招标投标法 第三十七条：技术、经济等方面的专家不得少于成员总数的三分之二",
    "most_representatives": "重庆市（2018）：招标人代表不超过三分之一且不超过二人；其他地区以本地规定为准",
    "none_if_related": "重庆市（2018）：投标人与招标人有利害关系的，招标人不派代表",
}


def fewest_experts(rule: PanelRule, members: int) -> int:
    """How many of so many members must be drawn experts."""
    return -(-members * rule.least_experts.numerator // rule.least_experts.denominator)


def most_representatives(rule: PanelRule, members: int, *, is_related: bool = False) -> int:
    """How many of so many members may be the tenderer's; none where a bidder is related to the tenderer."""
    if is_related and rule.none_if_related:
        return 0
    share = members - fewest_experts(rule, members)
    return share if rule.most_representatives is None else min(share, rule.most_representatives)


def check_panel(rule: PanelRule, experts: int, representatives: int, *, is_related: bool = False) -> None:
    """Accept a panel of drawn experts and representatives of the tenderer.

    Raises:
        Refused: too small, even, with too few drawn experts or too many representatives.
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
    most = most_representatives(rule, members, is_related=is_related)
    if representatives > most:
        why = f"{representatives} representatives of the tenderer; at most {most} are allowed"
        raise Refused(rule="panel-representatives", why=why)
