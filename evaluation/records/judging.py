"""Tables of the panel's judgement: verdicts, sheets, rankings, reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class BallotRecord(SQLModel, table=True):
    """One member's verdicts on a lot as they are written: a draft until they are handed in."""

    __tablename__ = "compliance_ballots"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    seat: str = Field(primary_key=True, max_length=20)
    verdicts: list[list[Any]] = Field(sa_column=_json())
    """Rows of bid, check, passed (or nothing yet) and reason."""
    version: int = 1
    saved_at: datetime = Field(sa_type=UtcTime)
    handed_in_at: datetime | None = Field(default=None, sa_type=UtcTime)


class VoteRecord(SQLModel, table=True):
    """One member's verdict on one check of one bid, handed in."""

    __tablename__ = "compliance_votes"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    check_id: str = Field(primary_key=True, max_length=40)
    seat: str = Field(primary_key=True, max_length=20)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    passed: bool
    reason: str
    voted_at: datetime = Field(sa_type=UtcTime)


class SheetRecord(SQLModel, table=True):
    """One member's sheet for one bid; nobody changes it once it is signed, unless it is re-opened."""

    __tablename__ = "sheets"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    seat: str = Field(primary_key=True, max_length=20)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    points: dict[str, str] = Field(sa_column=_json())
    version: int = 1
    saved_at: datetime = Field(sa_type=UtcTime)
    signed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RankingRecord(SQLModel, table=True):
    """The ranking of one lot with the case that gives it, as published."""

    __tablename__ = "rankings"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    case: dict[str, Any] = Field(sa_column=_json())
    case_digest: str = Field(max_length=64)
    body: dict[str, Any] = Field(sa_column=_json())
    digest: str = Field(max_length=64)
    ranked_at: datetime = Field(sa_type=UtcTime)


class ReportRecord(SQLModel, table=True):
    """One form of the evaluation report; its bytes are an object."""

    __tablename__ = "evaluation_reports"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    form: str = Field(primary_key=True, max_length=10)
    digest: bytes = Field(sa_type=Digest)
    size: int = Field(sa_type=BigInteger)
    made_at: datetime = Field(sa_type=UtcTime)
