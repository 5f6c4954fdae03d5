"""The life of a complaint: 有诉必理, 有查必果, 有果必复, as one table with its clocks."""

from collections.abc import Mapping
from enum import StrEnum

from kernel.errors import Refused, WrongCaseState

ANSWER_DAYS = 5  # working days in which a complaint is accepted or refused
FINDING_DAYS = 15  # working days after acceptance in which it is found out and answered
SUBJECTS = ("case", "tender", "window", "department", "site")


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    FOUND = "found"
    REPLIED = "replied"
    CALLED_BACK = "called_back"
    CLOSED = "closed"


class ComplaintMove(StrEnum):
    """What an inspector does with a complaint."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    FIND = "find"
    REPLY = "reply"
    CALL_BACK = "call_back"
    CLOSE = "close"


COMPLAINT_MOVES: Mapping[tuple[ComplaintState, ComplaintMove], ComplaintState] = {
    (ComplaintState.RECEIVED, ComplaintMove.ACCEPT): ComplaintState.ACCEPTED,
    (ComplaintState.RECEIVED, ComplaintMove.REFUSE): ComplaintState.REFUSED,
    (ComplaintState.ACCEPTED, ComplaintMove.FIND): ComplaintState.FOUND,
    (ComplaintState.FOUND, ComplaintMove.REPLY): ComplaintState.REPLIED,
    (ComplaintState.REPLIED, ComplaintMove.CALL_BACK): ComplaintState.CALLED_BACK,
    (ComplaintState.REPLIED, ComplaintMove.CLOSE): ComplaintState.CLOSED,
    (ComplaintState.CALLED_BACK, ComplaintMove.CLOSE): ComplaintState.CLOSED,
}
NEEDS_TEXT = (ComplaintMove.REFUSE, ComplaintMove.FIND, ComplaintMove.REPLY, ComplaintMove.CALL_BACK)


def next_state(state: ComplaintState, move: ComplaintMove, *, is_real_name: bool) -> ComplaintState:
    """The state that a move leads to.

    Raises:
        WrongCaseState: the table does not have it, so nothing is closed without a finding and a reply.
        Refused: a complaint under a real name is closed only after the call back.
    """
    to = COMPLAINT_MOVES.get((state, move))
    if to is None:
        allowed = ", ".join(sorted(m for s, m in COMPLAINT_MOVES if s is state)) or "none"
        raise WrongCaseState(act=move, state=state, allowed=allowed)
    if move is ComplaintMove.CLOSE and is_real_name and state is ComplaintState.REPLIED:
        raise Refused(
            rule="call back", why="who complained under their name is called back before it is closed"
        )
    return to


def moves_from(state: ComplaintState, *, is_real_name: bool) -> tuple[ComplaintMove, ...]:
    """What is possible now."""
    found = tuple(move for at, move in COMPLAINT_MOVES if at is state)
    if is_real_name and state is ComplaintState.REPLIED:
        return (ComplaintMove.CALL_BACK,)
    return tuple(m for m in found if is_real_name or m is not ComplaintMove.CALL_BACK)
