"""What is done to the pool as a whole: experts are imported."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool.actions.decoys import CHANGED, LINKED, touched
from expert_pool.experts import STANDINGS, Expert, Identity
from expert_pool.pool_file import PoolFile
from expert_pool.pool_table import Fault
from expert_pool.queries import pool
from expert_pool.queries.decoys import seal_mark
from expert_pool.records.pool import ExpertRecord
from kernel.errors import BadInput, BadPoolFile
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact

NO_IDENTITY = Identity()
EXPERT_FIELDS = frozenset(one.name for one in fields(Expert))
IDENTITY_FIELDS = frozenset(one.name for one in fields(Identity))


@dataclass(frozen=True)
class PoolEntry:
    """One expert to import; `sign_in` names the account that the expert works with.

    `absent` names the fields of expert and identity that the source does not have at all: a known entry keeps its own,
    so that a list without relatives loses nobody's relatives.
    """

    expert: Expert
    sign_in: str = field(default="", repr=False)
    identity: Identity = field(default=NO_IDENTITY, repr=False)
    absent: frozenset[str] = frozenset()


def import_pool(session: Session, *, actor: Actor, entries: Sequence[PoolEntry], now: datetime) -> int:
    """Add experts, or replace the entries with the same number; returns how many were given.

    Raises:
        BadInput: names the place (`experts[3].number`), and nothing is imported.
    """
    actor.require(Duty.POOL_MANAGER)
    seen: set[str] = set()
    register = pool.Known(session)
    for position, entry in enumerate(entries):
        where, expert = f"experts[{position}]", entry.expert
        if expert.number in seen or not expert.number.strip():
            raise BadInput(where=f"{where}.number", why="each expert needs a number of their own")
        if expert.standing not in STANDINGS:
            raise BadInput(where=f"{where}.standing", why=f"it must be one of {', '.join(STANDINGS)}")
        if not (expert.name.strip() and expert.employer.strip() and expert.specialties):
            raise BadInput(where=where, why="name, employer and at least one specialty are needed")
        seen.add(expert.number)
        _watch(session, actor, register, entry, now)
        keep_entry(session, register, entry, where, now)
    session.flush()
    # Counts only: a digest of entries without a key would let a guessed entry be confirmed from the public log.
    data: dict[str, JsonValue] = {"experts": len(entries)}
    audit_log.append(session, Fact("pool.imported", actor.person_id, None, data), now)
    return len(entries)


@dataclass(frozen=True)
class ImportReport:
    """How an import of a file ended: entries written, and every fault by line and column."""

    imported: int
    faults: tuple[Fault, ...]


def import_file(
    session: Session, *, actor: Actor, file: PoolFile, keep_good: bool, now: datetime
) -> ImportReport:
    """Import the good lines of a file; with a fault nothing, unless the good lines were asked for.

    Raises:
        BadPoolFile: a line is wrong and `keep_good` is not set; `faults` says all of them.
    """
    actor.require(Duty.POOL_MANAGER)
    faults = list(file.faults)
    imported, register = 0, pool.Known(session)
    for one in file.entries:
        try:
            entry = PoolEntry(one.expert, one.sign_in, one.identity, one.absent)
            _watch(session, actor, register, entry, now)
            keep_entry(session, register, entry, "", now)
            imported += 1
        except BadInput as error:
            column = str(error.facts["where"]).removeprefix(".")
            faults.append(Fault(one.line, column, str(error.facts["why"])))
    session.flush()
    faults.sort(key=lambda fault: fault.line)
    if faults and not keep_good:
        why = f"nothing was imported: {len(faults)} places are wrong"
        raise BadPoolFile(where="file", why=why, faults=tuple(faults))
    data: dict[str, JsonValue] = {"experts": imported, "faults": len(faults)}
    audit_log.append(session, Fact("pool.imported", actor.person_id, None, data), now)
    return ImportReport(imported, tuple(faults))


def _watch(session: Session, actor: Actor, register: pool.Known, entry: PoolEntry, now: datetime) -> None:
    known = register.by_number.get(entry.expert.number)
    how = LINKED if entry.sign_in else CHANGED
    touched(session, actor=actor, records=[known] if known else [], how=how, now=now)


def keep_entry(session: Session, register: pool.Known, entry: PoolEntry, where: str, now: datetime) -> str:
    """Write one entry, new or by its number; returns the expert's id. The caller logs it.

    A known expert keeps the standing that acts with reasons gave: no import lifts a suspension.

    Raises:
        BadInput: the account does not exist or has no duty of an expert, or the person is in the pool already.
    """
    known = register.by_number.get(entry.expert.number)
    if known is not None:
        entry = _merged(session, known, entry)
    expert = entry.expert
    person_id = known.person_id if known else None
    if entry.sign_in:
        person = accounts.person_by_sign_in(session, entry.sign_in)
        if person is None or Duty.EXPERT not in accounts.actor(session, person.id).duties:
            raise BadInput(where=f"{where}.sign_in", why="there is no such account with the duty expert")
        person_id = person.id
    identity = pool.identity_digest(session, entry.identity.id_number)
    double = register.by_identity.get(identity) if identity else None
    if double is not None and double.number != expert.number:
        raise BadInput(where=f"{where}.id_number", why="this person is in the pool under another number")
    id = known.id if known else new_id()
    values: dict[str, Any] = {
        "sealed": pool.seal_entry(session, id, expert, entry.identity),
        "identity_digest": identity,
        "name_digest": pool.name_digest(session, expert.name),
        "region": expert.region,
        "title": expert.title,
        "specialties": sorted(expert.specialties),
        "valid_until": expert.valid_until,
        "person_id": person_id,
        "updated_at": now,
    }
    if known is not None:
        if known.mark is None:
            values["mark"] = seal_mark(session, id)
        record = known.sqlmodel_update(values)
    else:
        mark = seal_mark(session, id)
        record = ExpertRecord(id=id, number=expert.number, standing=expert.standing, mark=mark, **values)
    session.add(record)
    register.add(record)
    return record.id


def _merged(session: Session, known: ExpertRecord, entry: PoolEntry) -> PoolEntry:
    """The entry with what its source does not have taken from the known one."""
    expert, identity = pool.entry(session, known)
    kept = {name: getattr(expert, name) for name in entry.absent & EXPERT_FIELDS}
    who = {name: getattr(identity, name) for name in entry.absent & IDENTITY_FIELDS}
    return replace(
        entry,
        expert=replace(entry.expert, **{**kept, "standing": known.standing}),
        identity=replace(entry.identity, **who),
    )
