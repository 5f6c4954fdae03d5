"""Decoys: invented entries that the supervisor plants to find out who looks into the pool without cause.

A decoy looks like any entry to everybody else, its mark is sealed as every entry's is, and it is never drawn. Whoever
opens its identity, looks it up by name, changes it, links an account to it or applies as the invented person raises an
alarm: a fact without any name, and a card for the supervisor (supervision.actions.sweep).
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, func, select

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool.experts import Expert, Identity
from expert_pool.queries import pool
from expert_pool.queries.decoys import Touch, decoys, seal_mark, seal_touch, watcher_of
from expert_pool.records.pool import DecoyTouchRecord, ExpertRecord
from kernel.errors import BadInput
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact

OPENED, CERTIFICATE, SEARCHED = "opened", "certificate", "searched"
CHANGED, LINKED, APPLIED = "changed", "linked", "applied"


def plant(session: Session, *, actor: Actor, expert: Expert, identity: Identity, now: datetime) -> str:
    """Plant an invented entry; returns its id. The supervisor makes name, employer and number up.

    Raises:
        BadInput: the number or the identity number is in the pool already.
    """
    actor.require(Duty.SUPERVISOR)
    if pool.expert_by_number(session, expert.number) is not None:
        raise BadInput(where="number", why="each expert needs a number of their own")
    digest = pool.identity_digest(session, identity.id_number)
    if digest and session.exec(select(ExpertRecord.id).where(ExpertRecord.identity_digest == digest)).first():
        raise BadInput(where="id_number", why="this person is in the pool under another number")
    for old in session.exec(select(ExpertRecord).where(col(ExpertRecord.mark).is_(None))):
        old.mark = seal_mark(session, old.id)  # an entry without a mark would show that the others have one
        session.add(old)
    id = new_id()
    session.add(
        ExpertRecord(
            id=id,
            number=expert.number,
            sealed=pool.seal_entry(session, id, expert, identity),
            identity_digest=digest,
            name_digest=pool.name_digest(session, expert.name),
            region=expert.region,
            title=expert.title,
            specialties=sorted(expert.specialties),
            standing=expert.standing,
            valid_until=expert.valid_until,
            # The time of the newest entry: its own would single it out beside the fact below.
            updated_at=session.exec(select(func.max(col(ExpertRecord.updated_at)))).one() or now,
            mark=seal_mark(session, id, actor.organisation_id),
        )
    )
    session.flush()
    audit_log.append(session, Fact("pool.decoy-planted", new_id(), None, {"by": actor.person_id}), now)
    return id


def touched(
    session: Session, *, actor: Actor, records: Iterable[ExpertRecord], how: str, now: datetime
) -> None:
    """Raise an alarm for each decoy among these entries; nothing is seen of it where it is called."""
    for record in records:
        watcher = watcher_of(session, record)
        if watcher is None:
            continue
        touch = Touch(new_id(), record.id, actor.person_id, how, watcher, now)
        session.add(DecoyTouchRecord(id=touch.id, sealed=seal_touch(session, touch), touched_at=now))
        session.flush()
        data: dict[str, JsonValue] = {"by": actor.person_id, "how": how}
        audit_log.append(session, Fact("pool.decoy-touched", touch.id, None, data), now)


def open_entry(session: Session, *, actor: Actor, expert_id: str, now: datetime) -> None:
    """The pool manager opens an entry."""
    actor.require(Duty.POOL_MANAGER)
    touched(session, actor=actor, records=[pool.expert(session, expert_id)], how=OPENED, now=now)


def look_up(session: Session, *, actor: Actor, name: str, now: datetime) -> None:
    """The pool manager looks a name up."""
    actor.require(Duty.POOL_MANAGER)
    digest = pool.name_digest(session, name)
    found = session.exec(select(ExpertRecord).where(ExpertRecord.name_digest == digest)).all()
    touched(session, actor=actor, records=found, how=SEARCHED, now=now)


def answered_as(session: Session, *, actor: Actor, expert: Expert, identity: Identity, now: datetime) -> None:
    """Somebody applies; an invented person cannot."""
    name, digest = pool.name_digest(session, expert.name), pool.identity_digest(session, identity.id_number)
    same = [one for one in decoys(session) if one.name_digest == name or one.identity_digest == digest]
    touched(session, actor=actor, records=same, how=APPLIED, now=now)
