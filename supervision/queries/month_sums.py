"""Sums of past months, kept so that a figure over years reads thousands of rows and not all its cases.

A month is kept when it is over, and is not used once a case of it has changed (`touched_months`): then its days are
counted from the cases again until the next sweep sums it anew. With or without them every figure is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from approval.records.cases import TouchedMonthRecord
from approval.records.organisation import WindowRecord
from supervision.records import MonthSumRecord

ONE_DAY = timedelta(days=1)
Row = tuple[str, int, list[int]]
Span = tuple[date, date]


def formula_of(conditions: Iterable[str]) -> str:
    """What tells one list of counted conditions from another."""
    return sha256("\n".join(conditions).encode()).hexdigest()[:16]


def whole_months(first: date, last: date) -> list[str]:
    """The months that lie within a period from their first to their last day."""
    found, day = [], first if first.day == 1 else next_month(first)
    while next_month(day) - ONE_DAY <= last:
        found.append(f"{day:%Y-%m}")
        day = next_month(day)
    return found


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def span_of(month: str) -> Span:
    """The first and last day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return first, next_month(first) - ONE_DAY


def rest(first: date, last: date, kept: Iterable[str]) -> list[Span]:
    """The stretches of a period that the kept months leave open."""
    spans, start = [], first
    for begin, end in sorted(span_of(month) for month in kept):
        if start < begin:
            spans.append((start, begin - ONE_DAY))
        start = end + ONE_DAY
    return [*spans, (start, last)] if start <= last else spans


def touched(session: Session) -> set[str]:
    """Months whose kept sums do not hold any more."""
    return set(session.exec(select(TouchedMonthRecord.month).distinct()))


def kept_months(session: Session, base: str, formula: str, months: Sequence[str]) -> list[str]:
    """Those of the months whose sums hold."""
    if not months:
        return []
    known = select(MonthSumRecord.month).where(
        MonthSumRecord.base == base,
        MonthSumRecord.formula == formula,
        col(MonthSumRecord.month) >= months[0],
        col(MonthSumRecord.month) <= months[-1],
    )
    return sorted(set(session.exec(known.distinct())) - touched(session))


def kept_rows(
    session: Session, base: str, formula: str, months: Sequence[str], narrowed: Mapping[str, Any]
) -> list[Row]:
    """The sums of the months, where narrowed to a department, hall or sites."""
    rows = select(MonthSumRecord.version_id, MonthSumRecord.days, MonthSumRecord.counts).where(
        MonthSumRecord.base == base,
        MonthSumRecord.formula == formula,
        col(MonthSumRecord.month).in_(list(months)),
        MonthSumRecord.version_id != "",  # a month without cases is kept as one empty row
    )
    if narrowed.get("department"):
        rows = rows.where(MonthSumRecord.department_id == narrowed["department"])
    if narrowed.get("sites"):
        rows = rows.where(col(MonthSumRecord.site_code).in_(narrowed["sites"]))
    if narrowed.get("hall"):
        windows = select(WindowRecord.id).where(WindowRecord.hall_code == narrowed["hall"])
        rows = rows.where(col(MonthSumRecord.window_id).in_(windows))
    return [(version_id, days, list(counts)) for version_id, days, counts in session.exec(rows)]


def added(rows: Iterable[Row]) -> list[Row]:
    """The rows of each version as one."""
    sums: dict[str, tuple[int, list[int]]] = {}
    for version_id, days, counts in rows:
        if version_id in sums:
            before_days, before = sums[version_id]
            sums[version_id] = before_days + days, [a + b for a, b in zip(before, counts, strict=True)]
        else:
            sums[version_id] = days, list(counts)
    return [(version_id, days, counts) for version_id, (days, counts) in sorted(sums.items())]
