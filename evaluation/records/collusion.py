"""Tables of the search for collusion: facts of bids, marks of all tenders, signals, what people said of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class BidFactsRecord(SQLModel, table=True):
    """That a bid was read, and the object that holds what it tells."""

    __tablename__ = "collusion_facts"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    digest: bytes = Field(sa_type=Digest)
    unread: int
    read_at: datetime = Field(sa_type=UtcTime)


class MarkRecord(SQLModel, table=True):
    """One mark of one bid as a keyed hash: how rare a value is over all tenders, without the value."""

    __tablename__ = "collusion_marks"
    __table_args__ = (Index("ix_collusion_marks_value", "value_hash"),)
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    value_hash: bytes = Field(primary_key=True, sa_type=Digest)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id")
    bidder_id: str = Field(sa_type=Id, foreign_key="organisations.id")


class SearchRecord(SQLModel, table=True):
    """That the detectors looked at a lot; its screens and how much they compared."""

    __tablename__ = "collusion_searches"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    body: dict[str, Any] = Field(sa_column=_json())
    digest: str = Field(max_length=64)
    signals: int
    found_at: datetime = Field(sa_type=UtcTime)


class SignalRecord(SQLModel, table=True):
    """One signal, never changed; remarks say what people made of it."""

    __tablename__ = "collusion_signals"
    __table_args__ = (UniqueConstraint("lot_id", "digest"),)
    id: str = Field(primary_key=True, sa_type=Id)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    place: int
    kind: str = Field(max_length=20)
    strength: str = Field(max_length=10)
    body: dict[str, Any] = Field(sa_column=_json())
    digest: str = Field(max_length=64)
    outcome: str = Field(default="", max_length=20)
    found_at: datetime = Field(sa_type=UtcTime)


class RemarkRecord(SQLModel, table=True):
    """A comment of the panel on a signal, or the supervisor's disposal of it with the reason."""

    __tablename__ = "collusion_remarks"
    id: str = Field(primary_key=True, sa_type=Id)
    signal_id: str = Field(sa_type=Id, foreign_key="collusion_signals.id", index=True)
    kind: str = Field(max_length=20)
    person_id: str = Field(sa_type=Id, foreign_key="people.id")
    seat: str = Field(default="", max_length=20)
    text: str
    at: datetime = Field(sa_type=UtcTime)
