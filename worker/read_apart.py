"""Documents of bids are read apart: a file that breaks or hangs its reader costs only its own facts."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Self

from evaluation.blind_files import FoundMark
from evaluation.blind_text import BlindText
from evaluation.collusion.facts import Mark
from evaluation.collusion.forensics import (
    FILE_LIMIT,
    FileFacts,
    is_document,
    needs_library,
    read_passages,
)
from kernel.money import PriceScale

FILE_SECONDS = 20.0  # for the marks of one file, and again for its text
BID_SECONDS = 75.0  # for all files together; the lease of the job is longer
ANSWER_LIMIT = 64 << 20  # bytes of one answer
CHUNK = 1 << 20


class SlowReader(Exception):
    """The reader gave no answer in time, or ended."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Reader:
    """Reads one file after the other; its process begins at the first file that needs it and anew after a failure."""

    def __init__(self, seconds: float = BID_SECONDS, file_seconds: float = FILE_SECONDS) -> None:
        self._until = time.monotonic() + seconds
        self._file_seconds = file_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._held = bytearray()  # what came of the next answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, name: str, data: bytes) -> FileFacts:
        """What a file tells, or why it tells nothing; a file of a kind that is not read tells nothing, without why."""
        if not is_document(name, data[:8]):
            return FileFacts()
        if len(data) > FILE_LIMIT:
            return FileFacts(why_unread="large")
        if not needs_library(data[:8]):
            return read_passages(name, data)
        if time.monotonic() >= self._until:
            return FileFacts(why_unread="budget")
        marks: tuple[Mark, ...] = ()
        try:
            first = self._ask(name, data)
            marks = first.marks
            if first.why_unread:
                self._answer()  # says the same of the text
                return first
            text = self._answer()
        except SlowReader as error:
            self._end()
            return FileFacts(marks, why_unread=error.why)
        return FileFacts(marks, text.passages, text.why_unread)

    def read_unit_prices(self, name: str, data: bytes, scale: PriceScale) -> dict[str, int]:
        """The unit prices of a priced bill in hundredths, by item; none where it cannot be read."""
        if len(data) > FILE_LIMIT or time.monotonic() >= self._until:
            return {}
        try:
            self._send(data, name=name, currency=scale.currency, places=scale.places)
            body: dict[str, Any] = json.loads(self._line())
        except SlowReader:
            self._end()
            return {}
        return {item: int(price) for item, price in body["unit_prices"].items()}

    def read_blind(self, name: str, data: bytes, known: Sequence[str]) -> BlindText:
        """The plain text of a file of a blind part, its marks by place and kind only."""
        if len(data) > FILE_LIMIT:
            return BlindText(why_unread="large")
        if time.monotonic() >= self._until:
            return BlindText(why_unread="budget")
        try:
            self._send(data, name=name, known=list(known))
            body: dict[str, Any] = json.loads(self._line())
        except SlowReader as error:
            self._end()
            return BlindText(why_unread=error.why)
        return BlindText(
            tuple(tuple(block) for block in body["blocks"]),
            tuple(FoundMark(place, 0, kind, "") for place, kind in body["marks"]),
            body["pictures"],
            body["why"],
        )

    def _ask(self, name: str, data: bytes) -> FileFacts:
        self._send(data, name=name)
        return self._answer()

    def _send(self, data: bytes, **head: object) -> None:
        process = self._process = self._process or self._begin()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({**head, "size": len(data)}).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()
        except OSError:
            raise SlowReader("broken") from None

    def _answer(self) -> FileFacts:
        body: dict[str, Any] = json.loads(self._line())
        return FileFacts(tuple(Mark(*one) for one in body["marks"]), tuple(body["passages"]), body["why"])

    def _line(self) -> bytes:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        until = min(time.monotonic() + self._file_seconds, self._until)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._held[-CHUNK:]:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise SlowReader("slow")
                chunk = os.read(process.stdout.fileno(), CHUNK)
                if not chunk or len(self._held) > ANSWER_LIMIT:
                    raise SlowReader("memory" if not chunk else "large")
                self._held += chunk
        line, _, self._held = self._held.partition(b"\n")
        return bytes(line)

    def _begin(self) -> subprocess.Popen[bytes]:
        # Nothing of the server's environment: no settings, no places of keys.
        environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
        return subprocess.Popen(
            [sys.executable, "-m", "worker.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def _end(self) -> None:
        self._held.clear()
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()
        self._process = None
