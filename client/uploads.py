"""Sending a sealed file by tus: it goes on after a broken line, after being killed, after a restart of the machine.

Where the upload lies at the platform is remembered in a small file beside the sealed one. Nothing is submitted here.
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from client.console import ServerRefused
from client.files import read_object
from client.server import Server
from crypto.parts_digest import PART_BYTES, PartsDigest
from kernel.errors import BadInput

TUS = {"Tus-Resumable": "1.0.0"}
PART_TYPE = {"Content-Type": "application/offset+octet-stream"}
FIRST_BYTES = (
    128 * 1024
)  # hold the prefix of the first envelope: a wrong file is refused before the rest is sent
CHUNK_BYTES = 256 * 1024
FIRST_WAIT_SECONDS = 0.02  # doubles with each try that moves nothing
LONGEST_WAIT_SECONDS = 10.0
TRIES = 16  # in a row that move nothing
AGAIN = (423, 502, 503, 504)
GONE = (404, 410)

Progress = Callable[[int], None]
"""Hears how many bytes the platform has, or will have when nothing breaks."""


@dataclass(frozen=True)
class SealedFile:
    """What is to be sent: for which lot, how large, with which parts digest."""

    path: Path
    tender_id: str
    lot_id: str
    size: int
    digest: bytes

    @property
    def place(self) -> str:
        """Where uploads of its lot begin."""
        return f"/api/tenders/{self.tender_id}/lots/{self.lot_id}/uploads"

    @property
    def note(self) -> Path:
        """The file that remembers the upload."""
        return self.path.with_name(self.path.name + ".upload.json")


def speaks_tus(server: Server, place: str) -> bool:
    """Whether the platform takes uploads that go on; an older one does not."""
    answer = server.http.request("OPTIONS", place)
    return answer.is_success and "1.0.0" in answer.headers.get("tus-version", "").split(",")


def send(server: Server, sealed: SealedFile, on_progress: Progress, replaces: str | None = None) -> str:
    """Upload a file, going on where an earlier run stopped; returns the upload's path."""
    return _Sending(server, sealed, on_progress, replaces).run()


class _Sending:
    def __init__(
        self, server: Server, sealed: SealedFile, on_progress: Progress, replaces: str | None
    ) -> None:
        self._http, self._sealed, self._tell = server.http, sealed, on_progress
        self._server, self._replaces = server.profile.server, replaces
        self._tries, self._best = 0, -1

    def run(self) -> str:
        path = self._remembered() or self._begin()
        offset = self._offset(path)
        while offset < self._sealed.size:
            try:
                answer = self._http.patch(
                    path,
                    headers=TUS | PART_TYPE | {"Upload-Offset": str(offset)},
                    content=self._bytes(offset, self._sealed.size),
                )
                self._check(answer)
            except httpx.TransportError as error:
                self._wait(error)
            if (offset := self._offset(path)) > self._best:
                self._best, self._tries = offset, 0
        self._tell(offset)
        return path

    def _bytes(self, start: int, end: int) -> Iterator[bytes]:
        with self._sealed.path.open("rb") as file:
            file.seek(start)
            while start < end and (chunk := file.read(min(CHUNK_BYTES, end - start))):
                yield chunk
                start += len(chunk)
                self._tell(start)

    def _begin(self) -> str:
        """Make the upload, with the first bytes, and remember it."""
        values = {"filename": self._sealed.path.name, "digest": self._sealed.digest.hex()}
        if self._replaces:
            values["replaces"] = self._replaces
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in values.items())
        with self._sealed.path.open("rb") as file:
            first = file.read(FIRST_BYTES)
        headers = TUS | PART_TYPE
        headers |= {"Upload-Length": str(self._sealed.size), "Upload-Metadata": metadata}
        while True:
            try:
                answer = self._http.post(self._sealed.place, headers=headers, content=first)
            except httpx.TransportError as error:
                self._wait(error)
                continue
            if self._check(answer):
                break
        path = str(httpx.URL(answer.headers["location"]).raw_path.decode())
        note = {"server": self._server, "digest": self._sealed.digest.hex(), "upload": path}
        self._sealed.note.write_text(json.dumps(note))
        return path

    def _offset(self, path: str) -> int:
        while True:
            try:
                answer = self._http.head(path, headers=TUS)
            except httpx.TransportError as error:
                self._wait(error)
                continue
            if answer.status_code in GONE:
                # A refusal whose words the broken line has swallowed: asked for as a page of data, it has a body.
                self._sealed.note.unlink(missing_ok=True)
                self._check(self._http.get(path))
            if self._check(answer):
                return int(answer.headers["upload-offset"])

    def _remembered(self) -> str | None:
        """The upload of an earlier run, if the platform still has it and it is the same file so far."""
        try:
            note = read_object(self._sealed.note)
        except (OSError, BadInput):
            return None
        path = str(note.get("upload", ""))
        same = (note.get("server"), note.get("digest")) == (self._server, self._sealed.digest.hex())
        if not same or not path.startswith("/api/uploads/"):
            return None
        answer = self._http.get(path)
        if answer.status_code in GONE:
            return None
        self._check(answer)
        state = answer.json()
        if state["whole_parts"] and self._digest_of(state["whole_parts"]) != state["whole_parts_digest"]:
            self._http.delete(path, headers=TUS)
            return None
        return path

    def _digest_of(self, whole_parts: int) -> str:
        digest = PartsDigest()
        with self._sealed.path.open("rb") as file:
            for _ in range(whole_parts):
                digest.update(file.read(PART_BYTES))
        return digest.digest().hex()

    def _check(self, answer: httpx.Response) -> bool:
        """Whether it went well; False when it may be tried again; raises ServerRefused for everything else."""
        if answer.is_success:
            return True
        problem = _problem(answer)
        if answer.status_code in AGAIN or problem.get("code") == "wrong-offset":
            self._wait(ServerRefused(problem))
            return False
        raise ServerRefused(problem)

    def _wait(self, error: Exception) -> None:
        self._tries += 1
        if self._tries > TRIES:
            raise error
        time.sleep(min(FIRST_WAIT_SECONDS * 2 ** (self._tries - 1), LONGEST_WAIT_SECONDS))


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    return {"code": f"http-{answer.status_code}", "detail": answer.reason_phrase}
