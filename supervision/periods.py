"""Months and quarters by name, and on which day each is reported: the first working day after it."""

from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import BadInput
from kernel.working_days import Calendar


@dataclass(frozen=True)
class Period:
    """A month such as 2026-10 or a quarter such as 2026Q3."""

    name: str
    first: date
    last: date


def read_period(name: str) -> Period:
    """The period with this name; raises BadInput."""
    try:
        if len(name) == 6 and name[4] == "Q":
            number = int(name[5])
            if number not in (1, 2, 3, 4):
                raise ValueError(name)
            return _from_months(name, date(int(name[:4]), number * 3 - 2, 1), 3)
        return _from_months(name, date.fromisoformat(f"{name}-01"), 1)
    except ValueError:
        raise BadInput(where="period", why="name a month as 2026-10 or a quarter as 2026Q3") from None


def _from_months(name: str, first: date, number: int) -> Period:
    month = first.month - 1 + number
    after = date(first.year + month // 12, month % 12 + 1, 1)
    return Period(name, first, after - timedelta(days=1))


def periods_to_report(today: date, calendar: Calendar) -> tuple[str, ...]:
    """What is reported on this day: nothing unless it is a working day; then the last month, after a quarter that too.

    A day that was missed is made up for: the same names come on every later working day of the month.
    """
    if not calendar.is_working(today):
        return ()
    last = today.replace(day=1) - timedelta(days=1)
    month = f"{last:%Y-%m}"
    return (month, f"{last.year}Q{last.month // 3}") if last.month % 3 == 0 else (month,)
