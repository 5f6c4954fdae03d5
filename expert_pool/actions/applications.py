"""Who wants to be an expert applies; the pool manager looks and decides, with a reason when it is no."""

from datetime import datetime

from sqlmodel import Session

from accounts import actions as accounts
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical, read_canonical
from expert_pool.actions.certificates import carry_over
from expert_pool.actions.decoys import answered_as
from expert_pool.actions.pool import PoolEntry, keep_entry
from expert_pool.actions.standing import keep_standing
from expert_pool.entry_form import read_expert, read_identity, write_expert, write_identity
from expert_pool.experts import ACTIVE, Expert, Identity
from expert_pool.queries import pool
from expert_pool.queries.applications import (
    APPROVED,
    OPEN,
    REJECTED,
    WITHDRAWN,
    application,
    own_applications,
)
from expert_pool.records.pool import ApplicationRecord
from expert_pool.standing import ENTER, EntryRules, entry_gaps
from kernel.errors import BadInput, NotFound, Refused
from kernel.fields import Fields
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log
from storage.audit_log import Fact
from storage.database import seal, unseal

REASON = 1000  # characters
DEFAULT = EntryRules()


def apply(session: Session, *, actor: Actor, expert: Expert, identity: Identity, now: datetime) -> str:
    """A signed-in person asks to enter the pool; returns the application's id.

    Raises:
        BadInput: what the reviewer could not do without is missing.
        Refused: the person is in the pool, or an application waits already.
    """
    if not identity.id_number:
        raise BadInput(where="id_number", why="use 6 to 32 digits and capital letters")
    if pool.expert_of_person(session, actor.person_id) is not None:
        raise Refused(rule="pool", why="you are in the pool already")
    if any(one.state == OPEN for one in own_applications(session, actor.person_id)):
        raise Refused(rule="pool", why="your application waits for the pool manager already")
    answered_as(session, actor=actor, expert=expert, identity=identity, now=now)
    id = new_id()
    body = canonical({**write_expert(expert), **write_identity(identity)})
    session.add(
        ApplicationRecord(
            id=id,
            person_id=actor.person_id,
            sealed=seal(session, _context(id), body),
            state=OPEN,
            made_at=now,
        )
    )
    session.flush()
    audit_log.append(session, Fact("expert.applied", id, None, {}), now)
    return id


def withdraw_application(session: Session, *, actor: Actor, application_id: str, now: datetime) -> None:
    """The applicant takes an application back that was not decided; repeatable.

    Raises:
        NotFound: there is no such application of this person.
        Refused: it was decided already.
    """
    record = application(session, application_id, lock=True)
    if record.person_id != actor.person_id:
        raise NotFound(what="application", id=application_id)
    if record.state == WITHDRAWN:
        return
    if record.state != OPEN:
        raise Refused(rule="application", why="this application was decided already")
    record.state, record.decided_by, record.decided_at = WITHDRAWN, actor.person_id, now
    session.add(record)
    audit_log.append(session, Fact("expert.application-withdrawn", record.id, None, {}), now)


def decide_application(
    session: Session,
    *,
    actor: Actor,
    application_id: str,
    approve: bool,
    reason: str = "",
    number: str = "",
    rules: EntryRules = DEFAULT,
    now: datetime,
) -> str | None:
    """Approve an application under a number of the pool, or reject it with a reason; returns the expert's id.

    Raises:
        BadInput: no reason for a rejection, no number for an approval, or the number or person is in the pool.
        Refused: decided before; or what the law asks for is missing and no reason says why it may pass.
        ConflictOfDuties: the person's account holds a duty that an expert may not hold.
    """
    actor.require(Duty.POOL_MANAGER)
    record = application(session, application_id, lock=True)
    if record.state != OPEN:
        raise Refused(rule="application", why="this application was decided already")
    if len(reason.strip()) > REASON:
        raise BadInput(where="reason", why=f"at most {REASON} characters are allowed")
    if not approve and not reason.strip():
        raise BadInput(where="reason", why="say why")
    expert, identity = applied_entry(session, record)
    if approve:
        record.expert_id = _enter(
            session, actor, record, expert, identity, number.strip(), reason, rules, now
        )
    record.state = APPROVED if approve else REJECTED
    record.decided_by, record.decided_at = actor.person_id, now
    record.reason = seal(session, _reason_context(record.id), reason.strip().encode())
    session.add(record)
    data: dict[str, JsonValue] = {"decision": record.state, "by": actor.person_id}
    audit_log.append(session, Fact("expert.application-decided", record.id, None, data), now)
    return record.expert_id


def applied_entry(session: Session, record: ApplicationRecord) -> tuple[Expert, Identity]:
    """What was filled in, opened; for the pool manager and the applicant."""
    fields = Fields(read_canonical(unseal(session, _context(record.id), record.sealed)))
    return read_expert(fields), read_identity(fields)


def decision_reason(session: Session, record: ApplicationRecord) -> str:
    """The reason of a decision, opened."""
    return unseal(session, _reason_context(record.id), record.reason).decode() if record.reason else ""


def _enter(
    session: Session,
    actor: Actor,
    record: ApplicationRecord,
    expert: Expert,
    identity: Identity,
    number: str,
    reason: str,
    rules: EntryRules,
    now: datetime,
) -> str:
    if not number or pool.expert_by_number(session, number) is not None:
        raise BadInput(where="number", why="each expert needs a number of their own")
    if entry_gaps(expert, rules, business_day(now)) and not reason.strip():
        raise Refused(
            rule="entry", why="years, title or age do not meet the rule: say why this person may enter"
        )
    accounts.grant_expert(session, actor=actor, person_id=record.person_id, now=now)
    entered = read_expert(Fields({**write_expert(expert), "number": number, "standing": ACTIVE}))
    id = keep_entry(session, pool.Known(session), PoolEntry(entered, identity=identity), "application", now)
    session.flush()
    row = pool.expert(session, id, lock=True)
    row.person_id = record.person_id
    carry_over(session, record.id, id)
    session.add(row)
    keep_standing(session, actor=actor, record=row, act=ENTER, reason="applied", note="", now=now)
    return id


def _context(application_id: str) -> str:
    return f"expert application {application_id}"


def _reason_context(application_id: str) -> str:
    return f"expert application reason {application_id}"
