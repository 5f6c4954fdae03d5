"""The arithmetic of a bill, and what its mistakes are corrected to: whole numbers, half up, in the tender's scale.

1. The amount in words stands over the figure.
2. The unit price stands over the total of its line, unless its decimal point is plainly wrong: then the total stands.
3. A percentage is the rate of the corrected rows that it is of.
4. The sum is that of the corrected rows.

Source: 12号令 art. 19 for 1 and 2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluation.bill.read import FEES, LINES, PROVISIONAL
from evaluation.bill.values import FINE_PLACES, Bill, Kind, Row
from evaluation.bill.words import read_words
from evaluation.price_checks.findings import ARTICLE_19, PriceFinding, Rule, fine, money
from kernel.errors import BadInput
from kernel.money import half_up

SHIFTS = (-3, -2, -1, 1, 2, 3)  # places by which a point may plainly be wrong
GROUP = {LINES: Kind.LINE, FEES: Kind.PERCENT, PROVISIONAL: Kind.PROVISIONAL}


@dataclass(frozen=True)
class Corrected:
    """What a bill comes to after its arithmetic was put right."""

    totals: Mapping[str, int]
    """by item"""
    bases: Mapping[str, int]
    """what each percentage is of, by item"""
    price: int


def correct(bill: Bill) -> Corrected:
    """The totals that the rules above give, in one pass: a percentage counts the rows above it only."""
    totals: dict[str, int] = {}
    bases: dict[str, int] = {}
    groups = dict.fromkeys(GROUP, 0)
    for row in bill.rows:
        if row.kind is Kind.PERCENT:
            bases[row.item] = sum(groups[part] if part in GROUP else totals[part] for part in row.base)
        right = _right_total(bill, row, bases)
        totals[row.item] = (row.total or 0) if right is None else right
        for name, kind in GROUP.items():
            groups[name] += totals[row.item] if row.kind is kind else 0
    return Corrected(totals, bases, sum(totals.values()))


def _right_total(bill: Bill, row: Row, bases: Mapping[str, int]) -> int | None:
    """What a row should come to; None where nothing is there to compute with."""
    if row.kind is Kind.LINE and row.unit_price is not None and row.quantity is not None:
        product = line_total(row.quantity, row.unit_price, bill.places)
        return row.total if shifted_price(row, bill.places) is not None else product
    if row.kind is Kind.PERCENT and row.rate is not None:
        return half_up(bases[row.item] * row.rate, 100 * 10**FINE_PLACES)
    return row.total


def line_total(quantity: int, unit_price: int, places: int) -> int:
    """Quantity times unit price in the tender's scale."""
    return half_up(quantity * unit_price * 10**places, 10 ** (2 * FINE_PLACES))


def shifted_price(row: Row, places: int) -> int | None:
    """The unit price with its point put right, where the total shows that it is plainly wrong; else None."""
    if not row.quantity or not row.unit_price or not row.total:
        return None
    if line_total(row.quantity, row.unit_price, places) == row.total:
        return None
    for shift in SHIFTS:
        power: int = 10 ** abs(shift)
        if shift < 0 and row.unit_price % power:
            continue
        price = row.unit_price * power if shift > 0 else row.unit_price // power
        if line_total(row.quantity, price, places) == row.total:
            return price
    return None


def check_arithmetic(bill: Bill) -> Iterator[PriceFinding]:
    """Every mistake of computation, row by row, then the sum."""
    corrected = correct(bill)
    for row in bill.rows:
        if row.kind is Kind.LINE:
            yield from _check_line(bill, row)
        elif row.kind is Kind.PERCENT and row.rate is not None:
            right = corrected.totals[row.item]
            if row.total != right:
                evidence = {
                    "base": money(corrected.bases[row.item], bill.places),
                    "rate": fine(row.rate),
                    "total": money(row.total, bill.places),
                }
                yield PriceFinding(Rule.FEE, row.item, row.number, evidence, "total", right)
    yield from _check_sum(bill, corrected)


def _check_line(bill: Bill, row: Row) -> Iterator[PriceFinding]:
    if row.quantity is None or row.unit_price is None:
        return
    product = line_total(row.quantity, row.unit_price, bill.places)
    if row.total == product:
        return
    evidence = {
        "quantity": fine(row.quantity),
        "unit_price": fine(row.unit_price),
        "total": money(row.total, bill.places),
        "product": money(product, bill.places),
    }
    price = shifted_price(row, bill.places)
    if price is not None:
        yield PriceFinding(
            Rule.DECIMAL_POINT, row.item, row.number, evidence, "unit_price", price, ARTICLE_19
        )
    else:
        yield PriceFinding(Rule.PRODUCT, row.item, row.number, evidence, "total", product, ARTICLE_19)


def _check_sum(bill: Bill, corrected: Corrected) -> Iterator[PriceFinding]:
    row, stated = bill.grand, bill.grand.total
    if row.words:
        try:
            in_words = read_words(row.words, bill.places)
        except BadInput:
            yield PriceFinding(Rule.WORDS_UNREADABLE, "", row.number, {"words": row.words})
        else:
            if in_words != stated:
                evidence = {"words": row.words, "figures": money(stated, bill.places)}
                yield PriceFinding(Rule.WORDS, "", row.number, evidence, "total", in_words, ARTICLE_19)
            stated = in_words
    if stated != corrected.price:
        evidence = {
            "stated": money(stated, bill.places),
            "sum_of_stated": money(sum(one.total or 0 for one in bill.rows), bill.places),
            "sum_of_corrected": money(corrected.price, bill.places),
        }
        yield PriceFinding(Rule.SUM, "", row.number, evidence, "total", corrected.price)
