"""Both ways to award lots under a cap, worked out from a file without a server."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from client.console import OUT, plain_errors
from client.files import read_json
from evaluation.lots.award_file import AwardCase, read_award_case, write_proposal
from evaluation.lots.rule import compare


def lots_command(
    file: Annotated[Path, typer.Argument(help="A case as in docs/formats/lot-award.md")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Propose who gets which lot, by the rule of the file and by the other method, with the reasons."""
    with plain_errors(as_json):
        case = read_award_case(read_json(file))
        own, other = compare(case.rule, case.lots, case.bundles, case.fewest)
        answer = write_proposal(case.rule, own, other, case.unit, case.places)
        if as_json:
            typer.echo(json.dumps(answer, ensure_ascii=False))
            return
        _show(case, answer)


def _show(case: AwardCase, answer: Any) -> None:
    for proposal in (answer["proposal"], answer["other"]):
        if proposal is None:
            continue
        table = Table(title=proposal["method"].replace("_", " "), title_justify="left")
        for heading in ("lot", "bidder", "place", case.unit, "why not those before"):
            table.add_column(heading)
        for award in proposal["awards"]:
            reasons = "; ".join(_reason(one) for one in award["passed"])
            row = (
                award["lot"],
                award["bidder"] or "nobody",
                award["place"] or "",
                award["cost"] or "",
                reasons,
            )
            table.add_row(*(str(cell) for cell in row))
        OUT.print(table)
        for one in proposal["discounts"]:
            OUT.print(f"{one['bidder']} takes off {one['discount']} for lots {', '.join(one['lots'])}")
        OUT.print(f"sum: {proposal['total']} {case.unit}")
    if answer["difference"] is not None:
        OUT.print(f"the other method less this one: {answer['difference']} {case.unit}")


def _reason(one: Any) -> str:
    said = f"{one['bidder']} (place {one['place']}) "
    said += f"gets {', '.join(one['holds'])}" if one["holds"] else "gets no lot"
    return said + (f", here it would raise the sum by {one['raises_by']}" if one["raises_by"] else "")
