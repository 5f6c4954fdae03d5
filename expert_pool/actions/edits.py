"""The pool manager changes one entry, by the checks of an import's line; the history says which fields."""

from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool.actions.decoys import CHANGED, LINKED, touched
from expert_pool.actions.pool import PoolEntry, keep_entry
from expert_pool.entry_form import write_expert, write_identity
from expert_pool.queries import pool
from expert_pool.records.pool import ExpertEditRecord
from kernel.errors import ChangedMeanwhile, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact


def edit_entry(
    session: Session,
    *,
    actor: Actor,
    expert_id: str,
    entry: PoolEntry,
    seen_at: datetime | None = None,
    now: datetime,
) -> tuple[str, ...]:
    """Change an entry; returns the names of the fields that changed. `seen_at` is the state that was read.

    Standing, bans and leaves have acts of their own and stay as they are.

    Raises:
        BadInput: what an import would refuse in this line.
        Refused: another number: a number is given once and stays.
        ChangedMeanwhile: somebody changed the entry since it was read.
    """
    actor.require(Duty.POOL_MANAGER)
    record = pool.expert(session, expert_id, lock=True)
    if entry.expert.number != record.number:
        raise Refused(rule="number", why="the number of an entry stays what it is")
    if seen_at is not None and seen_at != record.updated_at:
        raise ChangedMeanwhile()
    touched(session, actor=actor, records=[record], how=LINKED if entry.sign_in else CHANGED, now=now)
    before, person = _written(session, expert_id), record.person_id
    keep_entry(session, pool.Known(session), entry, "", now)
    session.flush()
    after = _written(session, expert_id)
    changed = [key for key, value in after.items() if before.get(key) != value]
    changed += ["sign_in"] if record.person_id != person else []
    if changed:
        session.add(
            ExpertEditRecord(
                id=new_id(), expert_id=expert_id, fields=changed, made_by=actor.person_id, made_at=now
            )
        )
        session.flush()
        data: dict[str, JsonValue] = {"fields": [*changed], "by": actor.person_id}
        audit_log.append(session, Fact("expert.edited", expert_id, None, data), now)
    return tuple(changed)


def _written(session: Session, expert_id: str) -> dict[str, JsonValue]:
    expert, identity = pool.entry(session, pool.expert(session, expert_id))
    return {**write_expert(expert), **write_identity(identity)}
