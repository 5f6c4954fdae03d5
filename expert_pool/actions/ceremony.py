"""The ceremony of a draw, act by act: countersign, commit, deal shares, sign for them, reveal.

The order and the windows are those of `expert_pool.ceremony`;
what goes wrong is settled in `expert_pool.actions.rescue`.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue
from crypto.draw_keys import check_draw_offer, draw_public_of
from expert_pool import queries
from expert_pool.actions.calls import call_round
from expert_pool.actions.draws import PARTY_DUTIES, finish_draw
from expert_pool.ceremony import Step, check_step, last_window_ends
from expert_pool.draw import Reveal, check_reveal
from expert_pool.escrow import chain_value, check_receipt, dealing_digest, read_dealing
from expert_pool.late_value import is_too_late_for, read_late_rule
from expert_pool.records.draws import DrawChainRecord, DrawKeyRecord, DrawPartyRecord, DrawRecord
from kernel.errors import BadInput, Refused, WrongReveal, WrongStage
from kernel.fields import Fields
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.draft import own_tender
from tender.lifecycle import Move, Stage

HASH_BYTES = 32


def register_draw_key(session: Session, *, actor: Actor, statement: Any, now: datetime) -> str:
    """Keep the public half of the actor's draw key; returns its fingerprint. Draws under way keep the one before."""
    actor.require(*PARTY_DUTIES.values())
    public = check_draw_offer(statement)
    if public.holder != actor.person_id:
        raise BadInput(where="holder", why="a draw key is registered by the person whom it names")
    known = queries.draw_key(session, actor.person_id)
    if known is None or known.public != public.to_json():
        session.merge(DrawKeyRecord(person_id=actor.person_id, public=public.to_json(), registered_at=now))
        data: dict[str, JsonValue] = {"key": public.fingerprint}
        audit_log.append(session, Fact("draw-key.registered", actor.person_id, data=data), now)
    return public.fingerprint


def register_draw_chain(session: Session, *, actor: Actor, head: bytes, now: datetime) -> None:
    """Fix the head of the actor's hash chain: from now on each secret must be its next value."""
    actor.require(*PARTY_DUTIES.values())
    if len(head) != HASH_BYTES:
        raise BadInput(where="head", why="32 bytes are needed")
    known = queries.draw_chain(session, actor.person_id)
    if known is not None and known.head == head:
        return
    fact = Fact("draw-chain.registered", actor.person_id, data={"head": head.hex()})
    index = audit_log.append(session, fact, now).index
    made = DrawChainRecord(person_id=actor.person_id, head=head, registered_at=now, log_index=index)
    session.merge(made)


def countersign(session: Session, *, actor: Actor, draw_id: str, request_hash: bytes, now: datetime) -> None:
    """The supervisor agrees to exactly this frozen request; before that nobody may commit."""
    draw, _ = act_as(session, actor, draw_id, "supervisor")
    if request_hash != draw.request_hash:
        raise BadInput(where="request_hash", why="it is not the hash of this draw's request")
    if draw.countersigned_at is not None:
        return
    draw.countersigned_by, draw.countersigned_at = actor.person_id, now
    session.add(draw)
    data: dict[str, JsonValue] = {"request": request_hash.hex()}
    audit_log.append(session, Fact("draw.countersigned", draw_id, draw.tender_id, data), now)


def commit(
    session: Session, *, actor: Actor, draw_id: str, party: str, commitment: bytes, now: datetime
) -> None:
    """Take one party's commitment; it is final, and so are the key and the chain that it is made with."""
    draw, record = act_as(session, actor, draw_id, party)
    if len(commitment) != HASH_BYTES:
        raise BadInput(where="commitment", why="32 bytes are needed")
    if record.commitment == commitment:
        return
    if record.commitment is not None:
        raise Refused(rule="one-commitment", why=f"{party} has already committed to another value")
    check_step(queries.ceremony_state(session, draw), Step.COMMIT, party, now)
    ends = last_window_ends(now, draw.reveal_minutes, len(PARTY_DUTIES))
    if is_too_late_for(read_late_rule(Fields(draw.request)), ends):
        why = (
            "the public value of this draw would come before the last window ends; the draw has to be voided"
        )
        raise Refused(rule="late-round", why=why)
    key, chain = queries.draw_key(session, actor.person_id), queries.draw_chain(session, actor.person_id)
    if key is None:
        raise Refused(rule="draw-key", why="register a draw key first: ./mingtang draw key")
    record.commitment, record.committed_by, record.committed_at = commitment, actor.person_id, now
    record.key, record.chain_head = key.public, chain.head if chain else None
    record.chain_index = chain.log_index if chain else None
    session.add(record)
    named = draw_public_of(key.public).fingerprint
    data: dict[str, JsonValue] = {"party": party, "commitment": commitment.hex(), "key": named}
    if chain is not None:
        data["chain"] = chain.head.hex()
    audit_log.append(session, Fact("draw.committed", draw_id, draw.tender_id, data), now)


def deal(
    session: Session, *, actor: Actor, draw_id: str, party: str, statement: dict[str, Any], now: datetime
) -> None:
    """Take the shares of one party's secret, sealed to the parties' keys.

    Raises:
        Refused: not everybody has committed yet, or the shares are dealt already.
        BadInput, IntegrityBroken: not a dealing of this party for this draw.
    """
    draw, record = act_as(session, actor, draw_id, party)
    if record.dealing == statement:
        return
    check_step(queries.ceremony_state(session, draw), Step.DEAL, party, now)
    keys = queries.party_keys(queries.parties(session, draw_id))
    dealt = read_dealing(statement, draw.request_hash, party, keys)
    record.dealing, record.dealt_at = statement, now
    session.add(record)
    data: dict[str, JsonValue] = {
        "party": party,
        "dealing": dealing_digest(statement),
        "shares": {one.party: one.commitment.hex() for one in dealt},
    }
    audit_log.append(session, Fact("draw.shares-dealt", draw_id, draw.tender_id, data), now)


def receive(
    session: Session, *, actor: Actor, draw_id: str, party: str, statement: dict[str, Any], now: datetime
) -> None:
    """Take one party's receipt: its share of every dealing opened and fits. The last one opens the reveals."""
    draw, record = act_as(session, actor, draw_id, party)
    if record.receipt == statement:
        return
    check_step(queries.ceremony_state(session, draw), Step.RECEIVE, party, now)
    found = queries.parties(session, draw_id)
    dealings = {one.party: dealing_digest(one.dealing) for one in found}
    public = queries.party_keys(found)[party]
    check_receipt(statement, draw.request_hash, party, public, dealings)
    record.receipt, record.received_at = statement, now
    session.add(record)
    data: dict[str, JsonValue] = {"party": party, "receipt": dealing_digest(statement)}
    audit_log.append(session, Fact("draw.shares-received", draw_id, draw.tender_id, data), now)


def dispute_shares(
    session: Session, *, actor: Actor, draw_id: str, party: str, dealer: str, now: datetime
) -> None:
    """A party cannot open its share, or it does not fit: the dealer has to deal again, and the log names both."""
    draw, record = act_as(session, actor, draw_id, party)
    check_step(queries.ceremony_state(session, draw), Step.RECEIVE, party, now)
    found = queries.parties(session, draw_id)
    blamed = next((one for one in found if one.party == dealer and dealer != record.party), None)
    if blamed is None:
        raise BadInput(where="dealer", why="it must be another party of this draw")
    data: dict[str, JsonValue] = {"dealer": dealer, "party": party, "dealing": dealing_digest(blamed.dealing)}
    blamed.dealing = blamed.dealt_at = None
    for one in found:
        one.receipt = one.received_at = None
        session.add(one)
    session.flush()
    audit_log.append(session, Fact("draw.shares-disputed", draw_id, draw.tender_id, data), now)


def reveal(session: Session, *, actor: Actor, draw_id: str, party: str, secret: bytes, now: datetime) -> bool:
    """Take one party's secret, in the fixed order and in its window; the last one draws the panel.

    Returns whether the panel is drawn.

    Raises:
        Refused: something has to come first, it is another party's turn, or the window is over.
        WrongReveal: the secret is not the one committed to, or not the next value of the party's chain.
    """
    draw, record = act_as(session, actor, draw_id, party)
    if record.secret == secret:
        return draw.result is not None
    check_step(queries.ceremony_state(session, draw), Step.REVEAL, party, now)
    assert record.commitment is not None
    check_reveal(draw.request_hash, record.commitment, Reveal(party, secret))
    if record.chain_head is not None and chain_value(secret) != record.chain_head:
        raise WrongReveal(party=party)
    record.revealed_by = actor.person_id
    audit_log.append(session, Fact("draw.revealed", draw_id, draw.tender_id, {"party": party}), now)
    return take_secret(session, draw, record, secret, now)


def take_secret(
    session: Session, draw: DrawRecord, record: DrawPartyRecord, secret: bytes, now: datetime
) -> bool:
    """Keep a secret that was revealed or rebuilt, move its chain on, and draw with the last one."""
    record.secret, record.revealed_at = secret, now
    session.add(record)
    chain = queries.draw_chain(session, record.committed_by or "")
    if chain is not None and chain.head == record.chain_head:
        chain.head = secret
        session.add(chain)
    session.flush()
    if any(one.secret is None for one in queries.parties(session, draw.id)) or draw.request.get("late"):
        return False
    finish_draw(session, draw, now)
    call_round(session, draw, now)
    return True


def act_as(session: Session, actor: Actor, draw_id: str, party: str) -> tuple[DrawRecord, DrawPartyRecord]:
    """The draw, locked, and the party that the actor may act for."""
    if party not in PARTY_DUTIES:
        raise BadInput(where="party", why=f"it must be one of {', '.join(PARTY_DUTIES)}")
    actor.require(PARTY_DUTIES[party])
    draw = queries.draw(session, draw_id, lock=True)
    tender = tenders.tender(session, draw.tender_id)
    if party == "office":
        own_tender(session, actor, draw.tender_id)
    if tender.stage != Stage.OPENED:
        raise WrongStage(move=Move.DRAW, stage=tender.stage)
    record = next(one for one in queries.parties(session, draw_id) if one.party == party)
    return draw, record
