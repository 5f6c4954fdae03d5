"""Tables of the exchange with other networks."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, UtcTime


class PeerRecord(SQLModel, table=True):
    """Another network: its keys, and how far each direction has come."""

    __tablename__ = "exchange_peers"
    name: str = Field(primary_key=True, max_length=60)
    sign_public: bytes = Field(sa_type=Digest)
    seal_public: bytes
    department_id: str | None = Field(
        default=None, sa_type=Id
    )  # whose cases it may report; None: any of its site
    site_code: str = Field(default="", max_length=40)
    is_one_way: bool = False  # it sends and never receives
    added_at: datetime = Field(sa_type=UtcTime)
    sent_number: int = 0
    sent_digest: str = Field(default="0" * 64, max_length=64)
    received_number: int = 0
    received_digest: str = Field(default="0" * 64, max_length=64)


class BundleRecord(SQLModel, table=True):
    """One bundle that went out or came in, with its receipt."""

    __tablename__ = "exchange_bundles"
    __table_args__ = (UniqueConstraint("peer", "direction", "number"),)
    id: str = Field(primary_key=True, sa_type=Id)
    peer: str = Field(max_length=60, foreign_key="exchange_peers.name", index=True)
    direction: str = Field(max_length=10)  # sent, received
    number: int
    body: bytes
    receipt: bytes = b""
    at: datetime = Field(sa_type=UtcTime)
    receipted_at: datetime | None = Field(default=None, sa_type=UtcTime)
