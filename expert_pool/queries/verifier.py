"""The program that checks draw records on a stranger's machine, as it is published: its bytes and their hash.

A request names the hash before anybody's secret is known; the capsule carries the program under that hash.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "client"
NEWEST: Final = "verify_draw.py"


@cache
def verifier() -> bytes:
    """The newest program."""
    return (FOLDER / NEWEST).read_bytes()


@cache
def verifier_sha256() -> str:
    """The hash of the newest program, in hex: what a request names."""
    return sha256(verifier()).hexdigest()


def verifier_of(named: str) -> bytes:
    """The program with this hash; the newest one where a request named none.

    A program that requests have named stays as client/verify_draw_*.py when a newer one takes its place.
    """
    kept = [path.read_bytes() for path in sorted(FOLDER.glob("verify_draw*.py"))]
    return next((program for program in kept if sha256(program).hexdigest() == named), verifier())
