"""Tables of the signatures under an evaluation report."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import Id, UtcTime


class ReportSigningRecord(SQLModel, table=True):
    """That a report lies open for signature, until when, and when that ended."""

    __tablename__ = "report_signings"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    report: str = Field(primary_key=True, max_length=64)
    """SHA-256 of the report's JSON"""
    opened_at: datetime = Field(sa_type=UtcTime)
    sign_until: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ReportSignatureRecord(SQLModel, table=True):
    """What one member decided about the report: sign, dissent with reasons, or refuse."""

    __tablename__ = "report_signatures"
    tender_id: str = Field(primary_key=True, sa_type=Id, foreign_key="tenders.id")
    report: str = Field(primary_key=True, max_length=64)
    seat: str = Field(primary_key=True, max_length=20)
    decision: str = Field(max_length=10)
    text: str
    person_id: str = Field(sa_type=Id, foreign_key="people.id")
    signed_at: datetime = Field(sa_type=UtcTime)
