"""The simplex method on whole numbers: the inverse of the basis over one denominator, nothing rounded.

Rows are equations, columns are sparse whole numbers, all unknowns are 0 or more. Columns are not kept here: who
solves a programme (`lottery`) prices them and says which one enters.
"""

from collections.abc import Sequence
from fractions import Fraction

Column = Sequence[tuple[int, int]]  # (row, number), rows with 0 left out


class Basis:
    """The columns in the basis by name, one for each row, and the inverse: `inverse` / `unit`."""

    def __init__(self, size: int, amounts: Sequence[Fraction]) -> None:
        self.unit = 1
        self.inverse = [[int(row == column) for column in range(size)] for row in range(size)]
        self.names: list[int | None] = [None] * size
        self.amounts = list(amounts)

    def values(self) -> list[Fraction]:
        """What each column of the basis holds."""
        return [
            sum((Fraction(x) * amount for x, amount in zip(row, self.amounts, strict=True) if x), Fraction(0))
            / self.unit
            for row in self.inverse
        ]

    def turned(self, column: Column) -> list[int]:
        """The column as the basis makes it, times `unit`."""
        return [sum(row[place] * number for place, number in column) for row in self.inverse]

    def leaving(self, turned: Sequence[int]) -> tuple[int, bool]:
        """The row that reaches 0 first when a column grows, and whether it can grow at all; lowest name among ties."""
        values = self.values()
        rising = [
            (values[row] / number, self.names[row] or 0, row)
            for row, number in enumerate(turned)
            if number > 0
        ]
        ratio, _, row = min(rising)
        return row, ratio > 0

    def enter(self, name: int, row: int, turned: Sequence[int]) -> None:
        """Let a column take the place of a row's; every division is exact (Edmonds, Bareiss)."""
        by, pivot = turned[row], self.inverse[row]
        self.inverse = [
            line
            if place == row
            else [(x * by - turned[place] * y) // self.unit for x, y in zip(line, pivot, strict=True)]
            for place, line in enumerate(self.inverse)
        ]
        self.unit, self.names[row] = by, name
        if by < 0:
            self.unit = -by
            self.inverse = [[-x for x in line] for line in self.inverse]
