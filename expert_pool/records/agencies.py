"""Tables of draws of agencies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class AgencyDrawRecord(SQLModel, table=True):
    """One draw of an agency for a case or a tender: its frozen list, and the root that drew from it."""

    __tablename__ = "agency_draws"
    __table_args__ = (UniqueConstraint("subject", "service"),)
    id: str = Field(primary_key=True, sa_type=Id)
    number: int = Field(unique=True)
    subject: str = Field(max_length=60)
    service: str = Field(max_length=40)
    day: date
    agencies: list[dict[str, Any]] = Field(sa_column=_json())
    request: dict[str, Any] = Field(sa_column=_json())
    rows: list[str] = Field(sa_column=_json())
    log_index: int
    opened_by: str = Field(sa_type=Id, foreign_key="people.id")
    opened_at: datetime = Field(sa_type=UtcTime)
    root: bytes | None = Field(default=None, sa_type=Digest)
    chosen: str | None = Field(default=None, max_length=100)
    drawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
