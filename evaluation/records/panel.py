"""Tables of the panel itself: its chair, steps that were re-opened, members who left, dissent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class ElectionRoundRecord(SQLModel, table=True):
    """One round of electing the chair: who could be chosen, and how it ended (open, next, elected, void)."""

    __tablename__ = "chair_rounds"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    candidates: list[str] = Field(sa_column=_json())
    state: str = Field(max_length=10)
    elected: str | None = Field(default=None, max_length=20)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ChairVoteRecord(SQLModel, table=True):
    """One member's vote in one round."""

    __tablename__ = "chair_votes"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seat: str = Field(primary_key=True, max_length=20)
    choice: str = Field(max_length=20)
    cast_at: datetime = Field(sa_type=UtcTime)


class ReopeningRecord(SQLModel, table=True):
    """A step that was opened again, with its written reason: verdicts of a lot, or one member's sheet."""

    __tablename__ = "reopenings"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id")
    step: str = Field(max_length=20)
    bid_id: str | None = Field(default=None, sa_type=Id, foreign_key="bids.id")
    seat: str | None = Field(default=None, max_length=20)
    reason: str
    ordered_by: str = Field(max_length=20)
    """The chair's seat, or `supervisor`."""
    person_id: str = Field(sa_type=Id, foreign_key="people.id")
    at: datetime = Field(sa_type=UtcTime)


class EarlierWorkRecord(SQLModel, table=True):
    """What stood before a step was re-opened or a member was replaced: kept whole, counted no more."""

    __tablename__ = "earlier_work"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str | None = Field(default=None, sa_type=Id, foreign_key="lots.id")
    bid_id: str | None = Field(default=None, sa_type=Id, foreign_key="bids.id")
    seat: str | None = Field(default=None, max_length=20)
    kind: str = Field(max_length=20)
    """votes, sheet, ranking or report"""
    body: Any = Field(sa_column=_json())
    digest: str = Field(max_length=64)
    """as it stands in the log; of a draft, of what was saved last"""
    final_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """when it was handed in, signed or made; empty for a draft"""
    cause: str = Field(max_length=20)
    """reopened or replaced"""
    cause_id: str = Field(sa_type=Id, index=True)
    ended_at: datetime = Field(sa_type=UtcTime)


class AbsenceRecord(SQLModel, table=True):
    """A member who cannot go on: recorded by the office, confirmed or refused by the supervisor."""

    __tablename__ = "panel_absences"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    seat: str = Field(max_length=20)
    cause: str = Field(max_length=20)
    reason: str
    recorded_by: str = Field(sa_type=Id, foreign_key="people.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    state: str = Field(max_length=20)
    """open, confirmed or refused"""
    settled_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    refusal: str = ""
    replacement: str | None = Field(default=None, max_length=20)


class DissentRecord(SQLModel, table=True):
    """A member's written dissent from the result."""

    __tablename__ = "dissents"
    __table_args__ = (UniqueConstraint("tender_id", "seat"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id")
    seat: str = Field(max_length=20)
    text: str
    written_at: datetime = Field(sa_type=UtcTime)


class PriceReviewRecord(SQLModel, table=True):
    """That the chair has nothing left to ask about prices that were opened after the scores."""

    __tablename__ = "price_reviews"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    seat: str = Field(max_length=20)
    at: datetime = Field(sa_type=UtcTime)
