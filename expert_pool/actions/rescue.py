"""A draw that does not go as it should: rebuild a silent party's secret, bring the late value, void the draw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue
from expert_pool import queries
from expert_pool.actions.calls import call_round
from expert_pool.actions.ceremony import act_as, take_secret
from expert_pool.actions.draws import finish_draw
from expert_pool.ceremony import Step, check_step
from expert_pool.escrow import NEEDED, chain_value, is_good, restore
from expert_pool.late_value import DrandRule, late_value
from expert_pool.records.draws import DrawPartyRecord, DrawRecord, DrawShareRecord, VoidedDrawRecord
from expert_pool.records.eligibility import DrawEligibilityRecord
from kernel.clock import write_time
from kernel.errors import BadInput, Refused
from storage import audit_log
from storage.audit_log import Fact

WAITING, BAD_SHARE, FALSE_DEALING, REBUILT = "waiting", "bad-share", "false-dealing", "rebuilt"
MOST_WORDS: Final = 2000


@dataclass(frozen=True)
class Rescue:
    """What a share that was brought back led to, and who is at fault where somebody is."""

    outcome: str
    at_fault: str = ""
    is_drawn: bool = False


def bring_share(
    session: Session, *, actor: Actor, draw_id: str, party: str, dealer: str, share: bytes, now: datetime
) -> Rescue:
    """Bring back the share of a party whose window passed; two good ones rebuild its secret.

    A share that does not fit is kept and named: whoever signed for it had a good one.

    Raises:
        Refused: the party may still reveal itself, it is not its turn, or its dealing proved false.
    """
    draw, record = act_as(session, actor, draw_id, party)
    check_step(queries.ceremony_state(session, draw), Step.RESCUE, dealer, now)
    found = queries.parties(session, draw_id)
    silent = next(one for one in found if one.party == dealer)
    if silent.is_false:
        raise Refused(
            rule="false-dealing", why="the shares of this party were false; the draw must be voided"
        )
    if record.party == dealer:
        raise Refused(rule="others-share", why="the secret is rebuilt from the shares of two other parties")
    dealt = queries.dealt_shares(draw, silent, queries.party_keys(found))
    own = next(one for one in dealt if one.party == party)
    fits = is_good(draw.request_hash, dealer, own, share)
    known = session.get(DrawShareRecord, (draw_id, dealer, party))
    if known is None or (fits and not known.is_good):
        session.merge(
            DrawShareRecord(
                draw_id=draw_id,
                dealer=dealer,
                party=party,
                share=share[:64],
                is_good=fits,
                given_by=actor.person_id,
                given_at=now,
            )
        )
        session.flush()
        told: dict[str, JsonValue] = {"dealer": dealer, "party": party, "is_good": fits}
        audit_log.append(session, Fact("draw.share-brought", draw_id, draw.tender_id, told), now)
    if not fits:
        return Rescue(BAD_SHARE, party)
    good = {one.party: one.share for one in queries.shares_given(session, draw_id, dealer) if one.is_good}
    if len(good) < NEEDED:
        return Rescue(WAITING)
    assert silent.commitment is not None
    by_index = {one.index: good[one.party] for one in dealt if one.party in good}
    secret = restore(draw.request_hash, dealer, silent.commitment, dealt, by_index)
    if secret is None or (silent.chain_head is not None and chain_value(secret) != silent.chain_head):
        silent.is_false = True
        session.add(silent)
        audit_log.append(session, Fact("draw.dealing-false", draw_id, draw.tender_id, {"party": dealer}), now)
        return Rescue(FALSE_DEALING, dealer)
    silent.is_rescued = True
    audit_log.append(session, Fact("draw.rescued", draw_id, draw.tender_id, {"party": dealer}), now)
    return Rescue(REBUILT, dealer, take_secret(session, draw, silent, secret, now))


def bring_late_value(
    session: Session, *, actor: Actor, draw_id: str, party: str, given: str, now: datetime
) -> None:
    """Take the signature of the drand round that the request names, and draw; who stayed silent is absent.

    Raises:
        Refused: a party may still reveal, nobody revealed, or the request names no round.
        IntegrityBroken: the signature is not that of the round.
    """
    draw, _ = act_as(session, actor, draw_id, party)
    terms = queries.request_value(session, draw).terms
    if terms is None or not isinstance(terms.late, DrandRule):
        raise Refused(rule="late-value", why="the request of this draw names no late value")
    check_step(queries.ceremony_state(session, draw), Step.LATE_VALUE, "", now)
    if all(one.secret is None for one in queries.parties(session, draw_id)):
        raise Refused(rule="late-value", why="nobody has revealed; the draw must be voided")
    late_value(terms.late, given)
    draw.late_value = given
    session.add(draw)
    session.flush()
    absent: list[JsonValue] = [one.party for one in queries.parties(session, draw_id) if one.secret is None]
    data: dict[str, JsonValue] = {"round": terms.late.round, "value": given, "absent": absent}
    audit_log.append(session, Fact("draw.late-value", draw_id, draw.tender_id, data), now)
    finish_draw(session, draw, now)
    call_round(session, draw, now)


def ask_void(session: Session, *, actor: Actor, draw_id: str, reason: str, now: datetime) -> None:
    """The office wants a draw voided that is not drawn yet; the supervisor has to agree."""
    draw, _ = act_as(session, actor, draw_id, "office")
    _check_not_drawn(draw)
    words = reason.strip()
    if not words or len(words) > MOST_WORDS:
        raise BadInput(where="reason", why=f"a reason of up to {MOST_WORDS} characters is needed")
    if draw.void_reason == words:
        return
    draw.void_reason, draw.void_asked_by, draw.void_asked_at = words, actor.person_id, now
    session.add(draw)
    audit_log.append(session, Fact("draw.void-asked", draw_id, draw.tender_id, {}), now)


def confirm_void(session: Session, *, actor: Actor, draw_id: str, now: datetime) -> None:
    """The supervisor agrees: the draw is put aside whole, its number is never used again.

    Raises:
        Refused: the panel is drawn already, or the office has not asked.
    """
    draw, _ = act_as(session, actor, draw_id, "supervisor")
    _check_not_drawn(draw)
    if draw.void_asked_by is None or draw.void_asked_at is None:
        raise Refused(rule="void", why="the office has not asked to void this draw")
    found = queries.parties(session, draw_id)
    session.add(
        VoidedDrawRecord(
            id=draw.id,
            tender_id=draw.tender_id,
            round=draw.round,
            number=draw.number,
            body=_whole(draw, found),
            reason=draw.void_reason,
            asked_by=draw.void_asked_by,
            asked_at=draw.void_asked_at,
            voided_by=actor.person_id,
            voided_at=now,
        )
    )
    for share in queries.shares_given(session, draw_id):
        session.delete(share)
    for one in found:
        session.delete(one)
    judged = session.get(DrawEligibilityRecord, draw_id)
    if judged is not None:
        session.delete(judged)
    session.flush()
    session.delete(draw)
    session.flush()
    data: dict[str, JsonValue] = {"number": draw.number, "request": draw.request_hash.hex()}
    audit_log.append(session, Fact("draw.voided", draw_id, draw.tender_id, data), now)


def _check_not_drawn(draw: DrawRecord) -> None:
    # A drawn panel stands: whoever could void it after seeing it could draw again until it suits.
    if draw.result is not None:
        raise Refused(rule="void", why="the panel is drawn; a drawn panel is not voided")


def _whole(draw: DrawRecord, parties: list[DrawPartyRecord]) -> dict[str, JsonValue]:
    """What is kept of a voided draw: no entry of an expert, no leaf, no key of leaves."""
    return {
        "request": draw.request,
        "request_hash": draw.request_hash.hex(),
        "groups": draw.groups,
        "requested_at": write_time(draw.opened_at),
        "countersigned_at": write_time(draw.countersigned_at) if draw.countersigned_at else None,
        "parties": [
            {
                "party": one.party,
                "commitment": one.commitment.hex() if one.commitment else None,
                "has_dealt": one.dealing is not None,
                "has_received": one.receipt is not None,
                "has_revealed": one.secret is not None,
                "is_rescued": one.is_rescued,
                "is_false": one.is_false,
            }
            for one in parties
        ],
    }
