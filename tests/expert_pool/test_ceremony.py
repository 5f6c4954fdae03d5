"""The order of a ceremony as tables: what is due, who may act, and what a refusal says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from expert_pool.ceremony import CeremonyState, PartyState, Step, check_step, due
from kernel.errors import Refused

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=60)
NAMES = ("office", "witness", "supervisor")
SECOND = timedelta(seconds=1)


def state(**of_all: object) -> CeremonyState:
    """A ceremony whose parties are equally far."""
    parties = tuple(replace(PartyState(name), **of_all) for name in NAMES)  # type: ignore[arg-type]
    return CeremonyState(parties, True, WINDOW)


def revealed(count: int) -> CeremonyState:
    """Everybody has signed for the shares, and the first ones have revealed ten minutes later."""
    made = state(committed=True, dealt=True, received_at=NOW)
    done = NOW + timedelta(minutes=10)
    parties = [replace(one, done_at=done) if n < count else one for n, one in enumerate(made.parties)]
    return replace(made, parties=tuple(parties))


NEW = replace(state(), countersigned=False)
COMMITTED, DEALT = state(committed=True), state(committed=True, dealt=True)
LATE = replace(COMMITTED, has_late_value=True, all_committed_at=NOW)


@pytest.mark.parametrize(
    ("at", "now", "step", "parties", "until"),
    [
        (NEW, NOW, Step.COUNTERSIGN, ("supervisor",), None),
        (state(), NOW, Step.COMMIT, NAMES, None),
        (COMMITTED, NOW, Step.DEAL, NAMES, None),
        (DEALT, NOW, Step.RECEIVE, NAMES, None),
        (revealed(0), NOW, Step.REVEAL, ("office",), NOW + WINDOW),
        (revealed(0), NOW + WINDOW - SECOND, Step.REVEAL, ("office",), NOW + WINDOW),
        (revealed(0), NOW + WINDOW, Step.RESCUE, ("office",), None),
        (revealed(0), NOW + WINDOW + SECOND, Step.RESCUE, ("office",), None),
        (revealed(1), NOW + WINDOW, Step.REVEAL, ("witness",), NOW + WINDOW + timedelta(minutes=10)),
        (revealed(2), NOW + 2 * WINDOW, Step.RESCUE, ("supervisor",), None),
        (LATE, NOW, Step.REVEAL, ("office",), NOW + WINDOW),
        (LATE, NOW + WINDOW, Step.REVEAL, ("witness",), NOW + 2 * WINDOW),
        (LATE, NOW + 3 * WINDOW - SECOND, Step.REVEAL, ("supervisor",), NOW + 3 * WINDOW),
        (LATE, NOW + 3 * WINDOW, Step.LATE_VALUE, (), None),
        (replace(revealed(3), is_drawn=True), NOW, Step.DRAWN, (), None),
        (replace(revealed(1), is_void=True), NOW, Step.VOID, (), None),
    ],
)
def test_one_step_is_due_from_named_parties_until_a_moment_that_is_worked_out(
    at: CeremonyState, now: datetime, step: Step, parties: tuple[str, ...], until: datetime | None
) -> None:
    found = due(at, now)
    assert (found.step, found.parties, found.until) == (step, parties, until)


@pytest.mark.parametrize(
    ("at", "minutes", "step", "party", "why"),
    [
        (NEW, 0, Step.COMMIT, "office", "has not countersigned"),
        (state(), 0, Step.REVEAL, "office", "no commitment yet from office, witness, supervisor"),
        (COMMITTED, 0, Step.REVEAL, "office", "no shares yet"),
        (COMMITTED, 0, Step.COMMIT, "office", "no shares yet"),
        (DEALT, 0, Step.REVEAL, "office", "no receipt for the shares yet"),
        (revealed(0), 0, Step.REVEAL, "witness", "turn of office"),
        (revealed(0), 0, Step.RESCUE, "office", "may still reveal"),
        (revealed(0), 60, Step.REVEAL, "office", "window of this party is over"),
        (revealed(0), 60, Step.REVEAL, "witness", "secret of office has to be rebuilt"),
        (revealed(0), 60, Step.RESCUE, "witness", "secret of office has to be rebuilt"),
        (LATE, 0, Step.DEAL, "office", "turn of office"),
        (LATE, 180, Step.REVEAL, "supervisor", "late value is due"),
        (replace(revealed(3), is_drawn=True), 0, Step.REVEAL, "office", "drawn already"),
        (replace(state(), is_void=True), 0, Step.COMMIT, "office", "was voided"),
    ],
)
def test_an_act_out_of_order_is_refused_with_what_is_due(
    at: CeremonyState, minutes: int, step: Step, party: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        check_step(at, step, party, NOW + timedelta(minutes=minutes))


def test_the_late_value_may_come_from_any_party() -> None:
    for party in NAMES:
        check_step(LATE, Step.LATE_VALUE, party, NOW + 3 * WINDOW)
