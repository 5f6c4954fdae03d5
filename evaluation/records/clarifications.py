"""The table of what a panel asked bidders in writing, and what they answered."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from storage.columns import Id, UtcTime


class ClarificationRecord(SQLModel, table=True):
    """One question to one bidder, its answer, and how the panel took it."""

    __tablename__ = "clarifications"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    bid_id: str = Field(sa_type=Id, foreign_key="bids.id", index=True)
    kind: str = Field(max_length=20)
    text: str
    corrected_price: int | None = Field(default=None, sa_type=BigInteger)
    """in the tender's price units; only for a price correction"""
    asked_by: str = Field(max_length=20)
    asked_at: datetime = Field(sa_type=UtcTime)
    answer_until: datetime = Field(sa_type=UtcTime)
    answer: str | None = None
    confirms: bool | None = None
    """whether the bidder confirms the corrected price"""
    answered_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ruling: str | None = Field(default=None, max_length=20)
    ruling_reason: str = ""
    ruled_by: str | None = Field(default=None, max_length=20)
    ruled_at: datetime | None = Field(default=None, sa_type=UtcTime)
