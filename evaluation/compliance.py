"""The compliance review: each member votes on each check of each bid; the majority decides, with reasons.

A check fails when more than half of the members fail it; one failed check rejects the bid. A price above
the announced ceiling rejects it too, without a vote. A rejected bid is a value with its reasons, never an
exception.
Source: 招标投标法实施条例 article 51 (the grounds of rejection are a closed list, here the rulebook's
checks).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.rulebook import Rulebook
from kernel.errors import BadInput
from kernel.ids import BidId

CEILING = (
    "price-ceiling"  # the one ground that arithmetic finds; the clause is the rulebook's announced ceiling
)


@dataclass(frozen=True)
class OpenedBid:
    """What the opening record says of a bid; the price is in the rulebook's price units."""

    bid_id: BidId
    bidder_name: str
    price: int


@dataclass(frozen=True)
class Vote:
    """One member's verdict on one check of one bid; a failing verdict gives its reason."""

    member: str
    bid_id: BidId
    check_id: str
    passed: bool
    reason: str = ""


@dataclass(frozen=True)
class Ground:
    """Why a bid was rejected: the check, its clause, the count of votes, and what the members wrote."""

    check_id: str
    clause: str
    failed: int
    votes: int
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Rejection:
    """A bid that does not take part in scoring, with every ground."""

    bid_id: BidId
    reasons: tuple[Ground, ...]


@dataclass(frozen=True)
class Screening:
    """The outcome of the compliance review, both lists in order of bid id."""

    accepted: tuple[OpenedBid, ...]
    rejected: tuple[Rejection, ...]


def screen(rulebook: Rulebook, bids: Iterable[OpenedBid], votes: Iterable[Vote]) -> Screening:
    """Sort the bids into accepted and rejected; complete votes are the caller's duty (`check_votes`)."""
    ballots: dict[tuple[BidId, str], list[Vote]] = defaultdict(list)
    for vote in sorted(votes, key=lambda vote: vote.member):
        ballots[vote.bid_id, vote.check_id].append(vote)
    accepted, rejected = [], []
    for bid in sorted(bids, key=lambda bid: bid.bid_id):
        grounds = _grounds(rulebook, bid, ballots)
        if grounds:
            rejected.append(Rejection(bid.bid_id, grounds))
        else:
            accepted.append(bid)
    return Screening(tuple(accepted), tuple(rejected))


def check_votes(
    rulebook: Rulebook, bids: Iterable[OpenedBid], votes: Sequence[Vote], members: set[str]
) -> None:
    """Accept votes when every member voted once on every check of every bid, with a reason for each failure.

    Raises:
        BadInput: the first vote that is missing, doubled, unknown or without its reason.
    """
    wanted = {(m, bid.bid_id, check.id) for m in members for bid in bids for check in rulebook.checks}
    seen = set()
    for vote in votes:
        key = (vote.member, vote.bid_id, vote.check_id)
        where = f"vote on {vote.check_id} of bid {vote.bid_id}"
        if key not in wanted:
            raise BadInput(where=where, why="there is no such check, bid or member")
        if key in seen:
            raise BadInput(where=where, why="a member votes once on each check of each bid")
        if not vote.passed and not vote.reason.strip():
            raise BadInput(where=where, why="a failing vote must give its reason")
        seen.add(key)
    for _, bid_id, check_id in sorted(wanted - seen):
        raise BadInput(where=f"vote on {check_id} of bid {bid_id}", why="a member has not voted")


def _grounds(
    rulebook: Rulebook, bid: OpenedBid, ballots: dict[tuple[BidId, str], list[Vote]]
) -> tuple[Ground, ...]:
    grounds = []
    for check in rulebook.checks:
        votes = ballots.get((bid.bid_id, check.id), [])
        failing = [vote for vote in votes if not vote.passed]
        if 2 * len(failing) > len(votes):
            remarks = tuple(vote.reason for vote in failing)
            grounds.append(Ground(check.id, check.clause, len(failing), len(votes), remarks))
    if rulebook.price.ceiling is not None and bid.price > rulebook.price.ceiling:
        grounds.append(Ground(CEILING, CEILING, 0, 0, ()))
    return tuple(grounds)
