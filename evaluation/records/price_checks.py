"""The table of the price checks (清标): what was found in the priced bill of each bid."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


class PriceCheckRecord(SQLModel, table=True):
    """What the checks found in one bid; never changed: a correction is asked for in writing."""

    __tablename__ = "price_checks"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    status: str = Field(max_length=20)
    body: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))
    digest: str = Field(max_length=64)
    findings: int
    checked_at: datetime = Field(sa_type=UtcTime)
