"""Summing months that are over, by the sweep; a month in which a case changed since is summed anew."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, delete, func, insert, select

from approval.records.cases import CaseRecord, TouchedMonthRecord
from kernel.working_days import business_day
from storage.columns import table_of
from supervision.queries import figures
from supervision.queries.month_sums import formula_of, span_of, whole_months
from supervision.records import MonthSumRecord

SUMS = table_of(MonthSumRecord)
MONTHS_AT_A_TIME = 2  # in one sweep: others want to write as well


def sum_months(session: Session, *, now: datetime, at_most: int = MONTHS_AT_A_TIME) -> int:
    """Sum past months that are not kept, the latest first; returns how many."""
    # Only marks seen before counting may go: one that comes while we count belongs to a change we did not see.
    marks = session.exec(select(TouchedMonthRecord.id, TouchedMonthRecord.month)).all()
    stale = {month for _, month in marks}
    last = business_day(now).replace(day=1) - timedelta(days=1)
    done, left = 0, set[str]()
    for base in figures.BASES:
        formula = formula_of(figures.conditions(base))
        known = set(
            session.exec(
                select(MonthSumRecord.month)
                .where(MonthSumRecord.base == base, MonthSumRecord.formula == formula)
                .distinct()
            )
        )
        first = _first_day(session, base)
        open_months = [m for m in whole_months(first, last) if m not in known or m in stale] if first else []
        for month in reversed(open_months[-at_most:]):
            _sum_one(session, base, formula, month)
            done += 1
        left.update(open_months[:-at_most])
    settled = [mark for mark, month in marks if month not in left]
    session.exec(delete(TouchedMonthRecord).where(col(TouchedMonthRecord.id).in_(settled)))
    return done


def _first_day(session: Session, base: str) -> date | None:
    day = CaseRecord.done_on if base == "finished" else CaseRecord.received_on
    first = session.exec(select(func.min(day))).one()
    return first.replace(day=1) if first else None


def _sum_one(session: Session, base: str, formula: str, month: str) -> None:
    session.exec(
        delete(MonthSumRecord).where(col(MonthSumRecord.base) == base, col(MonthSumRecord.month) == month)
    )
    rows = figures.count_month(session, base, *span_of(month))
    nothing = [("", "", "", "", 0, *[0] * (1 + len(figures.conditions(base))))]
    session.connection().execute(
        insert(SUMS),
        [
            {
                "base": base,
                "month": month,
                "formula": formula,
                "version_id": version_id or "",
                "department_id": department_id or "",
                "site_code": site_code or "",
                "window_id": window_id or "",
                "days": days or 0,
                "counts": [number or 0 for number in counts],
            }
            for version_id, department_id, site_code, window_id, days, *counts in rows or nothing
        ],
    )
