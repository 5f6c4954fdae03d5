"""清标: what each check finds, what it proposes, and that a right bill has no finding."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.bill.values import Bill
from evaluation.bill.words import write_chinese
from evaluation.price_checks.arithmetic import correct
from evaluation.price_checks.check import check_bill, check_lot
from evaluation.price_checks.comparison import Limits
from evaluation.price_checks.findings import ARTICLE_19, PriceFinding, Rule, write_finding
from kernel.money import half_up, write_units
from tests.evaluation.bills import HEADING, PLAIN, TEMPLATE, bill, with_row

ANNOUNCED = 6_472_856


def found(rows: Sequence[str], announced: int | None = ANNOUNCED) -> list[tuple[str, str, int | None]]:
    """Rule, item and proposal of each finding against the template."""
    checked = check_bill(bill(*rows), bill(*TEMPLATE), announced)
    return [(one.rule.value, one.item, one.proposed) for one in checked.findings]


def only(rows: Sequence[str], rule: Rule) -> PriceFinding:
    """The only finding of a rule."""
    (one,) = (one for one in check_bill(bill(*rows), bill(*TEMPLATE)).findings if one.rule is rule)
    return one


def test_a_right_bill_has_no_finding() -> None:
    assert found(PLAIN) == []


@pytest.mark.parametrize(
    ("start", "row", "expected"),
    [
        # 0.01 too little, and 0.01 too much, in a product that needs rounding
        ("A3", "A3,line,Kerb,m,33.333333,3,99.99,,,", [("product", "A3", 10_000)]),
        ("A3", "A3,line,Kerb,m,33.333333,3,100.01,,,", [("product", "A3", 10_000)]),
        # the total shows that the point of the unit price is plainly wrong: the total stands
        ("A2", "A2,line,Concrete,m3,100.5,40,40200.00,,,", [("decimal_point", "A2", 400_000_000)]),
        ("A2", "A2,line,Concrete,m3,100.5,40000,40200.00,,,", [("decimal_point", "A2", 400_000_000)]),
        ("F1", "F1,percent,Safety,,,,1584.01,lines,3,", [("fee", "F1", 158_400)]),
        (",sum", ",sum,Total,,,,64728.57,,,", [("sum", "", ANNOUNCED), ("announced", "", None)]),
        (",sum", ",sum,Total,,,,64728.56,,,陆万元整", [("words", "", 6_000_000), ("sum", "", ANNOUNCED)]),
        (",sum", ",sum,Total,,,,64728.56,,,sixty", [("words", "", 6_000), ("sum", "", ANNOUNCED)]),
        (",sum", ",sum,Total,,,,64728.56,,,many", [("words_unreadable", "", None)]),
        (",sum", ",sum,Total,,,,,,,", [("sum", "", ANNOUNCED), ("announced", "", None)]),
    ],
)
def test_arithmetic(start: str, row: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert found(with_row(start, row)) == expected
    assert check_bill(bill(*with_row(start, row))).corrected_price == ANNOUNCED


def test_unit_price_stands_over_the_total_and_the_fees_follow() -> None:
    rows = with_row("A2", "A2,line,Concrete,m3,100.5,401,40200.00,,,")
    assert found(rows)[0] == ("product", "A2", 4_030_050)
    checked = check_bill(bill(*rows))
    lines = 1_250_000 + 4_030_050 + 10_000
    safety = half_up(lines * 3, 100)
    assert checked.corrected_price == lines + 500_000 + safety + half_up((lines + 500_000 + safety) * 9, 100)
    assert checked.needs_correction
    assert {one.clause for one in checked.findings if one.rule is Rule.PRODUCT} == {ARTICLE_19}


def test_two_ways_to_write_the_words_are_one() -> None:
    for words in (
        "人民币陆万肆仟柒佰贰拾捌元伍角陆分整",
        "sixty-four thousand seven hundred twenty-eight yuan and fifty-six cents",
    ):
        assert found(with_row(",sum", f",sum,Total,,,,64728.56,,,{words}")) == []


@pytest.mark.parametrize(
    ("start", "row", "expected"),
    [
        ("A3", "", [("missing_item", "A3", None)]),
        (
            "A3",
            "A9,line,Kerb,m,33.333333,3,100.00,,,",
            [("missing_item", "A3", None), ("added_item", "A9", None)],
        ),
        ("A3", "A3,line,Kerbs,m,33.333333,3,100.00,,,", [("changed_item", "A3", None)]),
        ("A3", "A3,line,Kerb,km,33.333333,3,100.00,,,", [("changed_item", "A3", None)]),
        ("A3", "A3,provisional,Kerb,m,,,100.00,,,", [("changed_item", "A3", None)]),
        ("A3", "A3,line,Kerb,m,33.333334,3,100.00,,,", [("changed_quantity", "A3", 33_333_333)]),
        ("P1", "P1,provisional,Provisional sum,,,,5000.01,,,", [("provisional", "P1", 500_000)]),
        ("P1", "P1,provisional,Provisional sum,,,,4999.99,,,", [("provisional", "P1", 500_000)]),
        ("F2", "F2,percent,Tax,,,,5344.56,provisional+lines+fees,9,", []),
        ("F2", "F2,percent,Tax,,,,4894.56,lines+fees,9,", [("fee_base", "F2", None)]),
        ("F2", "F2,percent,Tax,,,,1781.52,lines+fees+provisional,3,", [("fee_rate", "F2", 9_000_000)]),
        ("A3", "A3,line,Kerb,m,33.333333,,,,,", [("unpriced", "A3", None)]),
        ("A3", "A3,line,Kerb,m,33.333333,0,0.00,,,", [("zero_price", "A3", None)]),
        ("A3", "A3,line,Kerb,m,33.333333,-3,-100.00,,,", [("negative_price", "A3", None)]),
    ],
)
def test_what_the_template_fixes(start: str, row: str, expected: list[tuple[str, str, int | None]]) -> None:
    followers = ("product", "fee", "sum", "words", "announced")
    rules = [one for one in found(with_row(start, row)) if one[0] not in followers]
    assert rules == expected


def test_a_finding_shows_decimal_text() -> None:
    one = only(with_row("A2", "A2,line,Concrete,m3,100.5,40,40200.00,,,"), Rule.DECIMAL_POINT)
    assert write_finding(one, 2) == {
        "rule": "decimal_point",
        "item": "A2",
        "row": 3,
        "evidence": {
            "quantity": "100.500000",
            "unit_price": "40.000000",
            "total": "40200.00",
            "product": "4020.00",
        },
        "column": "unit_price",
        "proposed": "400.000000",
        "clause": ARTICLE_19,
    }


def priced(*prices: str) -> Bill:
    """A bill of lines of quantity 1 at these unit prices."""
    rows = [f"A{n},line,x,m,1,{price},{price},,," for n, price in enumerate(prices)]
    total = write_units(sum(round(100 * float(price)) for price in prices), 2)
    return bill(HEADING, *rows, f",sum,,,,,{total},,,")


def rules(bills: dict[str, Bill], **changes: int) -> dict[str, list[tuple[str, str]]]:
    """Rule and item of the findings of each bid."""
    checked = check_lot(bills, None, {}, Limits(**changes))
    return {bid: [(one.rule.value, one.item) for one in each.findings] for bid, each in checked.items()}


@pytest.mark.parametrize(
    ("price", "is_found"),
    [
        ("49.99", True),
        ("50.00", False),
        ("50.01", False),
        ("149.99", False),
        ("150.00", False),
        ("150.01", True),
    ],
)
def test_a_unit_price_is_unbalanced_outside_its_limits_only(price: str, is_found: bool) -> None:
    bills = {"a": priced("100"), "b": priced("100"), "c": priced("100"), "d": priced(price)}
    assert rules(bills)["d"] == ([("unbalanced", "A0")] if is_found else [])


def test_fewer_bids_than_the_parameter_give_no_median() -> None:
    two = {"a": priced("100"), "b": priced("1000")}
    assert rules(two) == {"a": [], "b": []}
    assert rules(two, least_bids=2)["b"] == [("unbalanced", "A0")]


def test_money_drawn_to_the_early_lines_is_found() -> None:
    usual = {bid: priced("100", "100", "100", "100") for bid in "abc"}
    assert rules({**usual, "d": priced("120", "120", "100", "100")})["d"] == []
    assert rules({**usual, "d": priced("121", "120", "100", "100")})["d"] == [("front_loaded", "")]
    assert rules({**usual, "d": priced("80", "80", "100", "100")})["d"] == []


UNITS = st.integers(1, 10**9)


@st.composite
def right_bills(draw: st.DrawFn) -> list[list[str]]:
    """The cells of a consistent bill: lines, a provisional sum, a fee, the sum in figures and in words."""
    rows, whole = [], 0
    for number in range(draw(st.integers(1, 6))):
        quantity, price = draw(UNITS), draw(UNITS)
        total = half_up(quantity * price, 10**10)
        whole += total
        cells = [write_units(quantity, 6), write_units(price, 6), write_units(total, 2)]
        rows.append([f"A{number}", "line", "x", "m", *cells, "", "", ""])
    provisional = draw(st.integers(0, 10**9))
    rows.append(["P", "provisional", "p", "", "", "", write_units(provisional, 2), "", "", ""])
    rate = draw(st.integers(1, 2 * 10**7))
    fee = half_up(whole * rate, 10**8)
    rows.append(["F", "percent", "f", "", "", "", write_units(fee, 2), "lines", write_units(rate, 6), ""])
    total = whole + provisional + fee
    return [*rows, ["", "sum", "", "", "", "", write_units(total, 2), "", "", write_chinese(total, 2)]]


def made(cells: list[list[str]]) -> Bill:
    return bill(HEADING, *(",".join(row) for row in cells))


@given(right_bills())
def test_a_consistent_bill_has_no_finding_but_prices_of_nothing(cells: list[list[str]]) -> None:
    read = made(cells)
    checked = check_bill(read, read, read.grand.total)
    assert {one.rule for one in checked.findings} <= {Rule.ZERO_PRICE}
    assert checked.corrected_price == read.grand.total


@given(right_bills(), st.data())
def test_one_changed_total_is_always_found_and_put_right(cells: list[list[str]], data: st.DataObject) -> None:
    right = made(cells)
    at = data.draw(st.integers(0, len(cells) - 1))
    changed = [list(row) for row in cells]
    units = int(changed[at][6].replace(".", "")) + data.draw(st.integers(1, 10**6))
    changed[at][6] = write_units(units, 2)
    found = check_bill(made(changed), right, right.grand.total)
    assert {one.item for one in found.findings} & {changed[at][0]}
    if changed[at][1] != "provisional" and not any(one.rule is Rule.DECIMAL_POINT for one in found.findings):
        assert found.corrected_price == correct(right).price
