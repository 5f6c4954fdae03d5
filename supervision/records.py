"""Tables of supervision: cards, complaints, ratings, clips, scores, bulletins, opinions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class CardRecord(SQLModel, table=True):
    """提示, 黄牌, 红牌: what a rule found once, and how far its life has come."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("rule", "subject_kind", "subject_id", "occurrence"),
        Index("ix_cards_list", "issued_at", "id"),
        Index("ix_cards_department", "department_id", "issued_on"),
    )
    id: str = Field(primary_key=True, sa_type=Id)
    rule: str = Field(max_length=10)
    severity: str = Field(max_length=10)
    rule_class: str = Field(max_length=20)
    family: str = Field(max_length=20)
    subject_kind: str = Field(max_length=20)
    subject_id: str = Field(max_length=40, index=True)
    subject_name: str = Field(default="", max_length=200)  # number of the case, reference of the tender
    occurrence: str = Field(max_length=100)
    department_id: str = Field(sa_type=Id)
    person_id: str | None = Field(default=None, sa_type=Id, index=True)
    window_id: str | None = Field(default=None, sa_type=Id, index=True)
    site_code: str = Field(default="", max_length=40, index=True)
    facts: dict[str, Any] = Field(sa_column=_json())
    state: str = Field(max_length=20, index=True)
    issued_at: datetime = Field(sa_type=UtcTime)
    issued_on: date
    reply_due: date | None = None
    answered_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CardEventRecord(SQLModel, table=True):
    """One move of a card."""

    __tablename__ = "card_events"
    card_id: str = Field(primary_key=True, sa_type=Id, foreign_key="cards.id")
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    move: str = Field(max_length=20)
    actor_id: str = Field(max_length=36)
    text: str = Field(default="", max_length=2000)
    at: datetime = Field(sa_type=UtcTime)


class AccountabilityRecord(SQLModel, table=True):
    """责任追究: who answers for a card or a complaint, how, from which day."""

    __tablename__ = "accountability"
    id: str = Field(primary_key=True, sa_type=Id)
    card_id: str | None = Field(default=None, sa_type=Id, index=True)
    complaint_id: str | None = Field(default=None, sa_type=Id, index=True)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    department_id: str = Field(sa_type=Id, index=True)
    kind: str = Field(max_length=20)
    decided_on: date
    note: str = Field(default="", max_length=1000)
    recorded_by: str = Field(sa_type=Id)
    recorded_at: datetime = Field(sa_type=UtcTime)


class ComplaintRecord(SQLModel, table=True):
    """A complaint about a case, a tender, a window, a department or a site; who complains is sealed."""

    __tablename__ = "complaints"
    __table_args__ = (Index("ix_complaints_list", "made_at", "id"),)
    id: str = Field(primary_key=True, sa_type=Id)
    number: str = Field(max_length=40, unique=True)
    code_hash: bytes = Field(sa_type=Digest)
    subject_kind: str = Field(max_length=20)
    subject_id: str = Field(max_length=40, index=True)
    subject_name: str = Field(default="", max_length=200)
    department_id: str | None = Field(default=None, sa_type=Id, index=True)
    window_id: str | None = Field(default=None, sa_type=Id)
    site_code: str = Field(default="", max_length=40, index=True)
    is_real_name: bool
    contact: bytes = b""  # name and telephone, sealed
    text: bytes = b""  # what happened, sealed
    happened_at: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str = Field(max_length=20, index=True)
    made_at: datetime = Field(sa_type=UtcTime)
    answer_due: date
    finding_due: date | None = None
    answered_on: date | None = None
    is_upheld: bool | None = None
    finding: str = Field(default="", max_length=2000)
    reply: str = Field(default="", max_length=2000)
    replied_on: date | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ComplaintEventRecord(SQLModel, table=True):
    """One move of a complaint."""

    __tablename__ = "complaint_events"
    complaint_id: str = Field(primary_key=True, sa_type=Id, foreign_key="complaints.id")
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    move: str = Field(max_length=20)
    actor_id: str = Field(max_length=36)
    text: str = Field(default="", max_length=2000)
    at: datetime = Field(sa_type=UtcTime)


class ClipRecord(SQLModel, table=True):
    """A camera's recording of a window: where it lies and what its bytes are; the bytes stay with the camera."""

    __tablename__ = "video_clips"
    id: str = Field(primary_key=True, sa_type=Id)
    window_id: str = Field(sa_type=Id, index=True)
    starts_at: datetime = Field(sa_type=UtcTime, index=True)
    ends_at: datetime = Field(sa_type=UtcTime)
    reference: str = Field(max_length=400)
    digest: str = Field(default="", max_length=64)
    recorded_at: datetime = Field(sa_type=UtcTime)


class RatingTokenRecord(SQLModel, table=True):
    """The right to rate one case once; only the hash of the token is kept."""

    __tablename__ = "rating_tokens"
    token_hash: bytes = Field(primary_key=True, sa_type=Digest)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", unique=True)
    made_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RatingRecord(SQLModel, table=True):
    """One rating of one case; nothing here says who gave it."""

    __tablename__ = "ratings"
    __table_args__ = (Index("ix_ratings_on", "rated_on"),)
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", unique=True)
    department_id: str = Field(sa_type=Id, index=True)
    window_id: str | None = Field(default=None, sa_type=Id, index=True)
    handler_id: str | None = Field(default=None, sa_type=Id, index=True)
    site_code: str = Field(default="", max_length=40)
    channel: str = Field(max_length=20)  # terminal, online
    level: int
    marks: dict[str, Any] = Field(sa_column=_json())  # by dimension, 1 to 5
    remark: str = Field(default="", max_length=1000)
    rated_at: datetime = Field(sa_type=UtcTime)
    rated_on: date


class ScoreRecord(SQLModel, table=True):
    """The score of a person, window or department in one period, with the counts that give it."""

    __tablename__ = "scores"
    period: str = Field(primary_key=True, max_length=10)  # 2026-11 or 2026Q4
    subject_kind: str = Field(primary_key=True, max_length=20)
    subject_id: str = Field(primary_key=True, sa_type=Id)
    weights_version: int
    counts: dict[str, Any] = Field(sa_column=_json())
    score: int
    grade: str = Field(max_length=10)
    made_at: datetime = Field(sa_type=UtcTime)


class BulletinRecord(SQLModel, table=True):
    """通报: one department's, or with no department the whole centre's, for one period."""

    __tablename__ = "bulletins"
    __table_args__ = (UniqueConstraint("period", "department_id"),)
    id: str = Field(primary_key=True, sa_type=Id)
    period: str = Field(max_length=10, index=True)
    department_id: str = Field(default="", max_length=36)
    body: dict[str, Any] = Field(sa_column=_json())
    pdf: bytes = Field(sa_type=Digest)
    made_at: datetime = Field(sa_type=UtcTime)


class OpinionRecord(SQLModel, table=True):
    """What a monitor (监督员) put into the opinion box, and the answer."""

    __tablename__ = "opinions"
    id: str = Field(primary_key=True, sa_type=Id)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    text: str = Field(max_length=2000)
    made_at: datetime = Field(sa_type=UtcTime, index=True)
    answer: str = Field(default="", max_length=2000)
    answered_by: str | None = Field(default=None, sa_type=Id)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


class MonthSumRecord(SQLModel, table=True):
    """What a past month adds to the figures of cases: one row for each version, department, site and window."""

    __tablename__ = "month_sums"
    id: int | None = Field(default=None, primary_key=True)
    base: str = Field(max_length=10)  # finished, received
    month: str = Field(max_length=7, index=True)
    formula: str = Field(max_length=16)  # digest of what was counted
    version_id: str = Field(sa_type=Id)
    department_id: str = Field(sa_type=Id)
    site_code: str = Field(max_length=40)
    window_id: str = Field(default="", max_length=36)
    days: int
    counts: list[int] = Field(sa_column=_json())
