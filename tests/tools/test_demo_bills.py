"""The bills of the demonstration are right, but for the one slip that the checks shall find."""

import json
from pathlib import Path

from evaluation.bill.read import read_bill
from evaluation.price_checks.check import check_bill, check_lot
from evaluation.price_checks.findings import Rule
from kernel.money import PriceScale, read_units
from tools.demo.bills import SLIP, bill_for, template

DEMO = Path(__file__).parents[2] / "tools/demo"


def test_only_the_slip_is_found() -> None:
    places = json.loads((DEMO / "rulebook.json").read_text())["price_places"]
    scale = PriceScale("VND", places)
    given = read_bill("bill-template.csv", template(), scale)
    prices = [bid["price"] for bid in json.loads((DEMO / "op00028341.json").read_text())["bids"]]
    bills = {}
    for number, price in enumerate(prices, 1):
        bills[str(number)] = read_bill("bill.csv", bill_for(price, number), scale)
        rules = [
            one.rule for one in check_bill(bills[str(number)], given, read_units(price, places)).findings
        ]
        assert rules == ([Rule.PRODUCT] if number == SLIP else [])
    assert all(len(one.findings) <= 2 for one in check_lot(bills, given, {}).values())
