"""The last head of a log that a program has seen, kept so that power cuts neither lose nor forge it."""

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from crypto.witnessing import SeenHead
from kernel.errors import BadInput


class HeadStore:
    """One file for each log, replaced as a whole and on the disk before anything is signed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, origin: str) -> SeenHead | None:
        """The last head of a log; None before the first.

        Raises:
            BadInput: the file was changed by somebody else; starting over would allow a second history.
        """
        path = self._path(origin)
        try:
            body = json.loads(path.read_text())
            return (
                SeenHead(int(body["size"]), bytes.fromhex(body["root"])) if body["origin"] == origin else None
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise BadInput(
                where=str(path), why="it is not what this program wrote; look into it first"
            ) from None

    def save(self, origin: str, head: SeenHead) -> None:
        """Keep a head, durable when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(origin)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        body = {"origin": origin, "size": head.size, "root": head.root.hex()}
        with fresh.open("w") as file:
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        with suppress(OSError):  # a folder cannot be synced everywhere
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _path(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()[:32]}.json"
