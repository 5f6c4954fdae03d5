"""Selects over certificates and over the changes of entries."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from expert_pool.records.pool import CertificateRecord, ExpertEditRecord
from kernel.errors import NotFound
from storage.database import unseal


@dataclass(frozen=True)
class Listed:
    """A certificate as a list shows it, without its bytes."""

    id: str
    name: str = field(repr=False)
    size: int
    media_type: str
    added_at: datetime


def certificate(session: Session, certificate_id: str) -> CertificateRecord:
    """One file; raises NotFound."""
    record = session.get(CertificateRecord, certificate_id)
    if record is None:
        raise NotFound(what="certificate", id=certificate_id)
    return record


def certificates(session: Session, *, expert_id: str = "", application_id: str = "") -> list[Listed]:
    """The files of an entry or of an application, oldest first."""
    columns = (
        CertificateRecord.id,
        CertificateRecord.name,
        CertificateRecord.size,
        CertificateRecord.media_type,
        CertificateRecord.added_at,
    )
    found = select(*columns)  # type: ignore[call-overload]
    if expert_id:
        found = found.where(CertificateRecord.expert_id == expert_id)
    else:
        found = found.where(CertificateRecord.application_id == application_id)
    rows = session.exec(found.order_by(col(CertificateRecord.added_at), CertificateRecord.id))
    return [
        Listed(id, unseal(session, name_context(id), name).decode(), size, kind, at)
        for id, name, size, kind, at in rows
    ]


def edits(session: Session, expert_id: str) -> list[ExpertEditRecord]:
    """The changes of an entry, newest first."""
    found = select(ExpertEditRecord).where(ExpertEditRecord.expert_id == expert_id)
    return list(session.exec(found.order_by(col(ExpertEditRecord.made_at).desc(), ExpertEditRecord.id)))


def file_context(certificate_id: str) -> str:
    """What a file is sealed to."""
    return f"expert certificate {certificate_id}"


def name_context(certificate_id: str) -> str:
    """What a file's name is sealed to."""
    return f"expert certificate name {certificate_id}"
