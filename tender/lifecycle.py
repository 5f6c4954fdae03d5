"""The stages of a tender and the moves between them, as one table."""

from enum import StrEnum

from kernel.errors import WrongStage


class Stage(StrEnum):
    """Where a tender stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATED = "evaluated"
    FAILED = "failed"


class Move(StrEnum):
    """What can happen to a tender."""

    EDIT = "edit"
    PUBLISH = "publish"
    ASK = "ask"
    AMEND = "amend"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    FAIL = "fail"
    RELEASE = "release"
    OPEN = "open"
    DRAW = "draw"
    RANK = "rank"
    REOPEN = "reopen"


MOVES: dict[tuple[Stage, Move], Stage] = {
    (Stage.DRAFT, Move.EDIT): Stage.DRAFT,
    (Stage.DRAFT, Move.PUBLISH): Stage.PUBLISHED,
    (Stage.PUBLISHED, Move.ASK): Stage.PUBLISHED,
    (Stage.PUBLISHED, Move.AMEND): Stage.PUBLISHED,
    (Stage.PUBLISHED, Move.SUBMIT): Stage.PUBLISHED,
    (Stage.PUBLISHED, Move.WITHDRAW): Stage.PUBLISHED,
    (Stage.PUBLISHED, Move.CLOSE): Stage.CLOSED,
    (Stage.CLOSED, Move.FAIL): Stage.FAILED,
    (Stage.CLOSED, Move.RELEASE): Stage.CLOSED,
    (Stage.CLOSED, Move.OPEN): Stage.OPENED,
    (Stage.OPENED, Move.DRAW): Stage.OPENED,
    (Stage.OPENED, Move.RANK): Stage.EVALUATED,
    (Stage.EVALUATED, Move.REOPEN): Stage.OPENED,
}


def after(stage: Stage, move: Move) -> Stage:
    """The stage that a move leads to; raises WrongStage when the table does not have it."""
    try:
        return MOVES[stage, move]
    except KeyError:
        raise WrongStage(move=move, stage=stage) from None
