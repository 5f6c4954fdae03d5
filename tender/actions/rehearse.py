"""Openers prove, before publication, that the key they registered opens envelopes."""

import os
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.actions.passkeys import check_step_up
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from crypto.opener_keys import check_offer
from crypto.signatures import fingerprint
from crypto.suites import suite
from kernel.errors import BadInput, IntegrityBroken, KeyNotRehearsed
from storage import audit_log
from storage.audit_log import Fact
from tender import queries
from tender.lifecycle import Move, Stage, after
from tender.rehearsal import rehearsal_info


def register_key(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    statement: dict[str, object],
    now: datetime,
) -> None:
    """Register the opener's public keys, offered in a statement signed with the new key; repeating is harmless."""
    actor.require(Duty.OPENER)
    record = queries.tender(session, tender_id, lock=True)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    check_step_up(session, actor=actor, duty=Duty.OPENER, now=now)
    after(Stage(record.stage), Move.EDIT)
    try:
        offered = check_offer(statement)
    except IntegrityBroken:  # what somebody sends is no sign that the platform is broken
        raise BadInput(where="statement", why="its signature does not match the key it names") from None
    if (offered.tender_id, offered.opener_id, offered.suite) != (tender_id, actor.person_id, record.suite):
        raise BadInput(where="statement", why="the key was made for another tender, suite or opener")
    if opener.hpke_public == offered.hpke_public and opener.sign_public == offered.signing_public:
        return
    opener.hpke_public, opener.sign_public = offered.hpke_public, offered.signing_public
    opener.rehearsed_at = None
    answer = os.urandom(32)
    opener.rehearsal = suite(record.suite).seal_to(offered.hpke_public, rehearsal_info(tender_id), answer)
    opener.rehearsal_answer = sha256(answer).digest()
    session.add(opener)
    marks: dict[str, JsonValue] = {
        "position": opener.position,
        "hpke": offered.fingerprint,
        "ed25519": fingerprint(opener.sign_public),
    }
    audit_log.append(session, Fact("opener.registered", actor.person_id, tender_id, marks), now)


def rehearse(session: Session, *, actor: Actor, tender_id: str, answer: bytes, now: datetime) -> None:
    """Accept what the opener decrypted from the test envelope; from now on the key counts as rehearsed."""
    actor.require(Duty.OPENER)
    record = queries.tender(session, tender_id, lock=True)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    after(Stage(record.stage), Move.EDIT)
    if opener.rehearsal_answer != sha256(answer).digest():
        raise KeyNotRehearsed(opener=opener.position)
    if opener.rehearsed_at is None:
        opener.rehearsed_at = now
        session.add(opener)
        audit_log.append(
            session, Fact("opener.rehearsed", actor.person_id, tender_id, {"position": opener.position}), now
        )
