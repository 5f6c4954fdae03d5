"""Certificates as files: brought to an entry or an application, and looked at with the look in the log."""

from datetime import datetime

from sqlmodel import Session, select

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from expert_pool.actions.decoys import CERTIFICATE, touched
from expert_pool.certificates import MOST, file_name, kind_of
from expert_pool.queries import pool
from expert_pool.queries.applications import OPEN, application
from expert_pool.queries.certificates import certificate, file_context, name_context
from expert_pool.records.pool import CertificateRecord
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from storage.database import digest_of, seal, unseal


def add_to_entry(
    session: Session, *, actor: Actor, expert_id: str, name: str, content: bytes, now: datetime
) -> str:
    """The pool manager brings a certificate to an entry; the same file again gives the same id.

    Raises:
        BadInput: no PDF, PNG or JPEG, too large, or too many.
    """
    actor.require(Duty.POOL_MANAGER)
    record = pool.expert(session, expert_id, lock=True)
    touched(session, actor=actor, records=[record], how=CERTIFICATE, now=now)
    return _keep(
        session, actor, CertificateRecord.expert_id == expert_id, name, content, now, expert_id, None
    )


def add_to_application(
    session: Session, *, actor: Actor, application_id: str, name: str, content: bytes, now: datetime
) -> str:
    """An applicant brings a certificate to an application of their own that waits."""
    record = application(session, application_id, lock=True)
    if record.person_id != actor.person_id:
        raise NotFound(what="application", id=application_id)
    if record.state != OPEN:
        raise Refused(rule="application", why="this application was decided already")
    is_of_it = CertificateRecord.application_id == application_id
    return _keep(session, actor, is_of_it, name, content, now, None, application_id)


def look_at(
    session: Session, *, actor: Actor, certificate_id: str, now: datetime
) -> tuple[CertificateRecord, str, bytes]:
    """A certificate with its name and bytes, for the pool manager and the supervisor; each look is logged."""
    actor.require(Duty.POOL_MANAGER, Duty.SUPERVISOR)
    record = certificate(session, certificate_id)
    name = unseal(session, name_context(record.id), record.name).decode()
    content = unseal(session, file_context(record.id), record.sealed)
    if record.expert_id is not None:
        opened = pool.expert(session, record.expert_id)
        touched(session, actor=actor, records=[opened], how=CERTIFICATE, now=now)
    audit_log.append(session, Fact("expert.certificate-seen", record.id, None, {"by": actor.person_id}), now)
    return record, name, content


def carry_over(session: Session, application_id: str, expert_id: str) -> None:
    """What was brought with an application that is approved belongs to the entry."""
    found = select(CertificateRecord).where(CertificateRecord.application_id == application_id)
    for record in session.exec(found):
        record.expert_id = expert_id
        session.add(record)


def _keep(
    session: Session,
    actor: Actor,
    of_owner: bool,
    name: str,
    content: bytes,
    now: datetime,
    expert_id: str | None,
    application_id: str | None,
) -> str:
    kind, digest = kind_of(content), digest_of(session, "expert-certificate", content.hex())
    known = session.exec(select(CertificateRecord.id, CertificateRecord.digest).where(of_owner)).all()
    same = next((id for id, kept in known if kept == digest), None)
    if same is not None:
        return same
    if len(known) >= MOST:
        raise BadInput(where="file", why=f"at most {MOST} are allowed")
    id = new_id()
    session.add(
        CertificateRecord(
            id=id,
            expert_id=expert_id,
            application_id=application_id,
            name=seal(session, name_context(id), file_name(name).encode()),
            sealed=seal(session, file_context(id), content),
            digest=digest,
            size=len(content),
            media_type=kind,
            added_by=actor.person_id,
            added_at=now,
        )
    )
    session.flush()
    data: dict[str, JsonValue] = {"by": actor.person_id, "size": len(content)}
    audit_log.append(session, Fact("expert.certificate-added", id, None, data), now)
    return id
