"""What a bidder's machine and people say of themselves, sealed with the bid as `trace.json`: never published.

bid.json is published at the opening; this file is read only by the search for collusion. All of it is voluntary, and
what is missing counts as unknown.
"""

import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

from crypto.archive import ArchiveFile, bytes_file
from crypto.canonical import canonical

TRACE_NAME = "trace.json"
MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
MULTICAST = 1 << 40  # set in a made-up hardware address, which says nothing of the machine


def machine_id() -> str:
    """A hash that this machine gives each time and no other does; empty where it has no name of its own."""
    for path in MACHINE_FILES:
        if path.is_file() and (text := path.read_text().strip()):
            return _hashed(text)
    node = uuid.getnode()
    return "" if node & MULTICAST else _hashed(f"{node:012x}")


def _hashed(text: str) -> str:
    return sha256(f"mingtang machine\n{text}".encode()).hexdigest()


def trace_files(given: dict[str, Any], with_machine: bool) -> list[ArchiveFile]:
    """The file that goes into the bid; none when there is nothing to say."""
    machine = machine_id() if with_machine else ""
    body = {**given, **({"machine": machine} if machine else {})}
    return [bytes_file(TRACE_NAME, canonical(body))] if body else []
