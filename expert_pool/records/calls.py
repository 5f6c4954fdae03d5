"""Tables of calls: who was asked to take a seat, and what became of it. No name and no number stands here."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, UtcTime


class CallRecord(SQLModel, table=True):
    """One machine call to the expert of one seat."""

    __tablename__ = "expert_calls"
    __table_args__ = (UniqueConstraint("tender_id", "seat"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    seat: str = Field(max_length=20)
    seat_group: str = Field(max_length=40)
    token_digest: bytes = Field(sa_type=Digest, unique=True)
    pin_digest: bytes = Field(sa_type=Digest)
    state: str = Field(max_length=20, index=True)
    minutes: int
    asked_at: datetime = Field(sa_type=UtcTime)
    placed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answer_until: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    channel: str = Field(default="", max_length=20)
    """how the answer came: page or keypress"""
    reason: str = Field(default="", max_length=20)
    wrong_pins: int = 0
    record_digest: bytes | None = Field(default=None, sa_type=Digest)
    """of the gateway's record of the call"""
    checked_in_at: datetime | None = Field(default=None, sa_type=UtcTime)
    arrive_by: datetime | None = Field(default=None, sa_type=UtcTime)
    """when the member was asked to have come; without it nobody is late"""
