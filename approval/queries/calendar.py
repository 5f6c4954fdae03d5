"""The calendar in force: the national table with the days that notices have changed since."""

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from approval.records.calendar import CalendarDayRecord, CalendarImportRecord
from kernel.working_days import Calendar, ChangedDay, national_calendar

Version = tuple[str, int]
_known: WeakKeyDictionary[Engine, tuple[Version, Calendar]] = WeakKeyDictionary()
COUNT = select(func.count(col(CalendarImportRecord.id))).scalar_subquery()
LATEST = (
    select(CalendarImportRecord.id, COUNT)
    .order_by(col(CalendarImportRecord.imported_at).desc(), col(CalendarImportRecord.id))
    .limit(1)
)


def calendar(session: Session) -> Calendar:
    """The working days as of now; after the first time one small select, unless a notice came in."""
    # Imports are only added and have random ids: the count tells two committed states apart, the id tells a
    # state from one that was rolled back.
    latest = session.exec(LATEST).first()
    if latest is None:
        return national_calendar()
    version, engine = (latest[0], latest[1]), session.get_bind().engine
    kept = _known.get(engine)
    if kept is None or kept[0] != version:
        kept = _known[engine] = version, national_calendar().with_rows(changed_days(session))
    return kept[1]


def changed_days(session: Session) -> list[ChangedDay]:
    """The days brought in by notices, in their order."""
    found = session.exec(select(CalendarDayRecord).order_by(col(CalendarDayRecord.day)))
    return [ChangedDay(row.day, row.is_working, row.notice_no) for row in found]


def imported_days(session: Session) -> Mapping[str, list[ChangedDay]]:
    """The days in force by the import that brought them in."""
    found: dict[str, list[ChangedDay]] = {}
    for row in session.exec(select(CalendarDayRecord).order_by(col(CalendarDayRecord.day))):
        found.setdefault(row.import_id, []).append(ChangedDay(row.day, row.is_working, row.notice_no))
    return found


def calendar_imports(session: Session) -> Sequence[CalendarImportRecord]:
    """Every notice brought in, the latest first."""
    at = col(CalendarImportRecord.imported_at)
    return session.exec(select(CalendarImportRecord).order_by(at.desc())).all()
