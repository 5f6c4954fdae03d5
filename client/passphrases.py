"""Where a passphrase comes from: a file for programs, a hidden prompt for people; never an argument."""

import os
from pathlib import Path

import typer

VARIABLE = "MT_PASSPHRASE_FILE"
SIGNING_VARIABLE = "MT_SIGNING_PASSPHRASE_FILE"


def passphrase(*, confirm: bool = False) -> str:
    """The passphrase from the file that the variable names, or from a prompt."""
    return _ask(VARIABLE, "Passphrase", confirm=confirm)


def signing_passphrase() -> str:
    """The passphrase of the key of a signing certificate, from its own variable's file, or from a prompt."""
    return _ask(SIGNING_VARIABLE, "Passphrase of the signing key")


def _ask(variable: str, prompt: str, *, confirm: bool = False) -> str:
    path = os.environ.get(variable)
    if path:
        return Path(path).read_text().rstrip("\n")
    entered: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm)
    return entered
