"""Lawful charges only: each line of a bill is a fee of an item's schedule, at its price, in exact fen."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from approval.item import ItemVersion
from kernel.errors import BadInput, UnlistedFee

YUAN, FEN = re.compile(r"[0-9]{1,15}", re.ASCII), re.compile(r"[0-9]{0,2}", re.ASCII)


@dataclass(frozen=True)
class Line:
    """One line of a bill."""

    item_code: str
    fee_code: str
    title: dict[str, str]
    basis: str
    unit: str
    units: int
    unit_fen: int
    amount_fen: int

    def as_data(self) -> dict[str, object]:
        """The line as it is stored and shown."""
        return dict(vars(self))


@dataclass(frozen=True)
class Charge:
    """What somebody wants to charge: a fee of an item, how many units, and the amount where they typed one."""

    item_code: str
    fee_code: str
    units: int
    amount_fen: int | None = None


def bill_line(version: ItemVersion, charge: Charge) -> Line:
    """The line for a charge.

    Raises:
        UnlistedFee: the item is free, has no such fee, or not at this amount; `why` is one of three words.
    """
    if version.is_free:
        raise UnlistedFee(fee=charge.fee_code, why="free_item")
    spec = version.fee(charge.fee_code)
    if spec is None:
        raise UnlistedFee(fee=charge.fee_code, why="unlisted")
    if not 1 <= charge.units <= spec.most_units:
        raise BadInput(where="units", why=f"give 1 to {spec.most_units}")
    amount = spec.unit_fen * charge.units
    if charge.amount_fen is not None and charge.amount_fen != amount:
        raise UnlistedFee(fee=charge.fee_code, why="over_standard")
    return Line(
        version.code, spec.code, dict(spec.title), spec.basis, spec.unit, charge.units, spec.unit_fen, amount
    )


def total_fen(lines: Iterable[Mapping[str, object]]) -> int:
    """The exact sum of a bill."""
    return sum(int(str(line["amount_fen"])) for line in lines)


@dataclass(frozen=True)
class Difference:
    """One bill whose payment and bank row do not agree; 0 means that side has none."""

    reference: str
    booked_fen: int
    bank_fen: int


def reconcile(booked: Mapping[str, int], bank: Mapping[str, int]) -> tuple[Difference, ...]:
    """Every reference whose amounts differ, by one fen or by all of it."""
    return tuple(
        Difference(reference, booked.get(reference, 0), bank.get(reference, 0))
        for reference in sorted({*booked, *bank})
        if booked.get(reference) != bank.get(reference)
    )


def read_bank_file(text: str) -> dict[str, int]:
    """A bank's list `reference,amount` in yuan with two decimals, as fen by reference; names the bad line."""
    found: dict[str, int] = {}
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise BadInput(where="file", why="it is not a list of reference and amount in CSV") from None
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and not row[-1].replace(".", "").isdigit()):
            continue
        whole, _, fraction = row[-1].strip().partition(".")
        if len(row) != 2 or not YUAN.fullmatch(whole) or not FEN.fullmatch(fraction):
            raise BadInput(where="file", why=f"line {number}: give reference and amount, such as B-1,120.50")
        if row[0].strip() in found:
            raise BadInput(where="file", why=f"line {number}: this reference stands there twice")
        found[row[0].strip()] = int(whole) * 100 + int((fraction or "0").ljust(2, "0"))
    return found


def bill_rows(bills: Sequence[Mapping[str, object]]) -> str:
    """Bills as the finance bureau takes them (非税收入): one line each in CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("bill", "item", "fee", "basis", "unit", "units", "unit_yuan", "amount_yuan", "paid_at"))
    for bill in bills:
        lines = bill["lines"]
        assert isinstance(lines, list)
        for line in lines:
            writer.writerow(
                (
                    bill["number"],
                    line["item_code"],
                    line["fee_code"],
                    line["basis"],
                    line["unit"],
                    line["units"],
                    yuan(line["unit_fen"]),
                    yuan(line["amount_fen"]),
                    bill["paid_at"],
                )
            )
    return out.getvalue()


def yuan(fen: int) -> str:
    """An amount in yuan with two decimals."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"
