"""Tables of openings that fail: what bidders hand in for their own envelopes, and who declared which failure."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, UtcTime


class OwnSecretRecord(SQLModel, table=True):
    """What a bidder handed in for the opening of an own envelope: the own part of its key, or its seed."""

    __tablename__ = "own_secrets"
    bid_id: str = Field(primary_key=True, sa_type=Id, foreign_key="bids.id")
    kind: str = Field(primary_key=True, max_length=32)
    what: str = Field(primary_key=True, max_length=10)
    secret: bytes = Field(sa_type=Digest)
    given_by: str = Field(sa_type=Id, foreign_key="people.id")
    given_at: datetime = Field(sa_type=UtcTime)


class OpeningFailureRecord(SQLModel, table=True):
    """A failure of the opening: of all bids that wait or of one; noticed by the platform, or declared by two people."""

    __tablename__ = "opening_failures"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    bid_id: str | None = Field(default=None, sa_type=Id, foreign_key="bids.id")
    moment: str = Field(max_length=20)
    failing: str = Field(max_length=20)
    reason: str
    declared_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    declared_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    until: datetime | None = Field(default=None, sa_type=UtcTime)
    """the last moment at which it can be mended; none before it is confirmed"""
