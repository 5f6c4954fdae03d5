"""A bill against the tender office's own: nothing may be missing, added or changed but the prices."""

from collections.abc import Iterator

from evaluation.bill.values import Bill, Kind, Row
from evaluation.price_checks.findings import PriceFinding, Rule, fine, money


def check_prices_given(bill: Bill) -> Iterator[PriceFinding]:
    """Lines without a price, and prices of zero or below; they are explained by the bidder, never guessed."""
    for row in bill.of(Kind.LINE):
        evidence = {"unit_price": fine(row.unit_price), "total": money(row.total, bill.places)}
        values = [value for value in (row.unit_price, row.total) if value is not None]
        if len(values) < 2:
            yield PriceFinding(Rule.UNPRICED, row.item, row.number, evidence)
        if any(value < 0 for value in values):
            yield PriceFinding(Rule.NEGATIVE_PRICE, row.item, row.number, evidence)
        elif 0 in values and row.quantity:
            yield PriceFinding(Rule.ZERO_PRICE, row.item, row.number, evidence)
    for row in bill.of(Kind.PERCENT):
        evidence = {"rate": fine(row.rate), "total": money(row.total, bill.places)}
        if row.rate is None or row.total is None:
            yield PriceFinding(Rule.UNPRICED, row.item, row.number, evidence)
        if any(value is not None and value < 0 for value in (row.rate, row.total)):
            yield PriceFinding(Rule.NEGATIVE_PRICE, row.item, row.number, evidence)


def check_template(bill: Bill, template: Bill) -> Iterator[PriceFinding]:
    """What differs from the bill that the tender office published, in the order of that bill, then what was added."""
    own, given = bill.by_item(), template.by_item()
    for item, right in given.items():
        row = own.get(item)
        if row is None:
            yield PriceFinding(Rule.MISSING_ITEM, item, 0, {"name": right.name})
        else:
            yield from _check_row(row, right, template.places)
    for item, row in own.items():
        if item not in given:
            evidence = {"name": row.name, "total": money(row.total, bill.places)}
            yield PriceFinding(Rule.ADDED_ITEM, item, row.number, evidence)


def _check_row(row: Row, right: Row, places: int) -> Iterator[PriceFinding]:
    if (row.kind, row.name, row.unit) != (right.kind, right.name, right.unit):
        evidence = {
            "given": " · ".join((right.kind, right.name, right.unit)),
            "found": " · ".join((row.kind, row.name, row.unit)),
        }
        yield PriceFinding(Rule.CHANGED_ITEM, row.item, row.number, evidence)
    if row.kind is not right.kind:
        return
    if row.kind is Kind.LINE and row.quantity != right.quantity:
        evidence = {"given": fine(right.quantity), "found": fine(row.quantity)}
        yield PriceFinding(Rule.CHANGED_QUANTITY, row.item, row.number, evidence, "quantity", right.quantity)
    if row.kind is Kind.PROVISIONAL and row.total != right.total:
        evidence = {"given": money(right.total, places), "found": money(row.total, places)}
        yield PriceFinding(Rule.PROVISIONAL, row.item, row.number, evidence, "total", right.total)
    if row.kind is Kind.PERCENT and sorted(row.base) != sorted(right.base):
        evidence = {"given": "+".join(right.base), "found": "+".join(row.base)}
        yield PriceFinding(Rule.FEE_BASE, row.item, row.number, evidence)
    if row.kind is Kind.PERCENT and right.rate is not None and row.rate != right.rate:
        evidence = {"given": fine(right.rate), "found": fine(row.rate)}
        yield PriceFinding(Rule.FEE_RATE, row.item, row.number, evidence, "rate", right.rate)
