"""A million due dates: ours against counting day by day, and how often Monday to Friday would be wrong."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from kernel.working_days import Calendar, Dates, Whole, national_calendar
from tools.bench.report import row

LIMITS, SAMPLE = 1_000_000, 20_000
CASES, FIVE_YEARS = 447_178, ("2006-01-01", "2010-09-30")  # Yichang's report counts these cases
TARGET_S = 2.0
SEED = 20261122
ONE_DAY = timedelta(days=1)
Span = tuple[date, date | None]


def walk(
    changed: Mapping[date, bool], start: date, days: int, stops: Sequence[Span]
) -> tuple[date | None, int]:
    """The due date and what remains, found by walking from day to day; knows nothing of prefix counts."""
    day, left = start, days
    while left:
        day += ONE_DAY
        if any(end is None and begin < day for begin, end in stops):
            return None, left
        if not changed.get(day, day.weekday() < 5):
            continue
        if not any(begin < day <= end for begin, end in stops if end is not None):
            left -= 1
    return day, 0


def random_limits(chance: np.random.Generator, count: int) -> tuple[Dates, Whole, Dates]:
    """Starts from 2006 to 2025, limits of 0 to 60 working days, each with none to three stops."""
    starts = np.datetime64("2006-01-01") + chance.integers(0, 7300, count)
    days = chance.integers(0, 61, count)
    gaps = chance.integers(0, 25, (count, 6)).cumsum(axis=1)
    stops = (starts[:, None] + gaps).reshape(count, 3, 2)
    most = chance.choice(4, count, p=(0.7, 0.15, 0.1, 0.05))
    stops[np.arange(3) >= most[:, None]] = np.datetime64("NaT")
    is_open = (chance.random(count) < 0.05) & (most > 0)
    stops[is_open, most[is_open] - 1, 1] = np.datetime64("NaT")
    return starts, days, stops


def spans(stops: Dates) -> list[Span]:
    """One limit's stops as dates."""
    return [(begin, end) for begin, end in stops.astype(object).tolist() if begin is not None]


def compare(calendar: Calendar) -> bool:
    """Time both on the same limits; the walk on a sample, its time scaled up."""
    changed = {day: row.is_working for day, row in calendar.changed.items()}
    changed |= dict.fromkeys(calendar.expected_off, False)
    starts, days, stops = random_limits(np.random.default_rng(SEED), LIMITS)
    begun = time.perf_counter()
    due = calendar.due_many(starts, days, stops)
    ours = time.perf_counter() - begun
    listed = [
        (start, int(number), spans(each))
        for start, number, each in zip(
            starts[:SAMPLE].astype(object), days[:SAMPLE], stops[:SAMPLE], strict=True
        )
    ]
    begun = time.perf_counter()
    walked = [walk(changed, *limit)[0] for limit in listed]
    naive = (time.perf_counter() - begun) * LIMITS / SAMPLE
    same = walked == due[:SAMPLE].astype(object).tolist()
    print(f"{LIMITS:,} due dates, 30 % with stops, in {ours:.3f} s (target <= {TARGET_S:g} s)")
    print(
        f"the walk took {naive * SAMPLE / LIMITS:.2f} s for {SAMPLE:,} of them, scaled up by {LIMITS // SAMPLE}"
    )
    print(f"same dates as the walk: {'yes' if same else 'NO'}")
    faster = row("due dates, against walking day by day", ours, naive, 20, better="higher")
    return same and faster and ours <= TARGET_S


def shares_wrong(calendar: Calendar) -> tuple[float, float]:
    """Of the seven-day deadlines of 2006 to 2010: wrong without make-up days, and without holidays as well."""
    chance, (first, last) = np.random.default_rng(SEED), (np.datetime64(day) for day in FIVE_YEARS)
    starts = first + chance.integers(0, int((last - first).astype(int)) + 1, CASES)
    ours = calendar.due_many(starts, np.full(CASES, 7))
    off = [row.day for row in calendar.changed.values() if not row.is_working]
    without_make_up = np.busday_offset(starts, 7, roll="backward", holidays=off)
    plain = np.busday_offset(starts, 7, roll="backward")
    return float((ours != without_make_up).mean()), float((ours != plain).mean())


def main() -> None:
    """Run both parts."""
    calendar = national_calendar()
    met = compare(calendar)
    without_make_up, plain = shares_wrong(calendar)
    print(
        f"of {CASES:,} seven-day deadlines of 2006 to 2010, Monday to Friday without the holidays is wrong in"
    )
    print(
        f"{without_make_up:.1%} (make-up days unknown), Monday to Friday alone in {plain:.1%}; ours in none"
    )
    if not met:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
