"""The compliance review (初步评审): each member drafts verdicts on a lot, then hands in all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue
from evaluation.actions.ranking import rank_when_complete
from evaluation.actions.seat import take_seat_under_chair
from evaluation.compliance import OpenedBid, Vote, check_votes
from evaluation.queries import clarifications
from evaluation.queries import judging as queries
from evaluation.records.judging import BallotRecord, VoteRecord
from evaluation.rulebook import Rulebook
from evaluation.signed_work import votes_digest
from kernel.errors import BadInput, ChangedMeanwhile, Refused
from kernel.ids import BidId
from storage import audit_log
from storage.audit_log import Fact

MOST_REASON = 2000  # characters of a reason


@dataclass(frozen=True)
class CastVote:
    """A verdict as a member writes it; a draft may still leave `passed` open."""

    bid_id: str
    check_id: str
    passed: bool | None
    reason: str = ""


def save_votes(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    votes: Sequence[CastVote],
    version: int,
    now: datetime,
) -> BallotRecord:
    """Keep a draft of a member's verdicts on a lot; `version` is 0 for the first one.

    Raises:
        BadInput: a verdict on another bid or check, or twice on the same.
        ChangedMeanwhile: the draft was saved from elsewhere since it was read.
        Refused: the verdicts were handed in.
    """
    seat = take_seat_under_chair(session, actor, tender_id)
    record = _ballot(session, lot_id, seat, now)
    rules, bids = (
        queries.rulebook(session, tender_id, lot_id),
        queries.opened_bids(session, tender_id, lot_id),
    )
    _check_known(rules, votes, bids)
    if record.version and record.handed_in_at is None and record.verdicts == _written(votes):
        return record  # a draft that arrives twice changes nothing, whichever version it was written on
    if record.version != version:
        raise ChangedMeanwhile()
    _check_open(record)
    return _keep(session, record, votes, now)


def hand_in_votes(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    votes: Sequence[CastVote],
    now: datetime,
) -> None:
    """Take a member's verdicts on every check of every bid of a lot; they stand unless the review is re-opened.

    Raises:
        BadInput: a verdict is missing, doubled, unknown, or fails without a reason.
        Refused: the member has voted before, or a bidder's answer is still awaited.
    """
    seat = take_seat_under_chair(session, actor, tender_id)
    rules, bids = (
        queries.rulebook(session, tender_id, lot_id),
        queries.opened_bids(session, tender_id, lot_id),
    )
    record = _ballot(session, lot_id, seat, now)
    _check_open(record)
    _check_known(rules, votes, bids)
    for vote in votes:
        if vote.passed is None:
            raise BadInput(where=_where(vote), why="a member has not voted")
    cast = [Vote(seat, BidId(v.bid_id), v.check_id, bool(v.passed), v.reason.strip()) for v in votes]
    check_votes(rules, bids, cast, {seat})
    if clarifications.unsettled(session, lot_id):
        raise Refused(rule="answers-first", why="the panel has not settled every question to the bidders yet")
    record.handed_in_at = now
    _keep(session, record, votes, now)
    session.add_all(
        VoteRecord(
            bid_id=vote.bid_id,
            check_id=vote.check_id,
            seat=seat,
            lot_id=lot_id,
            passed=vote.passed,
            reason=vote.reason,
            voted_at=now,
        )
        for vote in cast
    )
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "votes": votes_digest(cast)}
    audit_log.append(session, Fact("compliance.voted", lot_id, tender_id, data), now)
    rank_when_complete(session, tender_id, now)


def _ballot(session: Session, lot_id: str, seat: str, now: datetime) -> BallotRecord:
    """The member's verdicts on a lot, begun where there are none."""
    found = queries.ballot(session, lot_id, seat, lock=True)
    return found or BallotRecord(lot_id=lot_id, seat=seat, verdicts=[], version=0, saved_at=now)


def _written(votes: Sequence[CastVote]) -> list[list[object]]:
    """Verdicts as a draft keeps them."""
    return [[v.bid_id, v.check_id, v.passed, v.reason.strip()] for v in votes]


def _keep(session: Session, record: BallotRecord, votes: Sequence[CastVote], now: datetime) -> BallotRecord:
    record.verdicts = _written(votes)
    record.version, record.saved_at = record.version + 1, now
    session.add(record)
    session.flush()
    return record


def _check_open(record: BallotRecord) -> None:
    if record.handed_in_at is not None:
        raise Refused(rule="one-vote", why="your verdicts on this lot were already handed in")


def _check_known(rules: Rulebook, votes: Sequence[CastVote], bids: tuple[OpenedBid, ...]) -> None:
    """Every verdict is on a check of a bid of the lot, once, with a reason of sane length."""
    checks = {check.id for check in rules.checks}
    known, seen = {bid.bid_id for bid in bids}, set()
    for vote in votes:
        key = (vote.bid_id, vote.check_id)
        if vote.bid_id not in known or vote.check_id not in checks:
            raise BadInput(where=_where(vote), why="there is no such check, bid or member")
        if key in seen:
            raise BadInput(where=_where(vote), why="a member votes once on each check of each bid")
        if len(vote.reason) > MOST_REASON:
            raise BadInput(where=_where(vote), why="a reason has at most 2000 characters")
        seen.add(key)


def _where(vote: CastVote) -> str:
    return f"vote on {vote.check_id} of bid {vote.bid_id}"
