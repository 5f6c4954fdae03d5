"""Tables of draws of experts and of the panels they make."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class DrawRecord(SQLModel, table=True):
    """One draw: its frozen request, the sealed table behind it, and its result."""

    __tablename__ = "draws"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", unique=True)
    number: int = Field(unique=True)
    groups: list[dict[str, Any]] = Field(sa_column=_json())
    request: dict[str, Any] = Field(sa_column=_json())
    request_hash: bytes = Field(sa_type=Digest)
    rows: list[str] = Field(sa_column=_json())
    leaf_key: bytes = Field(sa_type=Digest)
    experts: dict[str, list[str]] = Field(sa_column=_json())
    opened_by: str = Field(sa_type=Id, foreign_key="people.id")
    opened_at: datetime = Field(sa_type=UtcTime)
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    drawn_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DrawPartyRecord(SQLModel, table=True):
    """What one party did in a draw."""

    __tablename__ = "draw_parties"
    draw_id: str = Field(primary_key=True, sa_type=Id, foreign_key="draws.id")
    party: str = Field(primary_key=True, max_length=20)
    position: int
    commitment: bytes | None = Field(default=None, sa_type=Digest)
    committed_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    committed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    secret: bytes | None = Field(default=None, sa_type=Digest)
    revealed_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    revealed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PanelSeatRecord(SQLModel, table=True):
    """One seat of a panel and the expert who was drawn for it."""

    __tablename__ = "panel_seats"
    __table_args__ = (UniqueConstraint("tender_id", "expert_id"),)
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    seat: str = Field(primary_key=True, max_length=20)
    seat_group: str = Field(max_length=40)
    leaf: str = Field(max_length=64)
    expert_id: str = Field(sa_type=Id, foreign_key="experts.id", index=True)
    replaced_by: str | None = Field(default=None, max_length=20)
    """The seat that the next reserve took instead; who sat here works no more on this panel."""
