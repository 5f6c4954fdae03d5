"""The panel elects its chair: one vote a member and round, until one has more than half of all seats."""

from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue
from evaluation.actions.ranking import rank_when_complete
from evaluation.actions.seat import take_seat
from evaluation.chair import count_round
from evaluation.queries import judging
from evaluation.queries import panel as queries
from evaluation.records.panel import ChairVoteRecord, ElectionRoundRecord
from kernel.errors import BadInput, ChangedMeanwhile, Refused
from storage import audit_log
from storage.audit_log import Fact


def vote_for_chair(
    session: Session, *, actor: Actor, tender_id: str, number: int, choice: str, now: datetime
) -> ElectionRoundRecord:
    """Take a member's vote in a round of the election; the last one counts the round.

    Raises:
        Refused: there is a chair, or the member has voted in this round.
        ChangedMeanwhile: another round has begun.
        BadInput: who was chosen does not stand in this round.
    """
    seat = take_seat(session, actor, tender_id)
    if queries.find_chair(session, tender_id) is not None:
        raise Refused(rule="one-chair", why="the panel has elected its chair")
    round = _open_round(session, tender_id)
    if round.number != number:
        raise ChangedMeanwhile()
    if choice not in round.candidates:
        raise BadInput(where="choice", why="this seat does not stand in this round")
    if seat in queries.chair_votes(session, tender_id, number):
        raise Refused(rule="one-vote", why="you have voted in this round")
    session.add(ChairVoteRecord(tender_id=tender_id, round=number, seat=seat, choice=choice, cast_at=now))
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "round": number, "choice": choice}
    audit_log.append(session, Fact("chair.voted", tender_id, tender_id, data), now)
    _count(session, round, now)
    return round


def void_election(session: Session, tender_id: str, left: str, now: datetime) -> None:
    """After a member left: a round that runs is void, and so is the election of a chair who left."""
    for round in queries.rounds(session, tender_id):
        if round.state == queries.OPEN or (round.state == queries.ELECTED and round.elected == left):
            round.state, round.ended_at = queries.VOID, round.ended_at or now
            session.add(round)
    session.flush()


def _open_round(session: Session, tender_id: str) -> ElectionRoundRecord:
    """The round that runs; the first of an election has every seat for candidates."""
    rounds = queries.rounds(session, tender_id)
    if rounds and rounds[-1].state == queries.OPEN:
        return rounds[-1]
    return _begin(session, tender_id, len(rounds) + 1, list(judging.seats(session, tender_id)))


def _begin(session: Session, tender_id: str, number: int, candidates: list[str]) -> ElectionRoundRecord:
    round = ElectionRoundRecord(tender_id=tender_id, number=number, candidates=candidates, state=queries.OPEN)
    session.add(round)
    session.flush()
    return round


def _count(session: Session, round: ElectionRoundRecord, now: datetime) -> None:
    tender_id, number = round.tender_id, round.number
    ballots = queries.chair_votes(session, tender_id, number)
    result = count_round(round.candidates, ballots, judging.seats(session, tender_id))
    if result is None:
        return
    round.ended_at, round.elected = now, result.elected
    round.state = queries.ELECTED if result.elected else queries.NEXT
    session.add(round)
    session.flush()
    if result.elected is None:
        standing: dict[str, JsonValue] = {"round": number, "standing": list(result.standing)}
        audit_log.append(session, Fact("chair.undecided", tender_id, tender_id, standing), now)
        _begin(session, tender_id, number + 1, list(result.standing))
        return
    data: dict[str, JsonValue] = {
        "seat": result.elected,
        "round": number,
        "votes": result.votes[result.elected],
        "seats": len(ballots),
    }
    audit_log.append(session, Fact("chair.elected", tender_id, tender_id, data), now)
    rank_when_complete(session, tender_id, now)
