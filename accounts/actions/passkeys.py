"""Passkeys: challenges given out and taken back, registering, signing in, confirming acts, removing."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, delete, update

from accounts import queries
from accounts.actions import begin_session, issue_token
from accounts.credentials import Scope, secret_hash
from accounts.duties import Actor, Duty
from accounts.passkeys import (
    CHALLENGE_LIFE,
    MOST_PASSKEYS,
    Purpose,
    Site,
    check_challenges,
    check_counter,
    check_presence,
    credential_id,
    is_present,
    passkey_name,
    read_assertion,
    read_registration,
)
from accounts.records import PasskeyChallengeRecord, PasskeyRecord, SessionRecord, TokenRecord
from crypto.canonical import JsonValue
from kernel.errors import NotFound, NotSignedIn, PasskeyCopied, PasskeyNeeded, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact


def check_step_up(session: Session, *, actor: Actor, duty: Duty, now: datetime) -> None:
    """Raise PasskeyNeeded unless an act of legal weight under this duty was confirmed where that is needed."""
    check_presence(actor, duty, has_passkey=bool(queries.passkeys(session, actor.person_id)), now=now)


def give_challenge(session: Session, *, secret: str, purpose: Purpose, now: datetime) -> bytes:
    """A fresh challenge for the browser that holds a secret.

    Raises:
        RateLimited: too many unknown browsers are about to sign in.
    """
    session.exec(delete(PasskeyChallengeRecord).where(col(PasskeyChallengeRecord.expires_at) <= now))
    if purpose is Purpose.SIGN_IN:
        check_challenges(queries.open_challenges(session, purpose))
    challenge = secrets.token_bytes(32)
    session.merge(
        PasskeyChallengeRecord(
            bound_to=secret_hash(secret),
            purpose=purpose,
            challenge=challenge,
            expires_at=now + CHALLENGE_LIFE,
        )
    )
    return challenge


def take_challenge(session: Session, *, secret: str, purpose: Purpose, now: datetime) -> bytes | None:
    """The browser's open challenge, which is used up by this; None where there is none.

    A transaction of its own has to carry this, so that an answer that is refused has used it up as well.
    """
    record = session.get(PasskeyChallengeRecord, (secret_hash(secret), purpose), with_for_update=True)
    if record is None:
        return None
    session.delete(record)
    return record.challenge if now < record.expires_at else None


def register(
    session: Session,
    *,
    actor: Actor,
    name: str,
    credential: Mapping[str, Any],
    challenge: bytes | None,
    site: Site,
    now: datetime,
) -> str:
    """Register a passkey; who has one already has to confirm with it, so that a password alone adds none.

    Raises:
        PasskeyNeeded: the person has passkeys and did not confirm with one of them.
        Refused: the challenge is over, the passkey is known, or there are too many.
    """
    queries.lock_person(session, actor.person_id)
    check_own(session, actor=actor, now=now)
    called = passkey_name(name)
    made = read_registration(credential, site=site, challenge=_given(challenge))
    if queries.passkey_by_credential(session, made.credential_id) is not None:
        raise Refused(rule="passkeys", why="this passkey is registered already")
    if len(queries.passkeys(session, actor.person_id)) >= MOST_PASSKEYS:
        raise Refused(rule="passkeys", why="you have ten passkeys; remove one first")
    record = PasskeyRecord(
        id=new_id(),
        person_id=actor.person_id,
        name=called,
        credential_hash=sha256(made.credential_id).digest(),
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        created_at=now,
    )
    session.add(record)
    data: dict[str, JsonValue] = {"passkey": record.id, "key": sha256(made.public_key).hexdigest()}
    audit_log.append(session, Fact("passkey.registered", actor.person_id, data=data), now)
    return record.id


def check_own(session: Session, *, actor: Actor, now: datetime) -> None:
    """Raise PasskeyNeeded unless the actor may change their own passkeys now."""
    if queries.passkeys(session, actor.person_id) and not is_present(actor.presence.at, now):
        raise PasskeyNeeded(why="confirm with one of your passkeys before you change them")


def step_up(
    session: Session,
    *,
    actor: Actor,
    secret: str,
    credential: Mapping[str, Any],
    challenge: bytes | None,
    site: Site,
    now: datetime,
) -> None:
    """Let the browser session that holds a secret do acts of legal weight for a while."""
    _assert(session, credential, challenge, site, now, actor.person_id)
    record = session.get_one(SessionRecord, secret_hash(secret))
    record.stepped_up_at = now
    session.add(record)


def sign_in(
    session: Session,
    *,
    credential: Mapping[str, Any],
    challenge: bytes | None,
    site: Site,
    hours: int,
    now: datetime,
) -> str:
    """Start a browser session with a passkey instead of a password; returns the secret for its cookie."""
    person_id = _assert(session, credential, challenge, site, now).person_id
    try:
        queries.actor(session, person_id)
    except NotFound:
        raise NotSignedIn() from None
    return begin_session(session, person_id=person_id, hours=hours, now=now, stepped_up_at=now)


def issue_confirmed_token(
    session: Session, *, actor: Actor, label: str, scopes: frozenset[Scope], now: datetime
) -> str:
    """A token for a day that takes over what the session has confirmed, and its moment, for the command line.

    Raises:
        PasskeyNeeded: nothing was confirmed lately.
    """
    if not is_present(actor.presence.at, now):
        raise PasskeyNeeded(why="confirm that it is you, then do it again within five minutes")
    return issue_token(
        session,
        person_id=actor.person_id,
        label=label,
        scopes=scopes,
        days=1,
        now=now,
        stepped_up_at=actor.presence.at,
    )


def remove(session: Session, *, actor: Actor, passkey_id: str, now: datetime) -> None:
    """Remove one of the actor's own passkeys; what was confirmed before no longer counts."""
    record = session.get(PasskeyRecord, passkey_id)
    if record is None or record.person_id != actor.person_id:
        raise NotFound(what="passkey", id=passkey_id[:40])
    check_own(session, actor=actor, now=now)
    _remove(session, record, actor, now)


def remove_all(session: Session, *, actor: Actor, person_id: str, now: datetime) -> int:
    """Remove every passkey of somebody who has lost theirs, as the operator; returns how many there were."""
    actor.require(Duty.OPERATOR)
    queries.actor(session, person_id)
    found = queries.passkeys(session, person_id)
    for record in found:
        _remove(session, record, actor, now)
    return len(found)


def report_copy(session: Session, *, copied: PasskeyCopied, now: datetime) -> None:
    """Log that a passkey's counter went back; the door does it in a transaction that the refusal does not undo."""
    record = session.get(PasskeyRecord, str(copied.facts["passkey"]))
    if record is not None:
        data: dict[str, JsonValue] = {"passkey": record.id}
        data |= {name: int(str(copied.facts[name])) for name in ("known", "said")}
        audit_log.append(session, Fact("passkey.counter-went-back", record.person_id, data=data), now)


def _remove(session: Session, record: PasskeyRecord, actor: Actor, now: datetime) -> None:
    for table in (SessionRecord, TokenRecord):
        own = col(table.person_id) == record.person_id
        session.exec(update(table).where(own).values(stepped_up_at=None))
    session.delete(record)
    data: dict[str, JsonValue] = {"passkey": record.id, "by": actor.person_id}
    audit_log.append(session, Fact("passkey.removed", record.person_id, data=data), now)


def _given(challenge: bytes | None) -> bytes:
    if challenge is None:
        raise Refused(rule="passkeys", why="this attempt took too long or was used before; begin again")
    return challenge


def _assert(
    session: Session,
    credential: Mapping[str, Any],
    challenge: bytes | None,
    site: Site,
    now: datetime,
    person_id: str | None = None,
) -> PasskeyRecord:
    """The passkey whose authenticator answered, with its counter moved on."""
    expected = _given(challenge)
    record = queries.passkey_by_credential(session, credential_id(credential))
    if record is None or person_id not in (None, record.person_id):
        raise Refused(rule="passkeys", why="this passkey is not registered for you")
    said = read_assertion(credential, site=site, challenge=expected, public_key=record.public_key)
    check_counter(record.id, record.sign_count, said)
    record.sign_count = said
    record.last_used_at = now
    session.add(record)
    return record
