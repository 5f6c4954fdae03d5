"""Files that people give to the command and get from it."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from kernel.errors import BadInput


def read_json(path: Path) -> Any:
    """The JSON in a file.

    Raises:
        BadInput: it holds something else.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise BadInput(where=str(path), why="the file does not hold JSON") from None


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
