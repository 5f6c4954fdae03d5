"""Tables of bills and payments: one bill for one case or one project, paid once."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


class BillRecord(SQLModel, table=True):
    """一表制缴费单: lines from the fee schedules, their exact total in fen."""

    __tablename__ = "bills"
    id: str = Field(primary_key=True, sa_type=Id)
    number: str = Field(max_length=40, unique=True)
    case_id: str | None = Field(default=None, sa_type=Id, index=True)
    project_id: str | None = Field(default=None, sa_type=Id, index=True)
    lines: list[dict[str, Any]] = Field(sa_column=Column(JsonText, nullable=False))
    total_fen: int = Field(sa_type=BigInteger)
    issued_by: str = Field(sa_type=Id)
    issued_at: datetime = Field(sa_type=UtcTime, index=True)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PaymentRecord(SQLModel, table=True):
    """A payment as the bank or the fee window told it; its reference is told once."""

    __tablename__ = "payments"
    __table_args__ = (UniqueConstraint("channel", "reference"),)
    id: str = Field(primary_key=True, sa_type=Id)
    bill_id: str = Field(sa_type=Id, foreign_key="bills.id", unique=True)
    channel: str = Field(max_length=20)  # bank, cashier
    reference: str = Field(max_length=100)
    amount_fen: int = Field(sa_type=BigInteger)
    paid_at: datetime = Field(sa_type=UtcTime, index=True)
    recorded_by: str = Field(max_length=36)


class FeeAttemptRecord(SQLModel, table=True):
    """A charge that the schedule refused; a rule raises a red card for it."""

    __tablename__ = "fee_attempts"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, index=True)
    fee_code: str = Field(max_length=40)
    amount_fen: int = Field(sa_type=BigInteger)
    why: str = Field(max_length=30)  # unlisted, over_standard, free_item
    tried_by: str = Field(sa_type=Id)
    at: datetime = Field(sa_type=UtcTime)
