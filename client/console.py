"""What a command says: a table for people or one JSON object for programs, and one sentence when it fails."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from kernel.errors import TenderingError

OUT = Console()
ERR = Console(stderr=True)


class ServerRefused(Exception):
    """The server's problem document."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = dict(problem)
        super().__init__(problem.get("detail") or problem.get("title"))


def say(facts: Mapping[str, Any], *, as_json: bool, title: str = "") -> None:
    """Print the outcome of a command."""
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
        return
    table = Table(title=title or None, title_justify="left", show_header=False)
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), str(value))
    OUT.print(table)


@contextmanager
def plain_errors(as_json: bool) -> Iterator[None]:
    """Turn every expected failure into one sentence and exit code 1."""
    try:
        yield
    except ServerRefused as refused:
        _fail(refused.problem, as_json)
    except TenderingError as error:
        _fail({"code": error.code, "detail": str(error)}, as_json)
    except httpx.InvalidURL:
        _fail({"code": "bad-input", "detail": "The address of the platform is not a URL."}, as_json)
    except httpx.HTTPError as error:
        detail = f"The server could not be reached ({type(error).__name__}). Nothing was lost; run the command again."
        _fail({"code": "unreachable", "detail": detail}, as_json)
    except OSError as error:
        _fail({"code": "file", "detail": f"{error.filename}: {error.strerror}"}, as_json)


def _fail(problem: Mapping[str, Any], as_json: bool) -> NoReturn:
    if as_json:
        sys.stdout.write(json.dumps({"error": problem}, ensure_ascii=False) + "\n")
    else:
        ERR.print(
            f"[bold red]{problem.get('code', 'error')}[/]: {problem.get('detail') or problem.get('title')}"
        )
    raise typer.Exit(1)


def progress(as_json: bool) -> Progress:
    """A progress bar for bytes; silent for programs and where nobody watches."""
    return Progress(
        "[progress.description]{task.description}",
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=ERR,
        disable=as_json or not sys.stderr.isatty(),
    )
