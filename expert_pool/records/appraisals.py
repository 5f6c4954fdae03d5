"""Tables of appraisals: how the work of experts is rated."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class AppraisalRecord(SQLModel, table=True):
    """一标一评: how one side rates the work of one expert on one panel, item by item."""

    __tablename__ = "expert_appraisals"
    __table_args__ = (UniqueConstraint("tender_id", "seat", "side"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    seat: str = Field(max_length=20)
    expert_id: str = Field(sa_type=Id, foreign_key="experts.id", index=True)
    side: str = Field(max_length=10)
    items: dict[str, int] = Field(sa_column=_json())
    points: int
    given_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    given_at: datetime = Field(sa_type=UtcTime)
    objection: str = Field(default="", max_length=2000)
    objected_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answer: str = Field(default="", max_length=2000)
    is_upheld: bool | None = None
    answered_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
