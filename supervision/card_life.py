"""The life of a card: 发牌 → 申辩/整改 → 核销/处理 → 通报, as one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.duties import Duty
from kernel.errors import WrongCaseState

REPLY_DAYS = 5  # working days in which a department answers a card


class CardState(StrEnum):
    """Where a card stands."""

    ISSUED = "issued"
    ANSWERED = "answered"
    ORDERED = "ordered"
    CANCELLED = "cancelled"
    HANDLED = "handled"
    REPORTED = "reported"


class CardMove(StrEnum):
    """What can happen to a card."""

    ISSUE = "issue"
    DEFEND = "defend"
    RECTIFY = "rectify"
    ORDER = "order"
    CANCEL = "cancel"
    HANDLE = "handle"
    REPORT = "report"


@dataclass(frozen=True)
class CardRule:
    """What a move leads to and whose duty it is; None: the platform's own."""

    to: CardState
    duties: tuple[Duty, ...]


DEPARTMENT = (Duty.LEADER, Duty.CASE_OFFICER, Duty.WINDOW_STAFF, Duty.TENDER_OFFICE)
INSPECTOR = (Duty.SUPERVISOR,)

CARD_MOVES: Mapping[tuple[CardState, CardMove], CardRule] = {
    (CardState.ISSUED, CardMove.DEFEND): CardRule(CardState.ANSWERED, DEPARTMENT),
    (CardState.ISSUED, CardMove.RECTIFY): CardRule(CardState.ANSWERED, DEPARTMENT),
    (CardState.ORDERED, CardMove.DEFEND): CardRule(CardState.ANSWERED, DEPARTMENT),
    (CardState.ORDERED, CardMove.RECTIFY): CardRule(CardState.ANSWERED, DEPARTMENT),
    (CardState.ISSUED, CardMove.ORDER): CardRule(CardState.ORDERED, INSPECTOR),
    (CardState.ANSWERED, CardMove.ORDER): CardRule(CardState.ORDERED, INSPECTOR),
    (CardState.ISSUED, CardMove.CANCEL): CardRule(CardState.CANCELLED, INSPECTOR),
    (CardState.ANSWERED, CardMove.CANCEL): CardRule(CardState.CANCELLED, INSPECTOR),
    (CardState.ISSUED, CardMove.HANDLE): CardRule(CardState.HANDLED, INSPECTOR),
    (CardState.ANSWERED, CardMove.HANDLE): CardRule(CardState.HANDLED, INSPECTOR),
    (CardState.ORDERED, CardMove.HANDLE): CardRule(CardState.HANDLED, INSPECTOR),
    (CardState.HANDLED, CardMove.REPORT): CardRule(CardState.REPORTED, ()),
}

ACCOUNTABILITY = ("talk", "criticism", "no_award", "transfer", "discipline")
"""责任追究: talk 约谈, criticism 通报批评, no_award 取消评优资格, transfer 调离岗位, discipline 移送处分."""


def card_rule(state: CardState, move: CardMove) -> CardRule:
    """The rule of a move; raises WrongCaseState naming what is possible."""
    try:
        return CARD_MOVES[state, move]
    except KeyError:
        allowed = ", ".join(sorted(m for s, m in CARD_MOVES if s is state)) or "none"
        raise WrongCaseState(act=move, state=state, allowed=allowed) from None


def moves_of(state: CardState, duties: frozenset[Duty]) -> tuple[CardMove, ...]:
    """What somebody with these duties may do to a card in this state."""
    return tuple(
        move for (at, move), rule in CARD_MOVES.items() if at is state and not duties.isdisjoint(rule.duties)
    )
