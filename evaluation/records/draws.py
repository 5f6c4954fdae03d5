"""The table of an evaluation's draws: coefficients, samples, ties."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


class EvaluationDrawRecord(SQLModel, table=True):
    """One draw of a lot: frozen once for what it rests on, drawn once."""

    __tablename__ = "evaluation_draws"
    __table_args__ = (UniqueConstraint("lot_id", "stage", "rests_on"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id")
    stage: str = Field(max_length=10)
    """formula or ties"""
    rests_on: str = Field(max_length=64)
    request: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))
    log_index: int
    frozen_by: str = Field(sa_type=Id, foreign_key="people.id")
    frozen_at: datetime = Field(sa_type=UtcTime)
    root: bytes | None = Field(default=None, sa_type=Digest)
    result: list[list[str]] | None = Field(default=None, sa_column=Column(JsonText, nullable=True))
    drawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
