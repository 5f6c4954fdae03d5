"""The cheapest way to give lots to bidders, nobody more than its cap: an exact assignment of whole numbers.

As many lots as possible are given; among those awards the lowest sum of costs wins, and among equal sums the
lowest sum of places. Each bidder stands in the matrix as often as its cap, so the rectangular assignment solves it.
Its floats are exact: every sum that it can form is a whole number below 2**53; where prices are larger, the same is
done with Python's integers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXACT = 2**53  # whole numbers that a float64 still tells apart

Costs = Sequence[Sequence[int | None]]


def cheapest(costs: Costs, caps: Sequence[int]) -> tuple[int | None, ...]:
    """The bidder of each lot, or None; `costs` is [lot][bidder], None where a bidder did not bid.

    Costs are not negative; `caps` has one number for each bidder. The place of a bidder in a lot is its rank among
    that lot's costs.
    """
    owners = [bidder for bidder, cap in enumerate(caps) for _ in range(min(cap, len(costs)))]
    if not owners or not costs:
        return (None,) * len(costs)
    keys = _keys(costs, len(caps))
    columns = _each_given(keys, owners)
    if columns is None:
        columns = _most_given(keys, owners)
    found = [owners[column] if column < len(owners) else None for column in columns]
    return tuple(None if b is None or costs[lot][b] is None else b for lot, b in enumerate(found))


def _keys(costs: Costs, bidders: int) -> list[list[int | None]]:
    """cost * N + place, with N above any sum of places: one number compares both."""
    unit = len(costs) * bidders + 1
    keys: list[list[int | None]] = []
    for row in costs:
        order = sorted({cost for cost in row if cost is not None})
        place = {cost: number for number, cost in enumerate(order)}
        keys.append([None if cost is None else cost * unit + place[cost] for cost in row])
    return keys


def _each_given(keys: list[list[int | None]], owners: list[int]) -> list[int] | None:
    """The cheapest award of every lot; None when there is none, or the figures are too large for floats."""
    # What all offers of a lot have in common changes nothing while every lot is given.
    lows = [min((key for key in row if key is not None), default=0) for row in keys]
    rises = [[None if key is None else key - low for key in row] for row, low in zip(keys, lows, strict=True)]
    most = max((rise for row in rises for rise in row if rise is not None), default=0)
    if most * (len(keys) + 1) >= EXACT or len(owners) < len(keys):
        return None
    given = np.array([[np.inf if rise is None else rise for rise in row] for row in rises], dtype=np.float64)
    try:
        return _columns(given[:, owners])
    except ValueError:
        return None  # some lot has to stay without an award


def _most_given(keys: list[list[int | None]], owners: list[int]) -> list[int]:
    """The cheapest award of as many lots as possible; a column beyond the bidders' means no award."""
    lots = len(keys)
    most = max((key for row in keys for key in row if key is not None), default=0)
    none = most * (lots + 1) + 1  # leaving a lot without an award costs more than any set of awards saves
    never = none * (lots + 1)
    rows = []
    for row in keys:
        filled = [never if key is None else key for key in row]
        rows.append([filled[owner] for owner in owners] + [none] * lots)
    return _columns(np.array(rows, dtype=np.float64)) if never * (lots + 1) < EXACT else hungarian(rows)


def _columns(matrix: NDArray[np.float64]) -> list[int]:
    # Loaded here: scipy takes most of a second, which every start of the server would pay.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(matrix)
    return [int(column) for _, column in sorted(zip(rows, columns, strict=True))]


def hungarian(costs: Sequence[Sequence[int]]) -> list[int]:
    """The column of each row with the lowest sum; rows at most columns; whole numbers of any size.

    Shortest augmenting paths with potentials (Jonker & Volgenant 1987), one row at a time.
    """
    rows, columns = len(costs), len(costs[0])
    row_part, column_part = [0] * (rows + 1), [0] * (columns + 1)
    owner = [0] * (
        columns + 1
    )  # the row that holds a column, counted from 1; column 0 is the row being placed
    for row in range(1, rows + 1):
        owner[0] = row
        column, came = 0, [0] * (columns + 1)
        least: list[int | None] = [None] * (columns + 1)
        done = [False] * (columns + 1)
        while owner[column]:
            done[column] = True
            here, step, following = owner[column], None, 0
            for j in range(1, columns + 1):
                if done[j]:
                    continue
                slack = costs[here - 1][j - 1] - row_part[here] - column_part[j]
                known = least[j]
                if known is None or slack < known:
                    least[j] = known = slack
                    came[j] = column
                if step is None or known < step:
                    step, following = known, j
            for j in range(columns + 1):
                if done[j]:
                    row_part[owner[j]] += step or 0
                    column_part[j] -= step or 0
                elif least[j] is not None:
                    least[j] -= step or 0  # type: ignore[operator]
            column = following
        while column:
            owner[column] = owner[came[column]]
            column = came[column]
    found = [0] * rows
    for j in range(1, columns + 1):
        if owner[j]:
            found[owner[j] - 1] = j - 1
    return found
