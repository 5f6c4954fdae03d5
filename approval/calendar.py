"""What a notice about working days says, and what is wrong with it, line by line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto.canonical import JsonValue
from kernel.errors import BadInput
from kernel.working_days import TABLE_ENDS, Calendar, ChangedDay
from kernel.written_days import read_day

LONGEST_NUMBER = 100  # characters of a notice number
MOST_ROWS = 400  # a year and a month of days
WORKING = {"1": True, "true": True, "yes": True, "on": True, "班": True, "上班": True}
WORKING |= {"0": False, "false": False, "no": False, "off": False, "休": False, "放假": False}


@dataclass(frozen=True)
class DayRow:
    """One line of a notice: a day, and whether people work on it."""

    day: date
    is_working: bool
    line: int = field(default=0, compare=False)


def read_rows(text: str) -> tuple[DayRow, ...]:
    """Read lines such as `2027-02-05,off`; a heading `date,working` and empty lines are passed over.

    Raises:
        BadInput: naming every line that cannot be read.
    """
    rows, wrong = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        day, _, word = (part.strip().lower() for part in line.replace("，", ",").partition(","))
        if not line.strip() or (number == 1 and (day, word) == ("date", "working")):
            continue
        try:
            rows.append(DayRow(read_day(day, "date"), WORKING[word], number))
        except (BadInput, KeyError):
            wrong.append(number)
    refuse_lines(wrong, why="write a date such as 2027-02-05, a comma, and on or off")
    return tuple(rows)


def check_rows(calendar: Calendar, rows: Sequence[DayRow], notice_no: str) -> None:
    """Raise unless the notice has a number and each of its days is in the table's reach and named once."""
    if not notice_no.strip() or len(notice_no) > LONGEST_NUMBER:
        raise BadInput(where="notice_no", why=f"write 1 to {LONGEST_NUMBER} characters")
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadInput(where="days", why=f"give 1 to {MOST_ROWS} days")
    outside = [row.line for row in rows if not calendar.first_day <= row.day <= TABLE_ENDS]
    refuse_lines(outside, why=f"the working-day table reaches from {calendar.first_day} to {TABLE_ENDS}")
    times = Counter(row.day for row in rows)
    refuse_lines([row.line for row in rows if times[row.day] > 1], why="this day is named twice")


def refuse_lines(numbers: Iterable[int], *, why: str) -> None:
    """Refuse the notice if any line is wrong, naming all of them."""
    if listed := ", ".join(map(str, numbers)):
        raise BadInput(where="days", why=f"line {listed}: {why}")


def changes(calendar: Calendar, rows: Iterable[DayRow], notice_no: str) -> tuple[ChangedDay, ...]:
    """The rows that are not already in the calendar as this notice says them, by date."""
    wanted = [ChangedDay(row.day, row.is_working, notice_no) for row in rows]
    return tuple(
        sorted((row for row in wanted if calendar.changed.get(row.day) != row), key=lambda row: row.day)
    )


def notice_body(rows: Iterable[DayRow], notice_no: str) -> JsonValue:
    """What the log's digest of a notice is made of."""
    ordered = sorted(rows, key=lambda row: row.day)
    return {"notice_no": notice_no, "days": [[row.day.isoformat(), row.is_working] for row in ordered]}
