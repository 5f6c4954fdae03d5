"""All checks of one bid, and of all bids of a lot together (tendering-rules 11 and 14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluation.bill.values import Bill
from evaluation.price_checks.arithmetic import check_arithmetic, correct
from evaluation.price_checks.comparison import Limits, compare_prices
from evaluation.price_checks.findings import ARITHMETIC, PriceFinding, Rule, money
from evaluation.price_checks.template import check_prices_given, check_template


@dataclass(frozen=True)
class Checked:
    """What the checks found in one bid, and the price that its own figures come to."""

    findings: tuple[PriceFinding, ...]
    corrected_price: int

    @property
    def needs_correction(self) -> bool:
        """Whether the arithmetic was wrong: the bidder must confirm what it is corrected to."""
        return any(one.rule in ARITHMETIC for one in self.findings)


def check_bill(bill: Bill, template: Bill | None = None, announced: int | None = None) -> Checked:
    """Check one bill by itself, against the tender office's bill and against the price of bid.json."""
    return Checked(tuple(_findings(bill, template, announced)), correct(bill).price)


def _findings(bill: Bill, template: Bill | None, announced: int | None) -> Iterator[PriceFinding]:
    yield from check_arithmetic(bill)
    if announced is not None and announced != bill.grand.total:
        evidence = {
            "announced": money(announced, bill.places),
            "bill": money(bill.grand.total, bill.places),
        }
        yield PriceFinding(Rule.ANNOUNCED, "", bill.grand.number, evidence)
    yield from check_prices_given(bill)
    if template is not None:
        yield from check_template(bill, template)


def check_lot(
    bills: Mapping[str, Bill],
    template: Bill | None,
    announced: Mapping[str, int],
    limits: Limits | None = None,
) -> dict[str, Checked]:
    """Check every bill of a lot, by bid, and the bills against each other."""
    compared = compare_prices(bills, limits or Limits())
    found = {}
    for bid, bill in sorted(bills.items()):
        one = check_bill(bill, template, announced.get(bid))
        found[bid] = Checked((*one.findings, *compared[bid]), one.corrected_price)
    return found
