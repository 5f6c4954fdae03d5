"""Places: the higher total first, then the rulebook's tie keys; bids that stay equal share one place.

A tie is an answer, not an error: two bids on place 1 mean that the rulebook does not decide between them,
and a public draw has to. Places are counted as in sport: 1, 2, 2, 4.
"""

from dataclasses import dataclass

import numpy as np

from evaluation.fixed_point import Units


@dataclass(frozen=True)
class Standing:
    """Row numbers in order of place, and each row's place."""

    order: Units
    places: Units


def place_bids(totals: Units, prices: Units, technical: Units, tie_break: tuple[str, ...]) -> Standing:
    """Order the rows; equal rows keep the order in which they were given and share a place."""
    if totals.size == 0:
        return Standing(totals, totals)
    columns = {"lower_price": prices, "higher_technical": -technical}
    keys = [_sortable(-totals), *(_sortable(columns[key]) for key in tie_break)]
    order = np.lexsort(keys[::-1])  # lexsort's last key is the first that counts
    differs = np.zeros(len(order), dtype=bool)
    for key in keys:
        row = key[order]
        differs[1:] |= row[1:] != row[:-1]
    rows = np.arange(len(order))
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.maximum.accumulate(np.where(differs, rows, 0)) + 1
    return Standing(order, places)


def _sortable(column: Units) -> Units:
    """The same order as int64: lexsort does not take Python's unbounded integers."""
    if column.dtype == np.int64:
        return column
    ranks: Units = np.unique(column, return_inverse=True)[1]
    return ranks
