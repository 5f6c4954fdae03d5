"""The order of a draw's ceremony: who may do what now, and until when.

1. The supervisor countersigns the frozen request; before that nobody commits.
2. Every party commits; then every party deals shares of its secret; then every party signs for the shares it received.
   With a late public value there is no escrow: who stays silent is written as absent.
3. The parties reveal in the order of the request, each within its window. The window of a party begins when the one
   before it is done; its end is worked out from that moment, no timer runs.
4. Who lets the window pass is rebuilt from the shares of two others. A secret that comes late is refused: the rebuilt
   one is the same, and the delay stands in the log.
5. A draw that cannot go on is voided by the office and the supervisor together; nothing of it is taken away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NoReturn

from kernel.errors import Refused

LEAST_WINDOW: Final = 5  # minutes; a party must be able to act
MOST_WINDOW: Final = 7 * 24 * 60
DEFAULT_WINDOW: Final = 60


class Step(StrEnum):
    """What is due in a draw."""

    COUNTERSIGN = "countersign"
    COMMIT = "commit"
    DEAL = "deal"
    RECEIVE = "receive"
    REVEAL = "reveal"
    RESCUE = "rescue"
    LATE_VALUE = "late-value"
    DRAWN = "drawn"
    VOID = "void"


@dataclass(frozen=True)
class PartyState:
    """How far one party is; the moments are those at which the platform took the act."""

    party: str
    committed: bool = False
    dealt: bool = False
    received_at: datetime | None = None
    done_at: datetime | None = None
    """when its secret was revealed or rebuilt"""


@dataclass(frozen=True)
class CeremonyState:
    """A draw as the rules see it; the parties in the order of revealing."""

    parties: tuple[PartyState, ...]
    countersigned: bool
    window: timedelta
    has_late_value: bool = False
    all_committed_at: datetime | None = None
    is_drawn: bool = False
    is_void: bool = False


@dataclass(frozen=True)
class Due:
    """What is due, from whom, and until when; without an end there is no limit."""

    step: Step
    parties: tuple[str, ...] = ()
    until: datetime | None = None


def last_window_ends(begins: datetime, window_minutes: int, parties: int) -> datetime:
    """When the last party's window ends at the latest, if the first one's begins then."""
    return begins + parties * timedelta(minutes=window_minutes)


def due(state: CeremonyState, now: datetime) -> Due:
    """What is due now."""
    if state.is_void:
        return Due(Step.VOID)
    if state.is_drawn:
        return Due(Step.DRAWN)
    if not state.countersigned:
        return Due(Step.COUNTERSIGN, ("supervisor",))
    for step in (Step.COMMIT, Step.DEAL, Step.RECEIVE):
        missing = _missing(state, step)
        if missing:
            return Due(step, missing)
    return _due_reveal(state, now)


def _due_reveal(state: CeremonyState, now: datetime) -> Due:
    begun = _reveals_begin(state)
    for one in state.parties:
        until = begun + state.window
        if one.done_at is not None:
            begun = one.done_at
        elif now < until:
            return Due(Step.REVEAL, (one.party,), until)
        elif state.has_late_value:
            begun = until  # silent: it counts as absent, and the next one's window has begun
        else:
            return Due(Step.RESCUE, (one.party,))
    return Due(Step.LATE_VALUE)


def check_step(state: CeremonyState, step: Step, party: str, now: datetime) -> None:
    """Accept a party's act at its time: `party` acts, or is the one whose secret is rebuilt.

    Raises:
        Refused: something has to come first, another party is due, or the window is over.
    """
    found = due(state, now)
    if found.step in (Step.VOID, Step.DRAWN):
        why = "this draw was voided" if found.step is Step.VOID else "the panel is drawn already"
        raise Refused(rule="draw-over", why=why)
    if found.step is Step.COUNTERSIGN:
        raise Refused(rule="countersign-first", why="the supervisor has not countersigned the request yet")
    if step is found.step:
        if party in found.parties or not found.parties:
            return
        _refuse_turn(found)
    if step is Step.REVEAL and found.step is Step.RESCUE and party in found.parties:
        why = "the window of this party is over; its secret is rebuilt from the shares of the others"
        raise Refused(rule="reveal-window", why=why)
    if step is Step.RESCUE and found.step is Step.REVEAL and party in found.parties:
        raise Refused(rule="reveal-window", why="this party may still reveal its secret itself")
    _refuse_turn(found)


def _refuse_turn(found: Due) -> NoReturn:
    names, rule = ", ".join(found.parties), "ceremony-order"
    if found.step is Step.COMMIT:
        raise Refused(rule=rule, why=f"no commitment yet from {names}")
    if found.step is Step.DEAL:
        raise Refused(rule=rule, why=f"no shares yet from {names}")
    if found.step is Step.RECEIVE:
        raise Refused(rule=rule, why=f"no receipt for the shares yet from {names}")
    if found.step is Step.REVEAL:
        raise Refused(rule=rule, why=f"it is the turn of {names}")
    if found.step is Step.RESCUE:
        raise Refused(rule=rule, why=f"the secret of {names} has to be rebuilt first")
    raise Refused(rule=rule, why="the late value is due")


def _missing(state: CeremonyState, step: Step) -> tuple[str, ...]:
    if step is not Step.COMMIT and state.has_late_value:
        return ()
    return tuple(one.party for one in state.parties if not _has_acted(one, step))


def _has_acted(one: PartyState, step: Step) -> bool:
    if step is Step.COMMIT:
        return one.committed
    return one.dealt if step is Step.DEAL else one.received_at is not None


def _reveals_begin(state: CeremonyState) -> datetime:
    if state.has_late_value:
        assert state.all_committed_at is not None
        return state.all_committed_at
    return max(one.received_at for one in state.parties if one.received_at is not None)
