"""Places: the better figure first, then the rulebook's tie keys, then a public draw; equal bids share one place.

A tie is an answer, not an error: two bids on place 1 mean that the rulebook does not decide between them, and a
public draw has to. Places are counted as in sport: 1, 2, 2, 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.fixed_point import Units


@dataclass(frozen=True)
class Standing:
    """Row numbers in order of place, and each row's place."""

    order: Units
    places: Units


def place_bids(keys: Sequence[Units]) -> Standing:
    """Order the rows by keys, the first key counting most and less standing before more.

    Equal rows keep the order in which they were given and share a place.
    """
    if keys[0].size == 0:
        return Standing(keys[0], keys[0])
    columns = [_sortable(key) for key in keys]
    order = np.lexsort(columns[::-1])  # lexsort's last key is the first that counts
    differs = np.zeros(len(order), dtype=bool)
    for column in columns:
        row = column[order]
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
