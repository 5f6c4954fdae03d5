"""Bidders check their priced bill of quantities on their own machine, before they seal it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from client.console import OUT, plain_errors, say
from evaluation.bill.read import read_bill
from evaluation.bill.values import Bill
from evaluation.bill.words import write_chinese
from evaluation.price_checks.check import check_bill
from evaluation.price_checks.findings import money, write_finding
from kernel.errors import BadInput
from kernel.money import PriceScale, read_units

BILL = typer.Typer(no_args_is_help=True, help="Check priced bills of quantities.")


@BILL.command("check")
def bill_check_command(
    bill: Annotated[Path, typer.Argument(help="Your priced bill, CSV or XLSX")],
    template: Annotated[Path | None, typer.Option(help="The tender's own bill, bill-template.csv")] = None,
    price: Annotated[str, typer.Option(help="The price of your bid, to compare with the bill")] = "",
    places: Annotated[int, typer.Option(min=0, max=6, help="Decimals of the tender's prices")] = 2,
    currency: Annotated[str, typer.Option(help="Currency of the tender")] = "CNY",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Compute a bill again as the platform will, and say what it would find; exit code 1 when there is something."""
    with plain_errors(as_json):
        scale = PriceScale(currency, places)
        own, given = read_file(bill, scale), read_file(template, scale) if template else None
        checked = check_bill(own, given, read_units(price, places) if price else None)
        findings: list[dict[str, Any]] = [dict(write_finding(one, places)) for one in checked.findings]
        facts: dict[str, Any] = {
            "bill": str(bill),
            "rows": len(own.rows),
            "stated": money(own.grand.total, places),
            "comes_to": money(checked.corrected_price, places),
            "in_words": write_chinese(checked.corrected_price, places)
            if checked.corrected_price >= 0
            else "",
            "findings": findings if as_json else len(findings),
        }
        say(facts, as_json=as_json, title="Something was found." if findings else "Nothing was found.")
        if findings and not as_json:
            OUT.print(table(findings))
    if checked.findings:
        raise typer.Exit(1)


def read_file(path: Path, scale: PriceScale) -> Bill:
    """A bill from a file of this machine."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(where=str(path), why=error.strerror or "it cannot be read") from None
    return read_bill(path.name, data, scale)


def table(findings: list[dict[str, Any]]) -> Table:
    """The findings, one a line."""
    made = Table("Check", "Item", "Row", "Evidence", "Proposed")
    for one in findings:
        evidence = ", ".join(f"{key} {value or '–'}" for key, value in one["evidence"].items())
        proposed = f"{one['column']} {one['proposed']}" if one["proposed"] else "–"
        made.add_row(one["rule"], one["item"] or "–", str(one["row"] or "–"), evidence, proposed)
    return made
