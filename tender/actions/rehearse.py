"""Openers prove, before publication, that the key they registered opens envelopes."""

import os
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import b64
from crypto.signatures import check_statement, fingerprint
from crypto.suites import suite
from kernel.errors import BadInput, KeyNotRehearsed
from storage import audit_log
from storage.audit_log import Fact
from tender import queries
from tender.lifecycle import Move, Stage, after

REGISTER_TYPE = "opener-key"
REHEARSAL_INFO = b"mingtang rehearsal"


def register_key(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    hpke_public: bytes,
    sign_public: bytes,
    statement: dict[str, object],
    now: datetime,
) -> None:
    """Register the opener's public keys; the statement, signed with the new key, proves that they hold it."""
    actor.require(Duty.OPENER)
    record = queries.tender(session, tender_id, lock=True)
    after(Stage(record.stage), Move.EDIT)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    body = check_statement(statement, REGISTER_TYPE, sign_public)
    if body != {"tender": tender_id, "opener": actor.person_id, "hpke": b64(hpke_public)}:
        raise BadInput(where="statement", why="it must name this tender, you as the opener, and the HPKE key")
    opener.hpke_public, opener.sign_public, opener.rehearsed_at = hpke_public, sign_public, None
    answer = os.urandom(32)
    opener.rehearsal = suite(record.suite).seal_to(hpke_public, REHEARSAL_INFO + tender_id.encode(), answer)
    opener.rehearsal_answer = sha256(answer).digest()
    session.add(opener)
    marks = {"position": opener.position, "hpke": fingerprint(hpke_public), "ed25519": fingerprint(sign_public)}
    audit_log.append(session, Fact("opener.registered", actor.person_id, tender_id, marks), now)


def rehearse(session: Session, *, actor: Actor, tender_id: str, answer: bytes, now: datetime) -> None:
    """Accept what the opener decrypted from the test envelope; from now on the key counts as rehearsed."""
    actor.require(Duty.OPENER)
    record = queries.tender(session, tender_id, lock=True)
    after(Stage(record.stage), Move.EDIT)
    opener = queries.opener_of(session, tender_id, actor.person_id)
    if opener.rehearsal_answer != sha256(answer).digest():
        raise KeyNotRehearsed(opener=opener.position)
    if opener.rehearsed_at is None:
        opener.rehearsed_at = now
        session.add(opener)
        audit_log.append(
            session, Fact("opener.rehearsed", actor.person_id, tender_id, {"position": opener.position}), now
        )
