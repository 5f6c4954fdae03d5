"""Sending a sealed file straight to the platform's object store, part by part, where the platform offers it.

The platform judges the envelope's prefix before it gives out an address; each address takes one part with one SHA-256.
Parts that have arrived are not sent again, also in another run. When the store cannot be reached from here, the upload
goes through the platform.
"""

import json
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5, sha256
from typing import Any

import httpx

from client.console import ServerRefused
from client.files import read_object
from client.server import Server
from client.uploads import GONE, TUS, Progress, SealedFile
from crypto.canonical import b64
from crypto.envelope_prefix import read_prefix
from kernel.errors import BadInput

AT_A_TIME = 3  # parts on their way
TRIES = 6  # of one part
FIRST_WAIT_SECONDS = 0.3
POLL_SECONDS = 0.3
READ_SECONDS = 3600.0  # for the platform to read the whole once


class NoWayToStore(Exception):
    """The store cannot be reached from this machine."""


def is_offered(server: Server, place: str) -> bool:
    """Whether the platform hands out addresses of its store."""
    return "mingtang-direct" in server.http.request("OPTIONS", place).headers


def send_direct(
    server: Server, sealed: SealedFile, on_progress: Progress, replaces: str | None = None
) -> str:
    """Upload a file and wait until the platform has read it; returns the upload's path.

    Raises:
        NoWayToStore: nothing was sent; the other way may work.
        ServerRefused: the platform says no.
    """
    return _Direct(server, sealed, on_progress, replaces).run()


class _Direct:
    def __init__(
        self, server: Server, sealed: SealedFile, on_progress: Progress, replaces: str | None
    ) -> None:
        self._server, self._sealed, self._tell = server, sealed, on_progress
        self._replaces = replaces
        self._store = httpx.Client(timeout=httpx.Timeout(120, connect=10))
        self._sent = 0
        self._sums: dict[int, str] = {}  # SHA-256 of each part in Base64

    def run(self) -> str:
        path = self._remembered() or self._begin()
        if self._server.get(path)["state"] == "uploading":
            listed = self._server.get(f"{path}/parts")
            size = int(listed["part_bytes"])
            there = {int(part["number"]): str(part["etag"]) for part in listed["parts"]}
            self._send_missing(path, size, there)
            self._server.create(
                f"{path}/completion", {"sha256": [self._sums[number] for number in sorted(self._sums)]}
            )
        self._wait_until_read(path)
        return path

    def _begin(self) -> str:
        with self._sealed.path.open("rb") as file:
            prefix = read_prefix(file).to_bytes()
        body = {
            "size": self._sealed.size,
            "digest": self._sealed.digest.hex(),
            "prefix": b64(prefix),
            "filename": self._sealed.path.name,
            "replaces": self._replaces,
        }
        place = self._sealed.place.removesuffix("uploads") + "direct-uploads"
        path = f"/api/uploads/{self._server.create(place, body)['id']}"
        note = {"server": self._server.profile.server, "digest": body["digest"], "direct": path}
        self._sealed.note.write_text(json.dumps(note))
        return path

    def _remembered(self) -> str | None:
        try:
            note = read_object(self._sealed.note)
        except (OSError, BadInput):
            return None
        same = (note.get("server"), note.get("digest")) == (
            self._server.profile.server,
            self._sealed.digest.hex(),
        )
        path = str(note.get("direct", ""))
        if not same or not path.startswith("/api/uploads/"):
            return None
        answer = self._server.http.get(path)
        is_usable = answer.is_success and answer.json()["state"] != "refused"
        return None if answer.status_code in GONE or not is_usable else path

    def _part(self, number: int, size: int) -> bytes:
        with self._sealed.path.open("rb") as file:
            file.seek((number - 1) * size)
            return file.read(size)

    def _count(self, size: int) -> int:
        return -(-self._sealed.size // size)

    def _send_missing(self, path: str, size: int, there: dict[int, str]) -> None:
        numbers = range(1, self._count(size) + 1)
        with ThreadPoolExecutor(AT_A_TIME, "part") as pool:
            for first in range(0, len(numbers), AT_A_TIME):
                list(pool.map(lambda one: one(), self._tasks(path, size, there, numbers[first:][:AT_A_TIME])))

    def _tasks(self, path: str, size: int, there: dict[int, str], numbers: Sequence[int]) -> Iterator[Any]:
        """What is to be done for some parts: nothing for those that have arrived with these bytes."""
        parts = {number: self._part(number, size) for number in numbers}
        for number, part in parts.items():
            self._sums[number] = b64encode(sha256(part).digest()).decode()
        missing = {
            number: part
            for number, part in parts.items()
            if there.get(number) != md5(part, usedforsecurity=False).hexdigest()
        }
        self._add(sum(len(part) for number, part in parts.items() if number not in missing))
        for number, part in missing.items():
            yield lambda number=number, part=part: self._send(path, number, part)

    def _send(self, path: str, number: int, part: bytes) -> None:
        wait = FIRST_WAIT_SECONDS
        for left in range(TRIES - 1, -1, -1):
            wanted = {"parts": [{"number": number, "sha256": self._sums[number]}]}
            address = self._server.create(f"{path}/part-addresses", wanted)["addresses"][0]
            try:
                answer = self._store.put(address["url"], headers=address["headers"], content=part)
                if answer.is_success:
                    self._add(len(part))
                    return
            except httpx.TransportError:
                if not left and not self._sent:
                    self._server.http.delete(path, headers=TUS)
                    self._sealed.note.unlink(missing_ok=True)
                    raise NoWayToStore from None
                if not left:
                    raise
            time.sleep(wait)
            wait *= 2
        detail = "The object store did not take a part of the file. Run the command again."
        raise ServerRefused({"code": "store-refused", "detail": detail})

    def _add(self, count: int) -> None:
        self._sent += count
        self._tell(self._sent)

    def _wait_until_read(self, path: str) -> None:
        give_up = time.monotonic() + READ_SECONDS
        while time.monotonic() < give_up:
            state = self._server.get(path)
            if state["state"] == "complete":
                return
            if state["state"] == "refused":
                self._sealed.note.unlink(missing_ok=True)
                raise ServerRefused(state["problem"])
            time.sleep(POLL_SECONDS)
        detail = "The platform is still reading the file. Run the command again later."
        raise ServerRefused({"code": "still-reading", "detail": detail})
