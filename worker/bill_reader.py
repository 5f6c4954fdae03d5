"""Reads one workbook of a bid in a process of its own, with little memory and no disk: `python -m worker.bill_reader`.

Standard input holds a line `{"name", "currency", "places"}` and the bytes; one JSON object goes to standard output.
"""

import json
import os
import subprocess
import sys
from typing import Any

from crypto.canonical import JsonValue, canonical
from evaluation.bill.form import read_written_bill, write_bill
from evaluation.bill.read import read_bill
from evaluation.bill.values import Bill
from evaluation.bill.workbook import WORKBOOK_ENDINGS
from kernel.apart import confine
from kernel.errors import BadInput
from kernel.money import PriceScale

SECONDS = 60


def read_bill_apart(name: str, data: bytes, scale: PriceScale) -> Bill:
    """Read a bill; a workbook in a process of its own, so that a hostile one costs only itself.

    Raises:
        BadInput: as `read_bill`, and where the process gave no answer.
    """
    if not name.casefold().endswith(WORKBOOK_ENDINGS):
        return read_bill(name, data, scale)
    head = canonical({"name": name, "currency": scale.currency, "places": scale.places}) + b"\n"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "worker.bill_reader"],
            input=head + data,
            capture_output=True,
            env=environment,
            timeout=SECONDS,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        raise BadInput(where=name, why="it is not a workbook (XLSX) that can be read") from None
    if "refused" in answer:
        raise BadInput(where=answer["refused"]["where"], why=answer["refused"]["why"])
    return read_written_bill(answer["bill"])


def answer_for(head: dict[str, Any], data: bytes) -> dict[str, JsonValue]:
    """The bill, or why it was refused."""
    try:
        bill = read_bill(head["name"], data, PriceScale(head["currency"], head["places"]))
    except BadInput as error:
        return {"refused": {"where": str(error.facts["where"]), "why": str(error.facts["why"])}}
    return {"bill": write_bill(bill)}


if __name__ == "__main__":
    confine()
    first = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(canonical(answer_for(first, sys.stdin.buffer.read())))
