"""Tables of what a draw judged its pool by, and of ties found after the opening."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime
from storage.database import PEOPLE_KEY


def _json() -> Any:
    return Column(JsonText, nullable=False)


class DrawEligibilityRecord(SQLModel, table=True):
    """What a draw judged its pool by: the rules as frozen, and the sealed list of those to avoid."""

    __tablename__ = "draw_eligibility"
    draw_id: str = Field(primary_key=True, sa_type=Id, foreign_key="draws.id")
    rules: dict[str, Any] = Field(sa_column=_json())
    day: date
    avoided: bytes
    sealed_with: str = Field(max_length=20, sa_column_kwargs={"server_default": PEOPLE_KEY})


class PoolRulesRecord(SQLModel, table=True):
    """The limits that the pool manager set from a moment on; the newest hold, none: those of the law."""

    __tablename__ = "pool_rules"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rules: dict[str, Any] = Field(sa_column=_json())
    set_by: str = Field(sa_type=Id, foreign_key="people.id")
    set_at: datetime = Field(sa_type=UtcTime)


class AvoidanceRecord(SQLModel, table=True):
    """A tie of a seated expert or a reserve that the check after the opening found; the party is sealed."""

    __tablename__ = "expert_avoidance"
    __table_args__ = (UniqueConstraint("tender_id", "leaf"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    leaf: str = Field(max_length=64)
    seat: str = Field(default="", max_length=20)
    ties: bytes
    sealed_with: str = Field(max_length=20, sa_column_kwargs={"server_default": PEOPLE_KEY})
    found_at: datetime = Field(sa_type=UtcTime)
