"""How long is promised, how long it takes: the spread over cases, items asked for often, means that were stated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approval.totals import percent
from supervision.figures import PLACES, Mean

EDGES = (1, 3, 5, 10, 20, 60)
"""Upper ends of the bars in working days; what is longer stands in a bar of its own."""


@dataclass(frozen=True)
class Handled:
    """Cases of one item that were finished in a period: how many, their promise, and the days they took."""

    item: str
    promised_days: int
    cases: int
    used_days: int


@dataclass(frozen=True)
class Bar:
    """The cases with a promise up to `upto` working days and above the bar before; None: longer than all."""

    upto: int | None
    cases: int
    share: str


def spread(rows: Iterable[Handled]) -> tuple[Bar, ...]:
    """How the promises of cases are spread."""
    held = list(rows)
    every = sum(row.cases for row in held)
    bars, low = [], -1
    for upto in (*EDGES, None):
        number = sum(
            row.cases
            for row in held
            if row.promised_days > low and (upto is None or row.promised_days <= upto)
        )
        bars.append(Bar(upto, number, percent(number, every, PLACES)))
        low = upto if upto is not None else low
    return tuple(bars)


def frequent(rows: Iterable[Handled]) -> tuple[Handled, ...]:
    """经常性办理项目: the most asked-for items that together make up half of all cases."""
    ordered = sorted(rows, key=lambda row: (-row.cases, row.item))
    every, taken = sum(row.cases for row in ordered), 0
    found: list[Handled] = []
    for row in ordered:
        if 2 * taken >= every:
            break
        found.append(row)
        taken += row.cases
    return tuple(found)


def mean_days(rows: Sequence[Handled]) -> Mean:
    """The working days that a case of these items took on average; nothing is reported beside it."""
    return Mean(sum(row.used_days for row in rows), sum(row.cases for row in rows), "")


def stated_means(changes: Mapping[str, Any]) -> tuple[Mean, Mean] | None:
    """The mean promise before and after a clean-up round beside the one that was reported; None if none was."""
    both = (changes["before"], changes["after"])
    if not all({"items", "promised_days", "reported_mean_tenths"} <= set(side) for side in both):
        return None
    before, after = (
        Mean(
            side["promised_days"],
            side["items"],
            f"{side['reported_mean_tenths'] // 10}.{side['reported_mean_tenths'] % 10}",
        )
        for side in both
    )
    return before, after
