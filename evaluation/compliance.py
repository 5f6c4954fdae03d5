"""The compliance review: each member votes on each check of each bid; the majority decides, with reasons.

A check fails when more than half of the members fail it; one failed check rejects the bid. A price above
the announced ceiling rejects it too, without a vote. A rejected bid is a value with its reasons, never an
exception. So does a price outside the rulebook's limits, or an answer that it requires and the bid does not give.
Source: 招标投标法实施条例 article 51 (the grounds of rejection are a closed list, here the rulebook's
checks).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from evaluation.answers import Answer, answer_fields, usable_answers
from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import factor_product, write_factors
from evaluation.rulebook.price import Limit, PriceRule
from kernel.errors import BadInput
from kernel.ids import BidId

# Grounds that arithmetic finds; the clause is what the rulebook announced.
CEILING: Final = "price-ceiling"
LIMIT: Final = "price-limit"
ANSWER: Final = "answer-missing"
MINIMUM: Final = "below-minimum"
NO_PRICE: Final = "price-missing"

SEALED: Final = 0
"""Stands for a price whose envelope opens later; no price is zero."""


@dataclass(frozen=True)
class OpenedBid:
    """What the opening record says of a bid; prices are in the rulebook's price units, SEALED while it is sealed."""

    bid_id: BidId
    bidder_name: str
    price: int
    corrected_price: int | None = None
    """after the price check, confirmed by the bidder"""
    received_at: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_priced(self) -> bool:
        """Whether the price was opened."""
        return self.price != SEALED

    @property
    def offer(self) -> int:
        """The price that counts."""
        return self.price if self.corrected_price is None else self.corrected_price


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


def screen(
    rulebook: Rulebook, bids: Iterable[OpenedBid], votes: Iterable[Vote], *, prices_come_later: bool = False
) -> Screening:
    """Sort the bids into accepted and rejected; complete votes are the caller's duty (`check_votes`).

    Where no price is to come any more, a bid without one is rejected.
    """
    ballots: dict[tuple[BidId, str], list[Vote]] = defaultdict(list)
    for vote in sorted(votes, key=lambda vote: vote.member):
        ballots[vote.bid_id, vote.check_id].append(vote)
    accepted, rejected = [], []
    fields = answer_fields(rulebook)
    for bid in sorted(bids, key=lambda bid: bid.bid_id):
        answers = usable_answers(fields, bid.answers)
        asked = [field for field in fields.values() if bid.is_priced or not field.with_price]
        missing = [field.id for field in asked if field.required and field.id not in answers]
        grounds = (
            *_voted_grounds(rulebook, bid, ballots),
            *_price_grounds(rulebook.price, bid, prices_come_later),
            *(Ground(f"{ANSWER}:{id}", ANSWER, 0, 0, ()) for id in missing),
        )
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


def bid_answers(rulebook: Rulebook, bids: Iterable[OpenedBid]) -> list[dict[str, Answer]]:
    """What each bid answers to the fields of the rulebook, in the order of the bids."""
    fields = answer_fields(rulebook)
    return [usable_answers(fields, bid.answers) for bid in bids]


def _voted_grounds(
    rulebook: Rulebook, bid: OpenedBid, ballots: Mapping[tuple[BidId, str], list[Vote]]
) -> Iterator[Ground]:
    for check in rulebook.checks:
        votes = ballots.get((bid.bid_id, check.id), [])
        failing = [vote for vote in votes if not vote.passed]
        if 2 * len(failing) > len(votes):
            remarks = tuple(vote.reason for vote in failing)
            yield Ground(check.id, check.clause, len(failing), len(votes), remarks)


def _price_grounds(rule: PriceRule, bid: OpenedBid, comes_later: bool) -> Iterator[Ground]:
    offer = bid.offer
    if not bid.is_priced:
        if not comes_later:
            yield Ground(NO_PRICE, NO_PRICE, 0, 0, ())
        return
    if rule.ceiling is not None and offer > rule.ceiling:
        yield Ground(CEILING, CEILING, 0, 0, ())
    for limit in rule.limits:
        if _is_outside(limit, rule, offer):
            named = "*".join([limit.of, *map(str, write_factors(limit.factors))])
            yield Ground(f"{LIMIT}:{limit.side}:{named}", LIMIT, 0, 0, ())


def _is_outside(limit: Limit, rule: PriceRule, offer: int) -> bool:
    """Whether an offer lies on the wrong side of a limit, compared exactly."""
    at = getattr(rule, limit.of) * factor_product(limit.factors, {})
    if offer == at:
        return limit.at_limit == "outside"
    return bool(offer > at if limit.side == "above" else offer < at)
