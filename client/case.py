"""Checking the chain of one case from a saved answer, without the server."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from approval.event import Event, first_broken
from client.console import plain_errors, say
from client.files import read_json
from kernel.clock import read_time
from kernel.errors import BadInput, IntegrityBroken


def case_command(
    file: Annotated[Path, typer.Argument(help="A saved answer of GET /api/cases/{id}")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Check that no event of a case was changed, dropped, moved or added; needs no server."""
    with plain_errors(as_json):
        chained = read_chain(file)
        broken = first_broken(chained)
        if broken is not None:
            raise IntegrityBroken(what=f"event {broken} of the case does not follow from those before it")
        facts = {"events": len(chained), "head": chained[-1][1].hex(), "state": chained[-1][0].to_state}
        say(facts, as_json=as_json, title="The chain holds.")


def read_chain(file: Path) -> list[tuple[Event, bytes]]:
    """The events of a saved case; raises BadInput when the file holds none."""
    try:
        case = read_json(file)
        return [
            (read_event(case["id"], row), bytes.fromhex(row["hash"])) for row in case["events"]
        ] or _none()
    except (OSError, KeyError, TypeError, ValueError, BadInput):
        raise BadInput(
            where=str(file), why="save the answer of GET /api/cases/{id} and name that file"
        ) from None


def _none() -> list[tuple[Event, bytes]]:
    raise ValueError("no events")


def read_event(case_id: str, row: Mapping[str, Any]) -> Event:
    """One event of docs/formats/case-event.md."""
    return Event(
        case_id,
        row["seq"],
        read_time(row["at"]),
        date.fromisoformat(row["on"]),
        row["act"],
        row["actor"],
        row["role"],
        row["from"],
        row["to"],
        row["data"],
    )
