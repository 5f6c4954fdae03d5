"""首席代表: letters that give powers, their revocation, and the seals of a department."""

from datetime import date, datetime

from sqlmodel import Session

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.desk import Mandate, check_mandate
from approval.queries import organisation as found
from approval.records.organisation import MandateRecord, SealRecord
from crypto.canonical import JsonValue
from kernel.errors import BadInput, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.objects import StoredObject


def grant_mandate(session: Session, *, actor: Actor, mandate: Mandate, now: datetime) -> str:
    """Give somebody of a department its powers; they hold once a job has made the letter (任命书, 授权书).

    Nobody gives powers to themselves.
    """
    _check_granter(actor, mandate.department_id)
    check_mandate(mandate)
    found.department(session, mandate.department_id)
    if mandate.person_id == actor.person_id:
        raise Refused(rule="mandates", why="nobody gives a mandate to themselves")
    if accounts.actor(session, mandate.person_id).organisation_id != mandate.department_id:
        raise BadInput(where="person_id", why="name somebody of the department")
    record = MandateRecord(
        id=new_id(),
        person_id=mandate.person_id,
        department_id=mandate.department_id,
        powers=list(mandate.powers),
        rank=mandate.rank,
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
        granted_by=actor.person_id,
        granted_at=now,
    )
    session.add(record)
    data: dict[str, JsonValue] = {
        "person": mandate.person_id,
        "department": mandate.department_id,
        "powers": sorted(mandate.powers),
        "from": mandate.valid_from.isoformat(),
        "to": mandate.valid_to.isoformat(),
    }
    audit_log.append(session, Fact("mandate.granted", record.id, data=data), now)
    outbox.enqueue(session, "make_mandate_letter", {"mandate_id": record.id}, now=now)
    return record.id


def keep_letter(session: Session, *, mandate_id: str, letter: StoredObject, now: datetime) -> None:
    """Record the letter of a mandate; from now on its powers hold."""
    record = found.mandate(session, mandate_id)
    if record.letter_digest:
        return
    record.letter_digest = letter.digest.hex()
    session.add(record)
    data: dict[str, JsonValue] = {"letter": record.letter_digest}
    audit_log.append(session, Fact("mandate.letter-made", record.id, data=data), now)


def ask_commitment(session: Session, *, actor: Actor, post_id: str, now: datetime) -> None:
    """Let a job print the integrity commitment (廉政承诺书) of a post with its risk points.

    Raises:
        Refused: the register has no risk point of this post.
    """
    actor.require(Duty.CENTRE_OFFICE)
    post = found.post_by_id(session, post_id)
    if not found.risk_points(session, post):
        raise Refused(rule="commitment", why="the register of risk points has none for this post")
    outbox.enqueue(session, "make_commitment", {"post_id": post.id}, now=now)


def keep_commitment(session: Session, *, post_id: str, paper: StoredObject, now: datetime) -> None:
    """Record the printed commitment of a post, which its holder signs; a newer one takes its place."""
    post = found.post_by_id(session, post_id)
    post.commitment_digest = paper.digest.hex()
    session.add(post)
    data: dict[str, JsonValue] = {"paper": post.commitment_digest}
    audit_log.append(session, Fact("post.commitment-made", post.id, data=data), now)


def revoke_mandate(
    session: Session, *, actor: Actor, mandate_id: str, revoked_on: date | None = None, now: datetime
) -> None:
    """End a mandate: from that day on it gives nothing; today where no day is named, never a day in the past."""
    record = found.mandate(session, mandate_id)
    _check_granter(actor, record.department_id)
    today = business_day(now)
    day = revoked_on or today
    if day < today:
        raise BadInput(where="revoked_on", why="a mandate cannot end in the past")
    if record.revoked_on is not None and record.revoked_on <= day:
        raise Refused(rule="mandates", why="this mandate has ended already")
    record.revoked_on = day
    session.add(record)
    audit_log.append(session, Fact("mandate.revoked", record.id, data={"on": day.isoformat()}), now)


def make_seal(
    session: Session,
    *,
    actor: Actor,
    department_id: str,
    name: str,
    keeper_id: str | None = None,
    now: datetime,
) -> str:
    """Bring a seal of a department to its window (审批专用章); a department may have several."""
    actor.require(Duty.CENTRE_OFFICE)
    found.department(session, department_id)
    if not 1 <= len(name.strip()) <= 100:
        raise BadInput(where="name", why="use 1 to 100 characters")
    if keeper_id is not None and accounts.actor(session, keeper_id).organisation_id != department_id:
        raise BadInput(where="keeper_id", why="name somebody of the department")
    record = SealRecord(
        id=new_id(), department_id=department_id, name=name.strip(), keeper_id=keeper_id, made_at=now
    )
    session.add(record)
    session.flush()
    audit_log.append(session, Fact("seal.made", record.id, data={"department": department_id}), now)
    return record.id


def end_seal(session: Session, *, actor: Actor, seal_id: str, now: datetime) -> None:
    """Take a seal out of use."""
    actor.require(Duty.CENTRE_OFFICE)
    record = found.seal(session, seal_id)
    if record.ended_on is None:
        record.ended_on = business_day(now)
        session.add(record)
        audit_log.append(session, Fact("seal.ended", record.id), now)


def _check_granter(actor: Actor, department_id: str) -> None:
    """The centre office, or the leader of the department itself, signs its letters."""
    actor.require(Duty.CENTRE_OFFICE, Duty.LEADER)
    if not actor.holds(Duty.CENTRE_OFFICE) and actor.organisation_id != department_id:
        raise Refused(rule="mandates", why="a leader gives mandates of their own department only")
