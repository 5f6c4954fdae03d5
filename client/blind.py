"""Bidders look through their blind technical part (暗标) on their own machine, before they seal it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from client.console import OUT, plain_errors, say
from evaluation.blind_files import BlindFile, look_at
from evaluation.collusion.forensics import FILE_LIMIT
from kernel.errors import BadInput

BLIND = typer.Typer(no_args_is_help=True, help="Look through blind technical parts.")
MOST_FILES = 2000


@BLIND.command("check")
def blind_check_command(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of the technical part")],
    name: Annotated[
        list[str] | None, typer.Option(help="A name that would tell who you are; may be repeated")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Find what would tell whose bid it is; exit code 1 when there is something or a file cannot be read."""
    with plain_errors(as_json):
        looked = [look_at(path.name, read(path), name or ()) for path in files_in(paths)]
        marks: list[dict[str, Any]] = [
            {
                "file": one.name,
                "place": mark.place,
                "number": mark.number,
                "kind": mark.kind,
                "found": mark.found,
            }
            for one in looked
            for mark in one.marks
        ]
        unread = [{"file": one.name, "why": one.why_unread} for one in looked if one.why_unread]
        facts: dict[str, Any] = {
            "files": len(looked),
            "pictures": sum(one.pictures for one in looked),
            "marks": marks if as_json else len(marks),
            "unread": unread if as_json else ", ".join(f"{one['file']} ({one['why']})" for one in unread),
        }
        title = "Something would tell whose bid it is." if marks else "Nothing was found in words."
        say(facts, as_json=as_json, title=f"{title} Look at every picture yourself.")
        if marks and not as_json:
            OUT.print(table(looked))
    if marks or unread:
        raise typer.Exit(1)


def files_in(paths: list[Path]) -> list[Path]:
    """The files, those of folders in the order of their names."""
    found: list[Path] = []
    for path in paths:
        found += sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    if not 0 < len(found) <= MOST_FILES:
        raise BadInput(where="files", why=f"give from 1 to {MOST_FILES} files")
    return found


def read(path: Path) -> bytes:
    """A file of this machine, up to the size that is read."""
    try:
        with path.open("rb") as opened:
            return opened.read(FILE_LIMIT + 1)
    except OSError as error:
        raise BadInput(where=str(path), why=error.strerror or "it cannot be read") from None


def table(looked: list[BlindFile]) -> Table:
    """The marks, one a line."""
    made = Table("File", "Place", "Kind", "Found")
    for one in looked:
        for mark in one.marks:
            place = f"{mark.place} {mark.number}" if mark.number else mark.place
            made.add_row(one.name, place, mark.kind, mark.found)
    return made
