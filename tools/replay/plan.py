"""Which cases the five-year report counts: how many instant ones, how many early ones, over which days.

447,178 finished cases from January 2006 to September 2010, of them 169,928 instant and 357,742 before their promise,
none late. The early ones count the instant ones: without them there are only 277,250.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kernel.working_days import Calendar

CASES, INSTANT, EARLY = 447_178, 169_928, 357_742
FIRST, LAST = date(2006, 1, 4), date(2010, 9, 30)
LONGEST = 40  # working days of the longest promise in the catalogue

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Work:
    """An item as the plan sees it: its place in the catalogue, its limits, who may decide."""

    place: int
    mode: str
    promised_days: int
    statutory_days: int
    is_general: bool


@dataclass(frozen=True)
class Plan:
    """One row a case: its item, the numbers of its working days of receipt and decision."""

    items: Whole
    received: Whole
    decided: Whole
    is_instant: NDArray[np.bool_]

    def rows(self, start: int, end: int) -> "Plan":
        """The cases from a row up to, not including, another."""
        return self.part(np.arange(start, min(end, len(self.items))))

    def part(self, rows: Whole) -> "Plan":
        """Only these cases."""
        return Plan(self.items[rows], self.received[rows], self.decided[rows], self.is_instant[rows])


def make_plan(calendar: Calendar, works: Sequence[Work], count: int = CASES, seed: int = 1) -> Plan:
    """A plan in the report's proportions; the same seed gives the same cases."""
    chance = np.random.default_rng(seed)
    instant = [work for work in works if work.mode == "instant"]
    promised = [work for work in works if work.mode == "promised"]
    many_instant = round(count * INSTANT / CASES)
    many_early = round(count * EARLY / CASES) - many_instant
    first, last = calendar.count(FIRST), calendar.count(LAST)
    chosen = [chance.choice([w.place for w in instant], many_instant)]
    chosen.append(chance.choice([w.place for w in promised], count - many_instant))
    items = np.concatenate(chosen).astype(np.int64)
    limits = np.zeros(1 + max(work.place for work in works), dtype=np.int64)
    for work in works:
        limits[work.place] = work.promised_days
    is_instant = np.arange(count) < many_instant
    is_early = np.arange(count) < many_instant + many_early
    used = np.where(is_early, chance.integers(0, np.maximum(limits[items], 1)), limits[items])
    used[is_instant] = 0
    received = chance.integers(first, last - LONGEST, count)
    order = np.argsort(received, kind="stable")
    return Plan(items, received, received + used, is_instant).part(order)
