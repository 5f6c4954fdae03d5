"""Tables of draws of experts and of the panels they make."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class DrawRecord(SQLModel, table=True):
    """One draw: its frozen request, the sealed table behind it, and its result."""

    __tablename__ = "draws"
    __table_args__ = (UniqueConstraint("tender_id", "round", name="draws_tender_id_round_key"),)
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id")
    round: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """further rounds fill seats for which no reserve was left; they share the first one's leaves"""
    number: int = Field(unique=True)
    groups: list[dict[str, Any]] = Field(sa_column=_json())
    request: dict[str, Any] = Field(sa_column=_json())
    request_hash: bytes = Field(sa_type=Digest)
    rows: list[str] = Field(default_factory=list, sa_column=_json())
    """the lines of the table, written open with the ranking; before that empty where the draw is sealed"""
    leaf_key: bytes = Field(default=b"", sa_type=Digest)
    """empty where the draw is sealed; older draws lie open"""
    experts: dict[str, list[str]] = Field(default_factory=dict, sa_column=_json())
    sealed: bytes | None = None
    """rows, key of the leaves and whose leaf is whose, under the caller's key (expert_pool.queries.sealed)"""
    opened_by: str = Field(sa_type=Id, foreign_key="people.id")
    opened_at: datetime = Field(sa_type=UtcTime)
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    drawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reveal_minutes: int = Field(default=60, sa_column_kwargs={"server_default": "60"})
    """how long each party may take to reveal once it is its turn"""
    restart_of: str = Field(default="", max_length=36, sa_column_kwargs={"server_default": ""})
    """the voided draw in whose place this one was asked for"""
    countersigned_by: str | None = Field(default=None, sa_type=Id)
    countersigned_at: datetime | None = Field(default=None, sa_type=UtcTime)
    late_value: str | None = Field(default=None, max_length=400)
    nonces: list[str] | None = Field(default=None, sa_column=Column(JsonText))
    """the salt and the bidders' nonces whose hash the request holds, in hex"""
    void_reason: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
    """why the office wants it voided; the supervisor has not agreed yet"""
    void_asked_by: str | None = Field(default=None, sa_type=Id)
    void_asked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DrawNonceRecord(SQLModel, table=True):
    """What a bidder wants to go into the seed of its tender's draw; the last one counts."""

    __tablename__ = "draw_nonces"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    bidder_id: str = Field(primary_key=True, sa_type=Id, foreign_key="organisations.id")
    nonce: bytes = Field(sa_type=Digest)
    given_by: str = Field(sa_type=Id, foreign_key="people.id")
    given_at: datetime = Field(sa_type=UtcTime)


class DrawPartyRecord(SQLModel, table=True):
    """What one party did in a draw."""

    __tablename__ = "draw_parties"
    draw_id: str = Field(primary_key=True, sa_type=Id, foreign_key="draws.id")
    party: str = Field(primary_key=True, max_length=20)
    position: int
    commitment: bytes | None = Field(default=None, sa_type=Digest)
    committed_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    committed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    secret: bytes | None = Field(default=None, sa_type=Digest)
    revealed_by: str | None = Field(default=None, sa_type=Id, foreign_key="people.id")
    revealed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    is_rescued: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """the secret was rebuilt from the shares of two others"""
    is_false: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """the shares of this party give another secret than it committed to"""
    key: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """the public half of the party's draw key, fixed with the commitment"""
    chain_head: bytes | None = Field(default=None, sa_type=Digest)
    """where the secret must be the next value of a chain: the value before it"""
    chain_index: int | None = None
    """the place in the log where that chain's head was registered"""
    dealing: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    """the signed statement with the shares of its secret"""
    dealt_at: datetime | None = Field(default=None, sa_type=UtcTime)
    receipt: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonText))
    received_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DrawShareRecord(SQLModel, table=True):
    """A share that a party brought back because its dealer stayed silent."""

    __tablename__ = "draw_shares"
    draw_id: str = Field(primary_key=True, sa_type=Id, foreign_key="draws.id")
    dealer: str = Field(primary_key=True, max_length=20)
    party: str = Field(primary_key=True, max_length=20)
    share: bytes
    is_good: bool
    given_by: str = Field(sa_type=Id, foreign_key="people.id")
    given_at: datetime = Field(sa_type=UtcTime)


class DrawKeyRecord(SQLModel, table=True):
    """The public half of a person's draw key; the last one registered counts."""

    __tablename__ = "draw_keys"
    person_id: str = Field(primary_key=True, sa_type=Id, foreign_key="people.id")
    public: dict[str, Any] = Field(sa_column=_json())
    registered_at: datetime = Field(sa_type=UtcTime)


class DrawChainRecord(SQLModel, table=True):
    """The head of a person's hash chain; each reveal moves it on by one value."""

    __tablename__ = "draw_chains"
    person_id: str = Field(primary_key=True, sa_type=Id, foreign_key="people.id")
    head: bytes = Field(sa_type=Digest)
    registered_at: datetime = Field(sa_type=UtcTime)
    log_index: int | None = None


class VoidedDrawRecord(SQLModel, table=True):
    """A draw that could not go on, put aside whole: its request, and what each party had done."""

    __tablename__ = "voided_draws"
    id: str = Field(primary_key=True, sa_type=Id)
    tender_id: str = Field(sa_type=Id, foreign_key="tenders.id", index=True)
    round: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    number: int = Field(unique=True)
    body: dict[str, Any] = Field(sa_column=_json())
    reason: str = Field(max_length=2000)
    asked_by: str = Field(sa_type=Id, foreign_key="people.id")
    asked_at: datetime = Field(sa_type=UtcTime)
    voided_by: str = Field(sa_type=Id, foreign_key="people.id")
    voided_at: datetime = Field(sa_type=UtcTime)


class PanelSeatRecord(SQLModel, table=True):
    """One seat of a panel and the expert who was drawn for it."""

    __tablename__ = "panel_seats"
    __table_args__ = (UniqueConstraint("tender_id", "expert_id"),)
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    seat: str = Field(primary_key=True, max_length=20)
    seat_group: str = Field(max_length=40)
    leaf: str = Field(max_length=64)
    expert_id: str | None = Field(default=None, sa_type=Id, foreign_key="experts.id", index=True)
    """written at the disclosure; before that only the caller's key opens who sits here"""
    sealed: bytes | None = None
    replaced_by: str | None = Field(default=None, max_length=20)
    """The seat that the next reserve took instead; who sat here works no more on this panel."""
    vacated_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """when it was left with no reserve to take it; a further round fills it"""
