"""Where a passphrase comes from: a file for programs, a hidden prompt for people; never an argument."""

import os
from pathlib import Path

import typer

VARIABLE = "MT_PASSPHRASE_FILE"


def passphrase(*, confirm: bool = False) -> str:
    """The passphrase from the file that the variable names, or from a prompt."""
    path = os.environ.get(VARIABLE)
    if path:
        return Path(path).read_text().rstrip("\n")
    entered: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    return entered
