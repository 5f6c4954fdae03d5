"""Tables of the calendar: the days that notices change, and each import of a notice. The national table is a file."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from storage.columns import Digest, Id, UtcTime


class CalendarImportRecord(SQLModel, table=True):
    """One notice as the centre office brought it in; rows are only added."""

    __tablename__ = "calendar_imports"
    id: str = Field(primary_key=True, sa_type=Id)
    notice_no: str = Field(max_length=100)
    digest: bytes = Field(sa_type=Digest)  # of the notice number and its days
    imported_by: str = Field(sa_type=Id, foreign_key="people.id")
    imported_at: datetime = Field(sa_type=UtcTime, index=True)


class CalendarDayRecord(SQLModel, table=True):
    """One day as the latest notice about it orders."""

    __tablename__ = "calendar_days"
    day: date = Field(primary_key=True)
    is_working: bool
    notice_no: str = Field(max_length=100)
    import_id: str = Field(sa_type=Id, foreign_key="calendar_imports.id")
