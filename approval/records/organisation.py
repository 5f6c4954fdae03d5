"""Tables of the centre: sites, departments, halls, windows, posts, who is there, who may decide."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Id, JsonText, UtcTime


def _texts() -> Any:
    return Column(JsonText, nullable=False)


class SiteRecord(SQLModel, table=True):
    """One site of the four-level network."""

    __tablename__ = "sites"
    code: str = Field(primary_key=True, max_length=40)
    parent_code: str | None = Field(default=None, max_length=40, index=True)
    level: str = Field(max_length=10, index=True)  # city, county, town, village
    name: str = Field(max_length=200)
    has_centre: bool = True  # a centre, a service station or a service room is set up
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=_texts())  # 六有, 四公开, area, telephone


class DepartmentRecord(SQLModel, table=True):
    """A department; its id is that of its organisation."""

    __tablename__ = "departments"
    id: str = Field(primary_key=True, sa_type=Id, foreign_key="organisations.id")
    code: str = Field(max_length=40, unique=True)
    site_code: str = Field(max_length=40, index=True)
    has_approval_power: bool = True
    office_kind: str = Field(
        default="", max_length=20
    )  # separate, joint, main_named, added_name; empty: none
    system_kind: str = Field(default="platform", max_length=20)  # platform, own_network, no_business
    unit_kind: str = Field(default="licensing", max_length=20)  # licensing, public_service, centre
    office_head_id: str | None = Field(default=None, sa_type=Id)


class HallRecord(SQLModel, table=True):
    """A hall, or a branch hall under the same rules."""

    __tablename__ = "halls"
    code: str = Field(primary_key=True, max_length=40)
    site_code: str = Field(max_length=40, index=True)
    name: str = Field(max_length=200)
    is_branch: bool = False


class WindowRecord(SQLModel, table=True):
    """A window: where it stands, for which departments it receives."""

    __tablename__ = "windows"
    __table_args__ = (UniqueConstraint("hall_code", "number"),)
    id: str = Field(primary_key=True, sa_type=Id)
    hall_code: str = Field(max_length=40, foreign_key="halls.code", index=True)
    number: str = Field(max_length=20)
    name: str = Field(max_length=200)
    floor: int = 1
    zone: str = Field(default="", max_length=100)
    kind: str = Field(default="department", max_length=20)  # department, general, lead, cashier, rating
    department_ids: list[str] = Field(default_factory=list, sa_column=_texts())
    archive_box: str = Field(default="", max_length=100)


class PostRecord(SQLModel, table=True):
    """A post with its A and its B person (AB角)."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("department_id", "code"),)
    id: str = Field(primary_key=True, sa_type=Id)
    department_id: str = Field(sa_type=Id, foreign_key="departments.id", index=True)
    code: str = Field(max_length=40)
    title: dict[str, str] = Field(default_factory=dict, sa_column=_texts())
    window_id: str | None = Field(default=None, sa_type=Id)
    a_person_id: str | None = Field(default=None, sa_type=Id)
    b_person_id: str | None = Field(default=None, sa_type=Id)
    commitment_digest: str = Field(default="", max_length=64)  # 廉政承诺书: the PDF of the post's risk points


class AbsenceRecord(SQLModel, table=True):
    """A working day on which somebody is away."""

    __tablename__ = "absences"
    person_id: str = Field(primary_key=True, sa_type=Id)
    day: date = Field(primary_key=True)
    reason: str = Field(default="", max_length=200)


class MandateRecord(SQLModel, table=True):
    """授权书: what a chief representative may do for a department, from a day to a day."""

    __tablename__ = "mandates"
    id: str = Field(primary_key=True, sa_type=Id)
    person_id: str = Field(sa_type=Id, foreign_key="people.id", index=True)
    department_id: str = Field(sa_type=Id, foreign_key="departments.id", index=True)
    powers: list[str] = Field(sa_column=_texts())  # decide, report, coordinate, seal
    rank: str = Field(
        default="", max_length=20
    )  # 科级 and above counts in a figure: section_chief, deputy, staff
    valid_from: date
    valid_to: date
    letter_digest: str = Field(default="", max_length=64)
    granted_by: str = Field(sa_type=Id)
    granted_at: datetime = Field(sa_type=UtcTime)
    revoked_on: date | None = None


class SealRecord(SQLModel, table=True):
    """An electronic seal of a department."""

    __tablename__ = "seals"
    id: str = Field(primary_key=True, sa_type=Id)
    department_id: str = Field(sa_type=Id, foreign_key="departments.id", index=True)
    name: str = Field(max_length=100)
    keeper_id: str | None = Field(default=None, sa_type=Id)
    made_at: datetime = Field(sa_type=UtcTime)
    ended_on: date | None = None


class RegisterRecord(SQLModel, table=True):
    """One row of a register (台账); the register's own columns are declared as data in `approval.registers`."""

    __tablename__ = "register_rows"
    __table_args__ = (UniqueConstraint("register_name", "site_code", "key"),)
    id: str = Field(primary_key=True, sa_type=Id)
    register_name: str = Field(max_length=40, index=True)
    site_code: str = Field(max_length=40, index=True)
    key: str = Field(max_length=100)
    body: dict[str, Any] = Field(sa_column=_texts())
    recorded_by: str = Field(sa_type=Id)
    recorded_at: datetime = Field(sa_type=UtcTime)


class AttendanceRecord(SQLModel, table=True):
    """One person's day as the terminal's marks and the calendar make it."""

    __tablename__ = "attendance"
    person_id: str = Field(primary_key=True, sa_type=Id)
    day: date = Field(primary_key=True)
    presence: str = Field(max_length=20)  # present, late, early, late_and_early, absent, excused, overtime
    first_mark: str = Field(default="", max_length=5)
    last_mark: str = Field(default="", max_length=5)


class SettingRecord(SQLModel, table=True):
    """One version of a setting of the centre; the highest version holds."""

    __tablename__ = "centre_settings"
    key: str = Field(primary_key=True, max_length=60)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    value: Any = Field(sa_column=_texts())
    set_by: str = Field(sa_type=Id)
    set_at: datetime = Field(sa_type=UtcTime)
