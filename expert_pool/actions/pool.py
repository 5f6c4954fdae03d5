"""What is done to the pool: experts are imported."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool import queries
from expert_pool.experts import STANDINGS, Expert, expert_record
from expert_pool.records.pool import ExpertRecord
from kernel.errors import BadInput
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact


@dataclass(frozen=True)
class PoolEntry:
    """One expert to import; `sign_in` names the account that the expert works with."""

    expert: Expert
    sign_in: str = field(default="", repr=False)


def import_pool(session: Session, *, actor: Actor, entries: Sequence[PoolEntry], now: datetime) -> int:
    """Add experts, or replace the entries with the same number; returns how many were given."""
    actor.require(Duty.POOL_MANAGER)
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        where, expert = f"experts[{position}]", entry.expert
        if expert.number in seen or not expert.number.strip():
            raise BadInput(where=f"{where}.number", why="each expert needs a number of their own")
        if expert.standing not in STANDINGS:
            raise BadInput(where=f"{where}.standing", why=f"it must be one of {', '.join(STANDINGS)}")
        if not (expert.name.strip() and expert.employer.strip() and expert.specialties):
            raise BadInput(where=where, why="name, employer and at least one specialty are needed")
        seen.add(expert.number)
        _keep_entry(session, entry, where, now)
    digest = sha256(b"".join(sha256(expert_record(entry.expert)).digest() for entry in entries)).hexdigest()
    data: dict[str, JsonValue] = {"experts": len(entries), "entries": digest}
    audit_log.append(session, Fact("pool.imported", actor.person_id, None, data), now)
    return len(entries)


def _keep_entry(session: Session, entry: PoolEntry, where: str, now: datetime) -> None:
    expert = entry.expert
    known = queries.expert_by_number(session, expert.number)
    person_id = known.person_id if known else None
    if entry.sign_in:
        person = accounts.person_by_sign_in(session, entry.sign_in)
        if person is None or Duty.EXPERT not in accounts.actor(session, person.id).duties:
            raise BadInput(where=f"{where}.sign_in", why="there is no such account with the duty expert")
        person_id = person.id
    session.merge(
        ExpertRecord(
            id=known.id if known else new_id(),
            number=expert.number,
            name=expert.name,
            employer=expert.employer,
            region=expert.region,
            specialties=sorted(expert.specialties),
            standing=expert.standing,
            valid_until=expert.valid_until,
            person_id=person_id,
            updated_at=now,
        )
    )
