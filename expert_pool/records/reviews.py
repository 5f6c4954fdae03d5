"""Tables of draws of experts who review an approval case."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


class ReviewDrawRecord(SQLModel, table=True):
    """The review panel of one case: its frozen request, the sealed table, the root that drew from it, the seats."""

    __tablename__ = "review_draws"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", unique=True)
    number: int = Field(unique=True)
    groups: list[dict[str, Any]] = Field(sa_column=Column(JsonText, nullable=False))
    request: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))
    request_hash: bytes = Field(sa_type=Digest)
    sealed: bytes
    """rows, key of the leaves and whose leaf is whose, under the caller's key"""
    secret: bytes = Field(sa_type=Digest)
    """what the platform committed to; worth nothing without the root"""
    log_index: int
    opened_by: str = Field(sa_type=Id, foreign_key="people.id")
    opened_at: datetime = Field(sa_type=UtcTime)
    root: bytes | None = Field(default=None, sa_type=Digest)
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    drawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    seats: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JsonText, nullable=False))
    """every seat that the panel ever had: seat, group, leaf, and what replaced it"""
