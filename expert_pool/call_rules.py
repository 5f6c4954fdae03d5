"""Calling a drawn expert by machine: what a call says, which answers count, until when.

1. A call is placed by the gateway; nobody can enter an answer, or "no answer", by hand.
2. The expert answers with the PIN of the call, on the page or by keypress, before the limit: accept, or decline with a
   reason. Five wrong PINs lock the call; it then ends unanswered like any other.
3. After the limit no answer counts. The limit is data of the call; that it passed is worked out from now.
4. Who declined, did not answer or could not be reached gives the seat to the next reserve, who is called at once.
5. Who accepted checks in with the same PIN at the place of the evaluation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.errors import Refused

WAITING, RINGING, ACCEPTED, DECLINED = "waiting", "ringing", "accepted", "declined"
NO_ANSWER, UNREACHABLE, AVOIDED = "no_answer", "unreachable", "avoided"
ENDED: Final = frozenset({DECLINED, NO_ANSWER, UNREACHABLE, AVOIDED})
"""States after which the seat goes to the next reserve."""
REASONS: Final = ("busy", "ill", "interest", "other")
LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 24 * 60
DEFAULT_MINUTES: Final = 30
MOST_WRONG_PINS: Final = 5
PIN_DIGITS: Final = 6


@dataclass(frozen=True)
class CallState:
    """One call as the rules see it."""

    state: str
    answer_until: datetime | None = None
    wrong_pins: int = 0
    checked_in: bool = False


def state_now(call: CallState, now: datetime) -> str:
    """How a call stands: one that rang past its limit was not answered, whether or not anybody looked."""
    is_over = call.answer_until is not None and now >= call.answer_until
    return NO_ANSWER if call.state == RINGING and is_over else call.state


def check_answer(call: CallState, now: datetime) -> None:
    """Accept an answer at its time.

    Raises:
        Refused: it was answered before, the limit has passed, or too many wrong PINs were tried.
    """
    found = state_now(call, now)
    if found == NO_ANSWER:
        raise Refused(rule="call-over", why="the time for an answer has passed")
    if found != RINGING:
        raise Refused(rule="call-answered", why="this call was answered already")
    _check_unlocked(call)


def is_late(checked_in_at: datetime | None, arrive_by: datetime | None) -> bool:
    """Whether somebody came after the time that was stated; where none was, nobody is late."""
    return checked_in_at is not None and arrive_by is not None and checked_in_at > arrive_by


def check_arrival(call: CallState) -> None:
    """Accept a check-in.

    Raises:
        Refused: the call was not accepted, or too many wrong PINs were tried.
    """
    if call.state != ACCEPTED:
        raise Refused(rule="check-in", why="only who accepted the call can check in")
    _check_unlocked(call)


def _check_unlocked(call: CallState) -> None:
    if call.wrong_pins >= MOST_WRONG_PINS:
        raise Refused(rule="pin-locked", why="too many wrong PINs were tried on this call")


def pin_of(digest: bytes) -> str:
    """The PIN that follows from a keyed hash of a call."""
    return f"{int.from_bytes(digest, 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
