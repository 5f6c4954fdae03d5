"""Reads documents of bids in a process of its own, with little memory and no disk: `python -m worker.reader`.

Standard input holds one file after the other: a line `{"name": ..., "size": ...}` and the bytes. For each, two lines
go to standard output: its marks, then its passages; so the marks are there even when the text takes too long. A line
with `"places"` asks for the unit prices of a priced bill instead, one with `"known"` for the text without the marks
of the names known; the answer is one line.
"""

import json
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from crypto.canonical import canonical
from evaluation.bill.read import read_bill
from evaluation.bill.values import FINE_PLACES, Kind
from evaluation.blind_text import BlindText, normalise
from evaluation.collusion.forensics import FileFacts, read_marks, read_passages
from kernel.apart import confine
from kernel.money import PriceScale


def attempt(read: Callable[[str, bytes], FileFacts], name: str, data: bytes) -> FileFacts:
    """What a file tells; libraries break on hostile files in ways nobody can list, and that is a value too."""
    try:
        return read(name, data)
    except (MemoryError, RecursionError):
        return FileFacts(why_unread="memory")
    except Exception:
        return FileFacts(why_unread="broken")


def answer(facts: FileFacts) -> bytes:
    """One line of the answer."""
    marks = [[mark.kind, mark.value, mark.where] for mark in facts.marks]
    return canonical({"marks": marks, "passages": list(facts.passages), "why": facts.why_unread}) + b"\n"


def unit_prices(name: str, data: bytes, scale: PriceScale) -> bytes:
    """One line with the unit prices of a bill in hundredths, by item; none where the bill cannot be read."""
    try:
        rows = read_bill(name, data, scale).of(Kind.LINE)
        found = {row.item: str(in_hundredths(row.unit_price)) for row in rows if row.unit_price is not None}
    except Exception:
        found = {}  # the check of the bill says what is wrong with it; here it is unknown
    return canonical({"unit_prices": found}) + b"\n"


def blind_text(name: str, data: bytes, known: list[str]) -> bytes:
    """One line with the plain blocks of a file of a blind part, and where its marks were; never what they said."""
    try:
        found = normalise(name, data, known)
    except (MemoryError, RecursionError):
        found = BlindText(why_unread="memory")
    except Exception:
        found = BlindText(why_unread="broken")
    body = {
        "blocks": [list(block) for block in found.blocks],
        "marks": [[mark.place, mark.kind] for mark in found.marks],
        "pictures": found.pictures,
        "why": found.why_unread,
    }
    return canonical(body) + b"\n"


def in_hundredths(fine: int) -> int:
    """A unit price of 10**-6 in hundredths, half up: finer digits would only blur ratios."""
    step = int(10 ** (FINE_PLACES - 2))
    return (2 * fine + step) // (2 * step)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Read files until the input ends."""
    while line := source.readline():
        head: dict[str, Any] = json.loads(line)
        data = source.read(head["size"])
        if "places" in head:
            target.write(unit_prices(head["name"], data, PriceScale(head["currency"], head["places"])))
            target.flush()
            continue
        if "known" in head:
            target.write(blind_text(head["name"], data, head["known"]))
            target.flush()
            continue
        for read in (read_marks, read_passages):
            target.write(answer(attempt(read, head["name"], data)))
            target.flush()


if __name__ == "__main__":
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)
