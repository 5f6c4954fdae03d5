"""Who acts on a panel: the seat of a member, the chair, and the two who may open a step again."""

from sqlmodel import Session

from accounts.duties import Actor, Duty
from evaluation.queries import panel as queries
from evaluation.queries.blind import check_revealed
from expert_pool import queries as experts
from expert_pool.queries.calls import awaits_check_in
from kernel.errors import Refused, WrongStage
from tender import queries as tenders
from tender.lifecycle import Move, Stage
from tender.queries import stages


def take_seat(session: Session, actor: Actor, tender_id: str) -> str:
    """The actor's seat, with the tender locked, so that the last of several signatures is the last.

    Raises:
        NotFound: the actor does not sit on this panel.
        WrongStage: the bids are not open yet, or the evaluation is over.
        Refused: the actor was called by machine and has not checked in.
    """
    actor.require(Duty.EXPERT)
    seat = experts.seat_of(session, tender_id, actor.person_id)
    check_open(session, tender_id)
    if awaits_check_in(session, tender_id, seat):
        why = "you were called by machine: check in with the PIN of the call before you work"
        raise Refused(rule="check-in-first", why=why)
    return seat


def take_seat_under_chair(session: Session, actor: Actor, tender_id: str) -> str:
    """The actor's seat, where the panel has a chair and nothing is left to be scored blind."""
    seat = take_seat_to_score_blind(session, actor, tender_id)
    check_revealed(session, tender_id)
    return seat


def take_seat_to_score_blind(session: Session, actor: Actor, tender_id: str) -> str:
    """The actor's seat, where the panel has a chair: the work itself begins no earlier, with the blind parts."""
    seat = take_seat(session, actor, tender_id)
    if queries.find_chair(session, tender_id) is None:
        raise Refused(rule="chair-first", why="the panel has not elected its chair yet")
    return seat


def take_chair(session: Session, actor: Actor, tender_id: str) -> str:
    """The actor's seat, if it is the chair's."""
    seat = take_seat_under_chair(session, actor, tender_id)
    if queries.find_chair(session, tender_id) != seat:
        raise Refused(rule="chair-only", why="only the chair of the panel may do this")
    return seat


def check_not_locked(session: Session, tender_id: str) -> None:
    """Raise Refused once the scores are locked: who knows the prices changes no score."""
    if stages.score_lock(session, tender_id) is not None:
        why = "the scores were locked so that the prices could be opened; nobody changes them any more"
        raise Refused(rule="scores-locked", why=why)


def check_open(session: Session, tender_id: str) -> None:
    """Lock a tender and raise WrongStage unless its panel is at work."""
    tender = tenders.tender(session, tender_id, lock=True)
    if tender.stage != Stage.OPENED:
        raise WrongStage(move=Move.RANK, stage=tender.stage)
