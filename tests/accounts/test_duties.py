"""Which duties one person may hold together."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.duties import MAY_COMBINE, Actor, Duty, check_combination
from kernel.errors import ConflictOfDuties, NotAllowed
from kernel.ids import OrganisationId, PersonId

LONERS = {Duty.EXPERT, Duty.CASHIER, Duty.MONITOR, Duty.AUDITOR, Duty.OPERATOR, Duty.POOL_MANAGER}
JUDGES = [
    {Duty.TENDER_OFFICE, Duty.SUPERVISOR},
    {Duty.TENDER_OFFICE, Duty.WITNESS},
    {Duty.SUPERVISOR, Duty.WITNESS},
    {Duty.SUPERVISOR, Duty.WINDOW_STAFF},
    {Duty.SUPERVISOR, Duty.LEADER},
    {Duty.APPLICANT, Duty.WINDOW_STAFF},
    {Duty.APPLICANT, Duty.CASE_OFFICER},
]


@given(st.sets(st.sampled_from(list(Duty))))
def test_a_set_is_allowed_exactly_when_all_its_pairs_are(duties: set[Duty]) -> None:
    pairs = {frozenset(pair) for pair in combinations(duties, 2)}
    if pairs <= MAY_COMBINE:
        check_combination(duties)
    else:
        with pytest.raises(ConflictOfDuties):
            check_combination(duties)


@pytest.mark.parametrize("loner", sorted(LONERS))
@pytest.mark.parametrize("other", list(Duty))
def test_those_who_judge_pay_or_watch_hold_nothing_else(loner: Duty, other: Duty) -> None:
    if loner is other:
        check_combination([loner, other])
    else:
        with pytest.raises(ConflictOfDuties):
            check_combination([loner, other])


@pytest.mark.parametrize("pair", JUDGES)
def test_nobody_judges_or_watches_their_own_work(pair: set[Duty]) -> None:
    with pytest.raises(ConflictOfDuties):
        check_combination(pair)


def test_an_act_names_the_duty_that_is_missing() -> None:
    actor = Actor(PersonId("p"), OrganisationId("o"), "name", frozenset({Duty.BIDDER}))
    actor.require(Duty.BIDDER, Duty.EXPERT)
    with pytest.raises(NotAllowed, match="supervisor"):
        actor.require(Duty.SUPERVISOR)
