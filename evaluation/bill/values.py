"""The values of a priced bill: whole numbers in declared scales, never floats."""

from dataclasses import dataclass
from enum import StrEnum

FINE_PLACES = 6
"""decimals of quantities, unit prices and percentages: all are whole numbers of 10**-6"""


class Kind(StrEnum):
    """What a row of a bill is."""

    LINE = "line"  # 清单项目: a quantity at a unit price
    PERCENT = "percent"  # 费率项目: a rate of what other rows come to
    PROVISIONAL = "provisional"  # 暂列金额、暂估价: fixed by the tender office
    SUM = "sum"  # 合计: the last row


@dataclass(frozen=True)
class Row:
    """One row; what does not belong to its kind, or was left empty, is None or an empty text."""

    number: int
    """in the file; the heading is row 1"""
    kind: Kind
    item: str
    name: str = ""
    unit: str = ""
    quantity: int | None = None
    unit_price: int | None = None
    total: int | None = None
    """in the tender's price scale"""
    base: tuple[str, ...] = ()
    """of a percentage: `lines`, `fees`, `provisional`, or items of earlier rows"""
    rate: int | None = None
    """per cent"""
    words: str = ""
    """of the sum: the amount in words"""


@dataclass(frozen=True)
class Bill:
    """A whole bill: its rows in order and, last of the file, its sum."""

    rows: tuple[Row, ...]
    grand: Row
    places: int
    """decimals of its totals"""

    def of(self, kind: Kind) -> tuple[Row, ...]:
        """The rows of one kind, in order."""
        return tuple(row for row in self.rows if row.kind is kind)

    def by_item(self) -> dict[str, Row]:
        """The rows by item; no item stands twice in a bill."""
        return {row.item: row for row in self.rows}
