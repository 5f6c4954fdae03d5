"""Tables of the catalogue: items, their versions, and what each clean-up round did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


class ItemRecord(SQLModel, table=True):
    """One item: who is in charge, and which version runs today."""

    __tablename__ = "items"
    id: str = Field(primary_key=True, sa_type=Id)
    code: str = Field(max_length=40, unique=True)
    base_code: str = Field(max_length=40, index=True)
    department_id: str = Field(sa_type=Id, foreign_key="departments.id", index=True)  # of its approval office
    site_code: str = Field(max_length=40, index=True)
    kind: str = Field(max_length=20, index=True)
    item_class: str = Field(default="", max_length=40, index=True)
    mode: str = Field(default="promised", max_length=20, index=True)
    title: dict[str, str] = Field(default_factory=dict, sa_column=Column(JsonText, nullable=False))
    status: str = Field(
        max_length=20, index=True
    )  # draft, in_review, published, paused, cancelled, delegated, merged
    in_centre: bool = True
    outside_reason: str = Field(default="", max_length=400)  # the law that keeps it out of the centre
    window_ids: list[str] = Field(default_factory=list, sa_column=Column(JsonText, nullable=False))
    current_version_id: str | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcTime)


class ItemVersionRecord(SQLModel, table=True):
    """One version; never changed once published."""

    __tablename__ = "item_versions"
    __table_args__ = (UniqueConstraint("item_id", "number"),)
    id: str = Field(primary_key=True, sa_type=Id)
    item_id: str = Field(sa_type=Id, foreign_key="items.id", index=True)
    number: int
    body: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))
    digest: str = Field(default="", max_length=64)
    status: str = Field(max_length=20)  # draft, in_review, published, retired
    round_number: int = 0  # the clean-up round that made it
    effective_from: date | None = None
    written_by: str = Field(sa_type=Id)  # whoever edited it last
    writers: list[str] = Field(default_factory=list, sa_column=Column(JsonText, nullable=False))
    published_by: str | None = Field(default=None, sa_type=Id)
    published_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RoundRecord(SQLModel, table=True):
    """One clean-up round: which items it kept, cancelled, delegated or merged."""

    __tablename__ = "item_rounds"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    held_on: date
    note: str = Field(max_length=400)
    changes: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))


class ItemChangeRecord(SQLModel, table=True):
    """One move in the life of an item, with its reason: the history of the catalogue."""

    __tablename__ = "item_changes"
    id: str = Field(primary_key=True, sa_type=Id)
    item_id: str = Field(sa_type=Id, foreign_key="items.id", index=True)
    version_id: str | None = Field(default=None, sa_type=Id)
    move: str = Field(max_length=20)
    from_status: str = Field(max_length=20)
    to_status: str = Field(max_length=20)
    reason: str = Field(default="", max_length=1000)
    done_by: str = Field(sa_type=Id)
    at: datetime = Field(sa_type=UtcTime, index=True)


class EntryRecord(SQLModel, table=True):
    """进驻/退出: the request that an item enters or leaves the centre, and who approved it."""

    __tablename__ = "item_entries"
    id: str = Field(primary_key=True, sa_type=Id)
    item_id: str = Field(sa_type=Id, foreign_key="items.id", index=True)
    kind: str = Field(max_length=10)  # entry, exit
    reason: str = Field(max_length=1000)
    asked_by: str = Field(sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcTime)
    settled_by: str | None = Field(default=None, sa_type=Id)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    is_approved: bool = False


class YearlyCatalogueRecord(SQLModel, table=True):
    """The catalogue of a year, frozen: the bytes that every later export repeats."""

    __tablename__ = "yearly_catalogues"
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    body: bytes
    digest: str = Field(max_length=64)
    item_count: int
    booklet_digest: bytes | None = Field(default=None, sa_type=Digest)
    frozen_by: str = Field(sa_type=Id)
    frozen_at: datetime = Field(sa_type=UtcTime)


class GuideRecord(SQLModel, table=True):
    """One paper about a published version, as PDF: made by a job, never changed."""

    __tablename__ = "item_guides"
    version_id: str = Field(primary_key=True, sa_type=Id, foreign_key="item_versions.id")
    paper: str = Field(primary_key=True, max_length=20)  # card, guide, handout, manual
    language: str = Field(primary_key=True, max_length=5)
    digest: bytes = Field(sa_type=Digest)
    size: int
    made_at: datetime = Field(sa_type=UtcTime)
