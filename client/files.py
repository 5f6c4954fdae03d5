"""Files that people give to the command and get from it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from kernel.errors import BadInput
from kernel.strict_json import read_strict_json

LARGEST = 200_000_000  # bytes; a case of a thousand bids, sixty criteria and nine experts takes a tenth


def read_bytes(path: Path, at_most: int) -> bytes:
    """The bytes of a file.

    Raises:
        BadInput: there are more.
    """
    if path.stat().st_size > at_most:
        raise BadInput(where=str(path), why=f"at most {at_most} bytes are read")
    return path.read_bytes()


def read_json(path: Path, at_most: int = LARGEST) -> Any:
    """The JSON in a file, read strictly.

    Raises:
        BadInput: it holds something else, or more.
    """
    return read_strict_json(read_bytes(path, at_most), path.name)


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        BadInput: it holds something else.
    """
    found = read_json(path)
    if not isinstance(found, dict):
        raise BadInput(where=str(path), why="the file does not hold a JSON object")
    return found


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when everything is written, and not at all when that fails."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w+b") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
