"""Tables of the blind step (暗标): the labels of a lot, the plain parts, and the members' points under a label."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


class BlindLotRecord(SQLModel, table=True):
    """The labels of one lot; who has which is sealed until the reveal."""

    __tablename__ = "blind_lots"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    labels: int
    commitment: str = Field(max_length=64)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    prepared_at: datetime = Field(sa_type=UtcTime)
    seed: str | None = Field(default=None, max_length=64)
    revealed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BlindPartRecord(SQLModel, table=True):
    """One plain technical part: of a bid until all are read, under a label after that, of a bid again when revealed."""

    __tablename__ = "blind_parts"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    lot_id: str = Field(sa_type=Id, foreign_key="lots.id", index=True)
    label: int | None = None
    bid_id: str | None = Field(default=None, sa_type=Id, foreign_key="bids.id", index=True)
    digest: bytes = Field(sa_type=Digest)
    size: int = Field(sa_type=BigInteger)
    body: dict[str, Any] = Field(sa_column=Column(JsonText, nullable=False))


class BlindSheetRecord(SQLModel, table=True):
    """One member's points for one label; nobody changes them once signed."""

    __tablename__ = "blind_sheets"
    lot_id: str = Field(primary_key=True, sa_type=Id, foreign_key="lots.id")
    label: int = Field(primary_key=True)
    seat: str = Field(primary_key=True, max_length=20)
    points: dict[str, str] = Field(sa_column=Column(JsonText, nullable=False))
    version: int = 1
    saved_at: datetime = Field(sa_type=UtcTime)
    signed_at: datetime | None = Field(default=None, sa_type=UtcTime)
