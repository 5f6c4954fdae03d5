"""Tables of the pool: who may be drawn, what was decided about them, who applies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, text
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class ExpertRecord(SQLModel, table=True):
    """One entry of the pool; who it is lies sealed and stays secret until the panel's work is done."""

    __tablename__ = "experts"
    id: str = Field(primary_key=True, sa_type=Id)
    number: str = Field(max_length=40, unique=True)
    sealed: bytes = Field(sa_column_kwargs={"server_default": text("''")})
    """the whole entry: name, employers, relatives, identity (docs/formats/expert-entry.md)"""
    identity_digest: bytes | None = Field(default=None, sa_type=Digest, unique=True, index=True)
    name_digest: bytes = Field(sa_type=Digest, index=True, sa_column_kwargs={"server_default": text("''")})
    region: str = Field(max_length=40, index=True)
    title: str = Field(max_length=20, sa_column_kwargs={"server_default": ""})
    specialties: list[str] = Field(sa_column=_json())
    standing: str = Field(max_length=20, index=True)
    standing_reason: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    valid_until: date | None = None
    person_id: str | None = Field(default=None, sa_type=Id, foreign_key="people.id", index=True)
    updated_at: datetime = Field(sa_type=UtcTime)
    mark: bytes | None = None
    """sealed and of one length for all entries: says whether the entry is a decoy (expert_pool.actions.decoys)"""


class ExpertSpanRecord(SQLModel, table=True):
    """A ban or a leave of an expert; one that is lifted ends on that day."""

    __tablename__ = "expert_spans"
    id: str = Field(primary_key=True, sa_type=Id)
    expert_id: str = Field(sa_type=Id, foreign_key="experts.id", index=True)
    kind: str = Field(max_length=10)
    begins: date
    ends: date | None = None
    reason: str = Field(max_length=40)
    note: bytes | None = None
    """sealed, for a text about a person may name others"""
    made_by: str = Field(sa_type=Id, foreign_key="people.id")
    made_at: datetime = Field(sa_type=UtcTime)


class ExpertStandingRecord(SQLModel, table=True):
    """One change of standing: entry, suspension, exit, re-entry."""

    __tablename__ = "expert_standings"
    id: str = Field(primary_key=True, sa_type=Id)
    expert_id: str = Field(sa_type=Id, foreign_key="experts.id", index=True)
    act: str = Field(max_length=20)
    reason: str = Field(max_length=40)
    note: bytes | None = None
    made_by: str = Field(sa_type=Id, foreign_key="people.id")
    made_at: datetime = Field(sa_type=UtcTime)


class ApplicationRecord(SQLModel, table=True):
    """A person's application to enter the pool; what was filled in lies sealed."""

    __tablename__ = "expert_applications"
    id: str = Field(primary_key=True, sa_type=Id)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    sealed: bytes
    state: str = Field(max_length=10, index=True)
    made_at: datetime = Field(sa_type=UtcTime)
    decided_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: bytes | None = None
    expert_id: str | None = Field(default=None, sa_type=Id, foreign_key="experts.id")


class CertificateRecord(SQLModel, table=True):
    """A certificate's file, sealed as the entry is; brought with an application, it goes over to the entry."""

    __tablename__ = "expert_certificates"
    id: str = Field(primary_key=True, sa_type=Id)
    expert_id: str | None = Field(default=None, sa_type=Id, foreign_key="experts.id", index=True)
    application_id: str | None = Field(
        default=None, sa_type=Id, foreign_key="expert_applications.id", index=True
    )
    name: bytes
    sealed: bytes
    digest: bytes = Field(sa_type=Digest)
    """keyed: tells that a file is there already, and nothing to who has no key"""
    size: int
    media_type: str = Field(max_length=40)
    added_by: str = Field(sa_type=Id, foreign_key="people.id")
    added_at: datetime = Field(sa_type=UtcTime)


class ExpertEditRecord(SQLModel, table=True):
    """One change of an entry by the pool manager: which fields, not what they held."""

    __tablename__ = "expert_edits"
    id: str = Field(primary_key=True, sa_type=Id)
    expert_id: str = Field(sa_type=Id, foreign_key="experts.id", index=True)
    fields: list[str] = Field(sa_column=_json())
    made_by: str = Field(sa_type=Id, foreign_key="people.id")
    made_at: datetime = Field(sa_type=UtcTime)


class DecoyTouchRecord(SQLModel, table=True):
    """Somebody touched a decoy: who, which and how lie sealed."""

    __tablename__ = "decoy_touches"
    id: str = Field(primary_key=True, sa_type=Id)
    sealed: bytes
    touched_at: datetime = Field(sa_type=UtcTime)
