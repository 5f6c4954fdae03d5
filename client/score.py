"""Evaluate a case from a file: who stands where, and how every figure came about; needs no server."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from client.console import OUT, plain_errors, say
from client.files import read_json
from crypto.canonical import JsonValue
from evaluation.case import read_case
from evaluation.evaluate import evaluate
from evaluation.result import Ranking, ranking_digest, write_ranking
from evaluation.rulebook.numbers import write_decimal
from kernel.money import write_units


def score_command(
    file: Annotated[Path, typer.Argument(help="A case as in docs/formats/evaluation-case.md")],
    brief: Annotated[bool, typer.Option("--brief", help="Only the ranking, without the derivations")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Evaluate a case and print its ranking with the derivation of every figure."""
    with plain_errors(as_json):
        ranking = evaluate(read_case(read_json(file)))
        if as_json:
            say(
                {"ranking": write_ranking(ranking), "ranking_digest": ranking_digest(ranking)},
                as_json=True,
            )
            return
        _show_ranking(ranking)
        _show_benchmark(ranking)
        if not brief:
            _show_derivations(ranking)


def _show_ranking(ranking: Ranking) -> None:
    book, places = ranking.rulebook, ranking.rulebook.places
    by = book.award.by.replace("_", " ")
    table = Table(title=f"{book.name.zh} · {book.name.en}", title_justify="left")
    headings = ("place", "bid", "bidder", f"offer ({book.currency})", "evaluated", "price points")
    for heading in (*headings, "technical", "total", *([] if by == "total" else [by])):
        table.add_column(heading, overflow="fold")
    for line in ranking.lines:
        row = [
            str(line.place),
            line.bid.bid_id,
            line.bid.bidder_name,
            write_units(line.bid.offer, book.scale.places),
            write_units(line.evaluated_price, places.evaluated),
            write_units(line.price_points, places.price),
            write_units(line.technical_points, places.weighted),
            write_units(line.total, places.total),
        ]
        table.add_row(*row, *([] if by == "total" else [write_units(line.award, line.award_places)]))
    OUT.print(table)
    for rejection in ranking.rejected:
        grounds = ", ".join(f"{ground.check_id}{_remarks(ground.remarks)}" for ground in rejection.reasons)
        OUT.print(f"rejected: {rejection.bid_id}: {grounds}", markup=False)
    for tie in ranking.ties:
        OUT.print(f"equal, only a public draw decides: {', '.join(tie)}", markup=False)
    if not ranking.is_competitive:
        OUT.print(f"only {len(ranking.lines)} accepted bids; the rulebook asks for {book.minimum_bids}")


def _remarks(remarks: tuple[str, ...]) -> str:
    return f" ({'; '.join(remarks)})" if remarks else ""


def _show_benchmark(ranking: Ranking) -> None:
    if ranking.benchmark is None:
        return
    unit = 10**ranking.rulebook.places.evaluated
    for term in ranking.benchmark.terms:
        dropped = f", without {', '.join(term.dropped)}" if term.dropped else ""
        OUT.print(
            f"benchmark term: {term.base} {_plain(term.figure / unit)} × {_plain(term.factor)}{dropped}",
            markup=False,
        )
    OUT.print(f"benchmark: {_plain(ranking.benchmark.value / unit)}", markup=False)


def _plain(number: Fraction) -> str:
    """A decimal where it ends within nine places, else the fraction."""
    return write_decimal(number) if (number * 10**9).denominator == 1 else str(number)


def _show_derivations(ranking: Ranking) -> None:
    lines: Any = write_ranking(ranking)["lines"]
    for line in lines:
        table = Table(
            title=f"{line['place']}. {line['bid_id']}: how each figure came about", title_justify="left"
        )
        for heading in ("figure", "rule", "exactly", "rounded half up"):
            table.add_column(heading, overflow="fold")
        for step in line["derivation"]:
            table.add_row(step["figure"], step["rule"], _exactly(step), step["value"])
        OUT.print(table)


def _exactly(step: dict[str, JsonValue]) -> str:
    """Numerator over denominator, in units of the last decimal of the value."""
    numerator, denominator = step["numerator"], step["denominator"]
    decimals = len(str(step["value"]).partition(".")[2])
    scale = f" × 10^-{decimals}" if decimals else ""
    return f"{numerator} / {denominator}{scale}"
