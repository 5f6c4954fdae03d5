"""What browsers send: fields of forms, moments in Beijing time, files that stream past without touching the disk."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from kernel.clock import BEIJING
from kernel.errors import BadInput

FIELD_BYTES = 1 << 16  # of one field before the file
DRAIN_BYTES = 64 << 20  # read of a refused upload, so that the browser gets to see the refusal


def text(data: Mapping[str, Any], name: str) -> str:
    """One field, trimmed; empty when it is missing."""
    values = many(data, name)
    return values[-1] if values else ""


def many(data: Mapping[str, Any], name: str) -> list[str]:
    """All values of a repeated field, trimmed, in the order of the form."""
    value = data.get(name, [])
    return [str(item).strip() for item in (value if isinstance(value, list) else [value])]


def whole(data: Mapping[str, Any], name: str) -> int:
    """A whole number; raises BadInput naming the field."""
    given = text(data, name)
    if not (given.isascii() and given.isdigit()) or len(given) > 9:
        raise BadInput(where=name, why="give a whole number")
    return int(given)


def local_moment(data: Mapping[str, Any], name: str) -> datetime:
    """A date and time in Beijing; raises BadInput naming the field."""
    try:
        return datetime.fromisoformat(text(data, name)).replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError:
        raise BadInput(where=name, why="give a date and a time, such as 2026-12-01T09:30") from None


def local_text(at: datetime | None) -> str:
    """A moment as a date and time field in Beijing holds it."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S") if at else ""


class FileForm:
    """A form with a file, read as it arrives: first the fields before the file, then the file's bytes.

    The file has to be the last field of its form; where there are several files, `begin` leads on to the next one.
    """

    def __init__(self, request: Request[Any, Any, Any], most_parts: int = 20) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != "multipart/form-data" or not options.get("boundary"):
            raise BadInput(where="file", why="send the form with its file")
        self._body = aiter(request.stream())
        self._parser = PushMultipartParser(options["boundary"], max_segment_count=most_parts)
        self._events: list[Any] = []
        self.fields: dict[str, str] = {}
        self.filename = self.file_field = ""

    async def begin(self) -> None:
        """Read up to the file; raises BadInput when the form has none."""
        name, value = "", bytearray()
        while self._events or not self._parser.closed:
            event = await self._next()
            if isinstance(event, MultipartSegment):
                if event.filename is not None:
                    self.filename = event.filename.replace("\\", "/").rpartition("/")[2]
                    self.file_field = event.name or ""
                    return
                name, value = event.name or "", bytearray()
            elif event is None and name:
                self.fields[name] = value.decode("utf-8", "replace").strip()
            elif event is not None:
                value += event
                if len(value) > FIELD_BYTES:
                    raise BadInput(where=name, why="this field is too long")
        raise BadInput(where="file", why="choose a file")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file's bytes."""
        while (event := await self._next()) is not None:
            yield bytes(event)

    async def drain(self) -> None:
        """Read what is left, within reason."""
        left = DRAIN_BYTES
        async for chunk in self._body:
            left -= len(chunk)
            if left < 0:
                return

    async def _next(self) -> Any:
        """The next event of the parser; None at the end of a field, of the file and of the form."""
        while not self._events:
            if self._parser.closed:
                return None
            chunk = await _read(self._body)
            try:
                self._events += list(self._parser.parse(chunk))
            except MultipartError:
                raise BadInput(where="file", why="the form was cut off or is malformed") from None
        return self._events.pop(0)


async def _read(body: AsyncIterator[bytes]) -> bytes:
    async for chunk in body:
        if chunk:
            return chunk
    return b""
