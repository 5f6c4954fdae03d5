from typing import Any

import pytest

from evaluation.compliance import CEILING, OpenedBid, Screening, Vote, check_votes, screen
from evaluation.rulebook import Rulebook, read_rulebook
from kernel.errors import BadInput
from kernel.ids import BidId
from tests.evaluation.cases import rulebook_data

CHECKS: list[dict[str, Any]] = [
    {"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "条例 51(1)"},
    {"id": "qualified", "text": {"zh": "资格", "en": "Qualified"}, "clause": "条例 51(3)"},
]
A, B = OpenedBid(BidId("a"), "A", 100_00), OpenedBid(BidId("b"), "B", 100_01)
MEMBERS = ["m1", "m2", "m3", "m4", "m5"]


@pytest.fixture
def rulebook() -> Rulebook:
    return read_rulebook(rulebook_data(checks=CHECKS))


def votes(fails: int, bid: OpenedBid = A, check: str = "signed") -> list[Vote]:
    return [
        Vote(member, bid.bid_id, check, i >= fails, f"reason of {member}" if i < fails else "")
        for i, member in enumerate(MEMBERS)
    ]


def everything(rulebook: Rulebook, fails: int) -> Screening:
    ballots = votes(fails) + votes(0, A, "qualified") + votes(0, B) + votes(0, B, "qualified")
    check_votes(rulebook, [A, B], ballots, set(MEMBERS))
    return screen(rulebook, [B, A], ballots[::-1])


@pytest.mark.parametrize(("fails", "accepted"), [(2, True), (3, False), (4, False)])
def test_a_majority_of_failing_votes_rejects(rulebook: Rulebook, fails: int, accepted: bool) -> None:
    assert (A in everything(rulebook, fails).accepted) == accepted


def test_a_rejection_names_check_clause_votes_and_every_reason(rulebook: Rulebook) -> None:
    (rejection,) = everything(rulebook, 3).rejected
    (ground,) = rejection.reasons
    assert (rejection.bid_id, ground.check_id, ground.clause) == ("a", "signed", "条例 51(1)")
    assert (ground.failed, ground.votes) == (3, 5)
    assert ground.remarks == ("reason of m1", "reason of m2", "reason of m3")


def test_an_even_split_does_not_reject(rulebook: Rulebook) -> None:
    assert A in screen(rulebook, [A], votes(2)[:4]).accepted


@pytest.mark.parametrize(("price", "accepted"), [(99_99, True), (100_00, True), (100_01, False)])
def test_a_price_above_the_ceiling_is_rejected_without_a_vote(price: int, accepted: bool) -> None:
    capped = read_rulebook(rulebook_data(price__ceiling="100"))
    result = screen(capped, [OpenedBid(BidId("a"), "A", price)], [])
    assert bool(result.accepted) == accepted
    assert accepted or result.rejected[0].reasons[0].check_id == CEILING


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda ballots: ballots[:-1], "has not voted"),
        (lambda ballots: [*ballots, ballots[0]], "votes once"),
        (lambda ballots: [*ballots, Vote("m1", BidId("c"), "signed", True)], "no such"),
        (lambda ballots: [*ballots, Vote("m1", A.bid_id, "pretty", True)], "no such"),
        (lambda ballots: [*ballots, Vote("m9", A.bid_id, "signed", True)], "no such"),
        (lambda ballots: [*ballots[1:], Vote("m1", A.bid_id, "signed", False, " ")], "give its reason"),
    ],
)
def test_votes_must_be_complete_single_known_and_reasoned(rulebook: Rulebook, change: Any, why: str) -> None:
    ballots = votes(0) + votes(0, A, "qualified")
    with pytest.raises(BadInput, match=why):
        check_votes(rulebook, [A], change(ballots), set(MEMBERS))
