"""Tables of findings: figures that stand apart with their reasons, and what is worth a look in a ranked lot."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


class ComparisonRecord(SQLModel, table=True):
    """One comparison of all members' figures of a lot; the last one counts."""

    __tablename__ = "score_comparisons"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    figures_digest: str = Field(max_length=64)
    """SHA-256 over every figure compared"""
    made_at: datetime = Field(sa_type=UtcTime)


class OutlierRecord(SQLModel, table=True):
    """One member's figure that stands apart, and the member's reason for it."""

    __tablename__ = "score_outliers"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    bid_id: str = Field(sa_type=Id, foreign_key="bids.id")
    seat: str = Field(max_length=20)
    level: str = Field(max_length=20)
    target: str = Field(max_length=40)
    is_high: bool
    band: int
    figure: str
    """the member's own figure, to tell whether it was changed since"""
    is_current: bool = True
    """whether the last comparison flagged it"""
    found_at: datetime = Field(sa_type=UtcTime)
    reason: str = ""
    explained_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LotFindingsRecord(SQLModel, table=True):
    """The findings about one ranking of a lot."""

    __tablename__ = "lot_findings"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    ranking_digest: str = Field(max_length=64)
    body: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))
    digest: str = Field(max_length=64)
    made_at: datetime = Field(sa_type=UtcTime)
