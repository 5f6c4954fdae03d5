"""The life of an item and of its versions, as two tables of moves.

A published version never changes: editing makes a new draft, and running cases keep the version they were received
under. An item lives on while its versions come and go.
"""

from collections.abc import Mapping
from enum import StrEnum

from kernel.errors import Refused


class ItemStatus(StrEnum):
    """Where an item stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DELEGATED = "delegated"
    MERGED = "merged"


class ItemMove(StrEnum):
    """What can happen to an item or to its newest version."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    DELEGATE = "delegate"
    MERGE = "merge"


S, M = ItemStatus, ItemMove

VERSION_MOVES: Mapping[tuple[ItemStatus, ItemMove], ItemStatus] = {
    (S.DRAFT, M.SUBMIT): S.IN_REVIEW,
    (S.IN_REVIEW, M.SEND_BACK): S.DRAFT,
    (S.IN_REVIEW, M.PUBLISH): S.PUBLISHED,
}
"""草稿 → 审核 → 发布; nothing leads away from published."""

ITEM_MOVES: Mapping[tuple[ItemStatus, ItemMove], ItemStatus] = {
    (S.PUBLISHED, M.PAUSE): S.PAUSED,
    (S.PAUSED, M.RESUME): S.PUBLISHED,
    **{
        (status, move): ended
        for status in (S.PUBLISHED, S.PAUSED)
        for move, ended in ((M.CANCEL, S.CANCELLED), (M.DELEGATE, S.DELEGATED), (M.MERGE, S.MERGED))
    },
}
"""What happens to an item that was published once; 取消, 下放 and 合并 are ends."""

KEPT = (S.PUBLISHED, S.PAUSED)
ENDED = (S.CANCELLED, S.DELEGATED, S.MERGED)


def moved(moves: Mapping[tuple[ItemStatus, ItemMove], ItemStatus], status: str, move: ItemMove) -> ItemStatus:
    """The status after a move; raises Refused when the table does not have it."""
    try:
        return moves[ItemStatus(status), move]
    except KeyError:
        raise Refused(rule="life of an item", why=f"{move} is not possible while it is {status}") from None
