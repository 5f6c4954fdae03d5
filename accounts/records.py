"""Tables of people, organisations, duties, sessions and tokens."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


class OrganisationRecord(SQLModel, table=True):
    """A tenderer, agency, bidder, supervising body or expert's employer."""

    __tablename__ = "organisations"
    id: str = Field(primary_key=True, sa_type=Id)
    name: str = Field(max_length=300, unique=True)
    number: str | None = Field(default=None, max_length=32)
    """registered number, such as the unified social credit code; certificates must name it"""
    created_at: datetime = Field(sa_type=UtcTime)


class SigningKeyRecord(SQLModel, table=True):
    """An Ed25519 public key that an organisation signs its bids with."""

    __tablename__ = "signing_keys"
    fingerprint: str = Field(primary_key=True, max_length=64)
    organisation_id: str = Field(sa_type=Id, foreign_key="organisations.id", index=True)
    public: bytes = Field(sa_type=Digest)
    added_by: str = Field(sa_type=Id, foreign_key="people.id")
    added_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PublishedProgramRecord(SQLModel, table=True):
    """A program that people run on their own machines, as its hash was put into the log."""

    __tablename__ = "published_programs"
    name: str = Field(primary_key=True, max_length=100)
    sha256: str = Field(primary_key=True, max_length=64)
    log_index: int
    at: datetime = Field(sa_type=UtcTime)


class PersonRecord(SQLModel, table=True):
    """Somebody who signs in."""

    __tablename__ = "people"
    id: str = Field(primary_key=True, sa_type=Id)
    organisation_id: str = Field(sa_type=Id, foreign_key="organisations.id", index=True)
    name: str = Field(max_length=200)
    sign_in: str = Field(max_length=40, unique=True)
    password_hash: str = Field(max_length=200)
    is_active: bool = True
    created_at: datetime = Field(sa_type=UtcTime)


class DutyRecord(SQLModel, table=True):
    """One duty of one person."""

    __tablename__ = "duties"
    person_id: str = Field(primary_key=True, sa_type=Id, foreign_key="people.id")
    duty: str = Field(primary_key=True, max_length=30)
    granted_at: datetime = Field(sa_type=UtcTime)


class ContactRecord(SQLModel, table=True):
    """How a person wants to be reached, sealed under the platform's key for people's data."""

    __tablename__ = "person_contacts"
    person_id: str = Field(primary_key=True, sa_type=Id, foreign_key="people.id")
    sealed: bytes
    set_at: datetime = Field(sa_type=UtcTime)


class SessionRecord(SQLModel, table=True):
    """A signed-in browser; the cookie's secret is kept as its hash."""

    __tablename__ = "sessions"
    secret_hash: bytes = Field(primary_key=True, sa_type=Digest)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    expires_at: datetime = Field(sa_type=UtcTime)
    stepped_up_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TokenRecord(SQLModel, table=True):
    """A program's token; only its hash is kept."""

    __tablename__ = "tokens"
    secret_hash: bytes = Field(primary_key=True, sa_type=Digest)
    id: str = Field(sa_type=Id, unique=True)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    label: str = Field(max_length=100)
    scopes: list[str] = Field(sa_column=Column(JsonText, nullable=False))
    expires_at: datetime = Field(sa_type=UtcTime)
    stepped_up_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PasskeyRecord(SQLModel, table=True):
    """The public half of a passkey, and how often its authenticator says that it was used."""

    __tablename__ = "passkeys"
    id: str = Field(primary_key=True, sa_type=Id)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    name: str = Field(max_length=100)
    credential_hash: bytes = Field(sa_type=Digest, unique=True)
    credential_id: bytes
    public_key: bytes
    sign_count: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PasskeyChallengeRecord(SQLModel, table=True):
    """A challenge that one browser may have signed once; a newer one for the same purpose takes its place."""

    __tablename__ = "passkey_challenges"
    bound_to: bytes = Field(primary_key=True, sa_type=Digest)
    purpose: str = Field(primary_key=True, max_length=20)
    challenge: bytes = Field(sa_type=Digest)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class FailedSignInRecord(SQLModel, table=True):
    """A failed sign-in, kept to slow down guessing."""

    __tablename__ = "failed_sign_ins"
    id: int | None = Field(default=None, primary_key=True)
    sign_in: str = Field(max_length=40, index=True)
    at: datetime = Field(sa_type=UtcTime)


class IdempotencyRecord(SQLModel, table=True):
    """The answer that a creating request got, so that its repetition gets the same one."""

    __tablename__ = "idempotency_keys"
    person_id: str = Field(primary_key=True, sa_type=Id)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: bytes = Field(sa_type=Digest)
    answer: str
    at: datetime = Field(sa_type=UtcTime)
