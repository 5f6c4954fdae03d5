"""Tables of cases: where each stands, its events, stops, papers, letters and hand-overs.

Red and yellow are not states but cards; a stopped clock is not a state but an open stop.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, JsonText, UtcTime


def _json() -> Any:
    return Column(JsonText, nullable=False)


class CaseRecord(SQLModel, table=True):
    """One case as it stands; its events tell how it came there."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_department_list", "department_id", "received_at"),
        Index("ix_cases_list", "received_at", "id"),
        Index("ix_cases_due", "state", "promise_due"),
        Index("ix_cases_check", "next_check"),
        Index(
            "ix_cases_figures",  # holds all that the figures of a period read, so that they never read the rows
            "done_on",
            "state",
            "mode",
            "decided_on",
            "promise_due",
            "statutory_due",
            "was_decided_at_window",
            "channel",
            "visits",
            "version_id",
            "used_days",
        ),
        Index("ix_cases_received", "received_on", "done_on"),
        Index("ix_cases_checked", "sequence", "checked_sequence"),
    )
    id: str = Field(primary_key=True, sa_type=Id)
    number: str = Field(max_length=40, unique=True)
    item_id: str = Field(sa_type=Id, foreign_key="items.id", index=True)
    item_code: str = Field(max_length=40)
    version_id: str = Field(sa_type=Id, foreign_key="item_versions.id")
    department_id: str = Field(sa_type=Id, foreign_key="departments.id")
    site_code: str = Field(max_length=40, index=True)
    parent_id: str | None = Field(default=None, sa_type=Id, index=True)
    project_id: str | None = Field(default=None, sa_type=Id, index=True)
    mode: str = Field(max_length=20)
    channel: str = Field(max_length=20)  # window, online, site
    online_mode: str = Field(default="", max_length=20)
    service_mode: str = Field(default="", max_length=20)
    is_green: bool = False
    custom_days: int | None = None  # 一事一议: a limit decided for this case, with its minutes
    applicant_id: str | None = Field(default=None, sa_type=Id, index=True)
    applicant_key: bytes | None = Field(
        default=None, sa_type=Digest, index=True
    )  # keyed hash of the identity number
    applicant: bytes = b""  # name, identity number, telephone: sealed with the platform's own key
    code_hash: bytes | None = Field(default=None, sa_type=Digest)  # of the query code on the slip
    state: str = Field(max_length=20)
    step: int = 0
    step_since: date | None = None
    step_due: date | None = None
    received_at: datetime | None = Field(default=None, sa_type=UtcTime)
    received_on: date | None = None
    answer_due: date | None = None  # accept, refuse or tell what is missing by then
    accepted_on: date | None = None
    is_deemed: bool = False  # accepted because nobody answered in time
    promise_due: date | None = None
    statutory_due: date | None = None
    is_provisional: bool = False
    extended_days: int = 0
    is_stopped: bool = False
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_on: date | None = Field(default=None, index=True)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    done_on: date | None = Field(default=None, index=True)
    outcome: str = Field(default="", max_length=20)  # granted, refused, answered, withdrawn, ended
    has_passed_by_default: bool = False
    was_decided_at_window: bool = False
    window_id: str | None = Field(default=None, sa_type=Id, index=True)
    handler_id: str | None = Field(default=None, sa_type=Id, index=True)
    bill_id: str | None = Field(default=None, sa_type=Id, index=True)
    visits: int = 0
    used_days: int = 0  # working days from acceptance to the end, stops left out
    next_check: datetime | None = Field(default=None, sa_type=UtcTime)
    sequence: int = 0
    checked_sequence: int = 0  # of the last event that supervision has looked at
    head: bytes = Field(default=b"", sa_type=Digest)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    is_public: bool = True


class CaseEventRecord(SQLModel, table=True):
    """One event of a case, chained to the one before it and recorded in the shared log."""

    __tablename__ = "case_events"
    __table_args__ = (
        Index(
            "ix_case_events_corrections",
            "happened_on",
            sqlite_where=text("action = 'correct'"),
            postgresql_where=text("action = 'correct'"),
        ),
    )
    case_id: str = Field(primary_key=True, sa_type=Id)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime, index=True)
    happened_on: date
    action: str = Field(max_length=30)
    actor_id: str = Field(max_length=36)
    role: str = Field(max_length=20)
    from_state: str = Field(max_length=20)
    to_state: str = Field(max_length=20)
    data: dict[str, Any] = Field(sa_column=_json())
    hash: bytes = Field(sa_type=Digest)
    log_index: int | None = None


class StopRecord(SQLModel, table=True):
    """停表: one lawful stop of a case's clock."""

    __tablename__ = "case_stops"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", index=True)
    kind: str = Field(max_length=30)
    planned_days: int
    started_on: date
    ended_on: date | None = None
    refers_to: str = Field(default="", max_length=200)  # the tender, the draw, the laboratory


class CaseMaterialRecord(SQLModel, table=True):
    """One paper of a case; its bytes are stored once however many cases need them."""

    __tablename__ = "case_materials"
    __table_args__ = (UniqueConstraint("case_id", "code"),)
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", index=True)
    code: str = Field(max_length=40)
    status: str = Field(max_length=20)  # provided, shown, shared, committed, wrong
    remark: str = Field(default="", max_length=400)
    name: str = Field(default="", max_length=200)
    media_type: str = Field(default="", max_length=100)
    digest: bytes | None = Field(default=None, sa_type=Digest)
    size: int = Field(default=0, sa_type=BigInteger)
    trust: str = Field(default="C", max_length=1)
    provided_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CommitmentRecord(SQLModel, table=True):
    """容缺承诺 or 告知承诺: what the applicant signed to bring or to be, and until when."""

    __tablename__ = "commitments"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", index=True)
    kind: str = Field(max_length=20)  # material, pledge
    codes: list[str] = Field(sa_column=_json())
    due_on: date | None = None
    before_event: str = Field(default="", max_length=100)
    signed_at: datetime = Field(sa_type=UtcTime)
    met_on: date | None = None
    failed_on: date | None = None
    checked_on: date | None = None  # 事中事后核查 of a pledge
    check_result: str = Field(default="", max_length=400)


class LetterRecord(SQLModel, table=True):
    """One PDF paper of a case: made by a job after the act that it records."""

    __tablename__ = "case_letters"
    __table_args__ = (UniqueConstraint("case_id", "kind", "sequence"),)
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, foreign_key="cases.id", index=True)
    kind: str = Field(max_length=30)
    sequence: int  # of the event that it tells of
    digest: bytes = Field(sa_type=Digest)
    size: int
    made_at: datetime = Field(sa_type=UtcTime)
    seal_id: str | None = Field(default=None, sa_type=Id)


class ContactRecord(SQLModel, table=True):
    """首问记录: whom somebody came to first, and how that ended."""

    __tablename__ = "contacts"
    id: str = Field(primary_key=True, sa_type=Id)
    site_code: str = Field(max_length=40, index=True)
    window_id: str | None = Field(default=None, sa_type=Id)
    owner_id: str = Field(sa_type=Id, index=True)
    service_mode: str = Field(max_length=20)
    subject: str = Field(max_length=400)
    case_id: str | None = Field(default=None, sa_type=Id, index=True)
    opened_at: datetime = Field(sa_type=UtcTime)
    ending: str = Field(default="", max_length=20)  # done, explained, handed_over
    explanation: str = Field(default="", max_length=1000)
    to_window_id: str | None = Field(default=None, sa_type=Id)
    confirmed_by: str | None = Field(default=None, sa_type=Id)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TaskRecord(SQLModel, table=True):
    """Something somebody has to do about a case, apart from its steps: a default paper, a check, a call-back."""

    __tablename__ = "case_tasks"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str | None = Field(default=None, sa_type=Id, index=True)
    kind: str = Field(max_length=30, index=True)
    department_id: str = Field(sa_type=Id, index=True)
    person_id: str | None = Field(default=None, sa_type=Id)
    made_at: datetime = Field(sa_type=UtcTime)
    due_on: date | None = None
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    taken_by: str | None = Field(default=None, sa_type=Id)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    result: str = Field(default="", max_length=1000)


class CaseMeetingRecord(SQLModel, table=True):
    """联合会审, hearing, 一事一议: who was called, who came, what each said."""

    __tablename__ = "case_meetings"
    id: str = Field(primary_key=True, sa_type=Id)
    parent_id: str | None = Field(default=None, sa_type=Id, index=True)
    case_ids: list[str] = Field(sa_column=_json())
    kind: str = Field(max_length=20)  # joint_review, joint_advice, hearing, special
    held_on: date
    called: list[str] = Field(sa_column=_json())  # departments
    opinions: dict[str, Any] = Field(sa_column=_json())  # by department: came, opinion
    chair_id: str = Field(sa_type=Id)
    minutes: str = Field(default="", max_length=4000)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class HopRecord(SQLModel, table=True):
    """One hand-over between windows, sites or levels, with its receipt."""

    __tablename__ = "case_hops"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, index=True)
    what: str = Field(max_length=20)  # papers, certificate
    from_code: str = Field(max_length=40)
    to_code: str = Field(max_length=40)
    sent_by: str = Field(sa_type=Id)
    sent_at: datetime = Field(sa_type=UtcTime)
    received_by: str | None = Field(default=None, sa_type=Id)
    received_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ProjectRecord(SQLModel, table=True):
    """并联 parent or 代办 project: several cases of one applicant under one lead."""

    __tablename__ = "projects"
    id: str = Field(primary_key=True, sa_type=Id)
    number: str = Field(max_length=40, unique=True)
    template: str = Field(default="", max_length=40)
    title: str = Field(max_length=200)
    site_code: str = Field(max_length=40, index=True)
    lead_department_id: str = Field(sa_type=Id, index=True)
    agent_id: str | None = Field(default=None, sa_type=Id, index=True)  # 代办员
    investment_fen: int = Field(default=0, sa_type=BigInteger)
    applicant_id: str | None = Field(default=None, sa_type=Id, index=True)
    applicant: bytes = b""
    code_hash: bytes | None = Field(default=None, sa_type=Digest)
    stage: str = Field(default="approval", max_length=20)  # advice, pre_check, approval
    state: str = Field(max_length=20)  # gathering, running, joined, delivered, ended
    is_green: bool = False
    limit_days: int = 45
    started_on: date | None = None
    due: date | None = None
    joined_at: datetime | None = Field(default=None, sa_type=UtcTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=_json())


class CreditRecord(SQLModel, table=True):
    """失信记录: a commitment that an applicant did not keep, until repaired."""

    __tablename__ = "credit_flags"
    id: str = Field(primary_key=True, sa_type=Id)
    applicant_key: bytes = Field(sa_type=Digest, index=True)
    case_id: str = Field(sa_type=Id)
    flagged_at: datetime = Field(sa_type=UtcTime)
    repaired_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AttemptRecord(SQLModel, table=True):
    """An act that a rule refused: kept, since some attempts raise a card."""

    __tablename__ = "refused_attempts"
    id: str = Field(primary_key=True, sa_type=Id)
    case_id: str = Field(sa_type=Id, index=True)
    act: str = Field(max_length=30)
    code: str = Field(max_length=60)
    why: str = Field(max_length=400)
    tried_by: str = Field(max_length=36)
    at: datetime = Field(sa_type=UtcTime)


class TicketRecord(SQLModel, table=True):
    """排队号 or 预约: a place in the queue of a window; it keeps its number when it is handed on."""

    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("hall_code", "day", "number"),)
    id: str = Field(primary_key=True, sa_type=Id)
    hall_code: str = Field(max_length=40)
    day: date
    number: str = Field(max_length=20)
    item_code: str = Field(default="", max_length=40)
    window_id: str | None = Field(default=None, sa_type=Id, index=True)
    is_booking: bool = False
    slot: datetime | None = Field(default=None, sa_type=UtcTime)
    telephone: bytes = b""  # sealed; for the message that it is one's turn
    state: str = Field(max_length=20)  # waiting, called, served, missed
    taken_at: datetime = Field(sa_type=UtcTime)
    called_at: datetime | None = Field(default=None, sa_type=UtcTime)
    served_by: str | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SignOffRecord(SQLModel, table=True):
    """The end of a day at a window: nothing instant left open, or the reason and the minutes of overtime."""

    __tablename__ = "sign_offs"
    person_id: str = Field(primary_key=True, sa_type=Id)
    day: date = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    open_cases: int
    overtime_minutes: int
    reason: str = Field(default="", max_length=400)


class PaperRecord(SQLModel, table=True):
    """One PDF of a project, a bill, a meeting or a contact."""

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("owner_id", "kind"),)
    id: str = Field(primary_key=True, sa_type=Id)
    owner_id: str = Field(sa_type=Id, index=True)
    kind: str = Field(max_length=30)
    digest: bytes = Field(sa_type=Digest)
    size: int
    made_at: datetime = Field(sa_type=UtcTime)


class MessageRecord(SQLModel, table=True):
    """A short message to an applicant: that it was sent, never to whom."""

    __tablename__ = "messages"
    id: str = Field(primary_key=True, sa_type=Id)
    owner_id: str = Field(sa_type=Id, index=True)  # the case or project
    sequence: int
    sent_at: datetime = Field(sa_type=UtcTime)
    receipt: str = Field(default="", max_length=200)


class TouchedMonthRecord(SQLModel, table=True):
    """A past month in which a case has changed, so that sums kept of it do not hold any more."""

    __tablename__ = "touched_months"
    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(max_length=7)
