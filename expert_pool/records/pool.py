"""Tables of the pool: who may be drawn."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class ExpertRecord(SQLModel, table=True):
    """One entry of the pool; who it is stays secret until the panel's work is done."""

    __tablename__ = "experts"
    id: str = Field(primary_key=True, sa_type=Id)
    number: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=200)
    employer: str = Field(max_length=300)
    region: str = Field(max_length=40)
    specialties: list[str] = Field(sa_column=_json())
    standing: str = Field(max_length=20)
    valid_until: date | None = None
    person_id: str | None = Field(default=None, sa_type=Id, foreign_key="people.id", index=True)
    updated_at: datetime = Field(sa_type=UtcTime)
