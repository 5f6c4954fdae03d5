"""Registers (台账) as data: a register declares its columns, its key, and the figures that its rows add up to.

One reader and one table serve them all. A figure always carries its numerator and denominator, never only a share.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from approval.catalogue import read_day
from approval.csv_lines import Line
from approval.item import Texts
from approval.sites import TRUTHS
from approval.totals import percent
from kernel.errors import BadInput
from kernel.money import read_units, write_units

LONGEST = 1000  # characters of one field
MOST = 10**15
KINDS = ("text", "int", "fen", "date", "choice", "truth", "site", "department", "item", "window")
REFERENCES = ("site", "department", "item", "window")
"""Kinds whose value has to exist elsewhere; the action looks."""


@dataclass(frozen=True)
class Column:
    """One column of a register."""

    name: str
    title: Texts
    kind: str = "text"
    is_key: bool = False
    is_needed: bool = False
    is_public: bool = False
    choices: Mapping[str, Texts] = field(default_factory=dict)
    highest: int = MOST


Condition = tuple[str, tuple[Any, ...]]
"""A column and the values of which a row has one; no values: the column is filled."""


@dataclass(frozen=True)
class Total:
    """One named figure: what is counted or added up, of which rows, of how much."""

    name: str
    title: Texts
    of: str = ""  # column to add up; empty counts rows
    distinct: str = ""  # column whose different values are counted
    where: tuple[Condition, ...] = ()
    share_of: tuple[Condition, ...] | None = None  # the denominator's rows; None: no share is meant
    is_fen: bool = False


@dataclass(frozen=True)
class Register:
    """One register: its name, columns and figures; `is_public` shows its public columns to everybody."""

    name: str
    title: Texts
    columns: tuple[Column, ...]
    totals: tuple[Total, ...] = ()
    is_public: bool = False

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that tell one row from another."""
        return tuple(column for column in self.columns if column.is_key)

    def column(self, name: str) -> Column:
        """The column with a name."""
        return next(column for column in self.columns if column.name == name)

    def public_columns(self) -> tuple[Column, ...]:
        """What everybody may see."""
        return tuple(c for c in self.columns if self.is_public and (c.is_public or c.is_key))


@dataclass(frozen=True)
class Figure:
    """A figure with what it was made of; `denominator` is None where no share is meant."""

    name: str
    title: Texts
    numerator: int
    denominator: int | None
    is_fen: bool = False

    @property
    def text(self) -> str:
        """The figure as it is printed: 103/105 (98.1 %), 1030000.00, 3190."""
        if self.denominator is not None:
            share = percent(self.numerator, self.denominator, 1)
            return f"{self.numerator}/{self.denominator}" + (f" ({share} %)" if share else "")
        return write_units(self.numerator, 2) if self.is_fen else str(self.numerator)


def read_row(register: Register, line: Line) -> dict[str, Any]:
    """One row of a file, typed; raises BadInput naming the column."""
    known = {column.name for column in register.columns}
    if unknown := sorted(str(name) for name in set(line.fields) - known):
        raise BadInput(where=unknown[0][:40] or "row", why="this column is not known here")
    row: dict[str, Any] = {}
    for column in register.columns:
        given = line.fields.get(column.name)
        if given is None or given == "":
            if column.is_key or column.is_needed:
                raise BadInput(where=column.name, why="it is missing")
            continue
        read: Callable[[Column, Any], Any] = READERS.get(column.kind, _text)
        row[column.name] = read(column, given)
    return row


def row_key(register: Register, row: Mapping[str, Any]) -> str:
    """What tells the row from the others of its register."""
    return " | ".join(str(row[column.name]) for column in register.keys)[:100]


def figures(register: Register, rows: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """Every named figure of the register over these rows."""
    every = list(rows)
    return [_figure(total, every) for total in register.totals]


def shown(column: Column, value: Any) -> str:
    """A value as a file or a page writes it."""
    if value is None or value == "":
        return ""
    if column.kind == "fen":
        return write_units(int(value), 2)
    if column.kind == "truth":
        return "yes" if value else "no"
    return str(value)


def _figure(total: Total, rows: Sequence[Mapping[str, Any]]) -> Figure:
    chosen = [row for row in rows if _holds(row, total.where)]
    base = None if total.share_of is None else [row for row in rows if _holds(row, total.share_of)]
    return Figure(
        total.name,
        total.title,
        _amount(total, chosen),
        None if base is None else _amount(total, base),
        total.is_fen,
    )


def _amount(total: Total, rows: Sequence[Mapping[str, Any]]) -> int:
    if total.distinct:
        return len({row.get(total.distinct) for row in rows})
    return sum(int(row.get(total.of, 0)) for row in rows) if total.of else len(rows)


def _holds(row: Mapping[str, Any], conditions: Iterable[Condition]) -> bool:
    return all(
        row.get(name) in values if values else row.get(name) not in (None, "") for name, values in conditions
    )


def _text(column: Column, given: Any) -> str:
    if not isinstance(given, str) or len(given) > LONGEST:
        raise BadInput(where=column.name, why=f"a text of at most {LONGEST} characters is needed here")
    return given


def _whole(column: Column, given: Any) -> int:
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit()) or int(text[:20]) > column.highest:
        raise BadInput(where=column.name, why=f"give a whole number up to {column.highest}")
    return int(text)


def _fen(column: Column, given: Any) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= MOST:
        return given
    if not isinstance(given, str):
        raise BadInput(where=column.name, why="give an amount such as 3000.00")
    return 0 if given in ("0", "0.00") else read_units(given, 2, where=column.name)


def _date(column: Column, given: Any) -> str:
    return read_day(given, column.name).isoformat()


def _choice(column: Column, given: Any) -> str:
    for word, texts in column.choices.items():
        if given == word or given in texts.values():
            return word
    raise BadInput(where=column.name, why=f"it must be one of {', '.join(column.choices)}")


def _truth(column: Column, given: Any) -> bool:
    if isinstance(given, bool):
        return given
    if str(given).lower() not in TRUTHS:
        raise BadInput(where=column.name, why="write yes or no")
    return TRUTHS[str(given).lower()]


READERS: Mapping[str, Callable[[Column, Any], Any]] = {
    "int": _whole,
    "fen": _fen,
    "date": _date,
    "choice": _choice,
    "truth": _truth,
}
