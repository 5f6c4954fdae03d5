"""The body of a request, received while earlier bytes of it are still hashed and written."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
from litestar import Request
from litestar.exceptions import HTTPException

PIECE_BYTES = 1 << 20
AHEAD = 4  # pieces that wait in memory at most
IDLE_SECONDS = 30.0  # without a byte; a line that is dead keeps no upload busy
DRAIN_SECONDS = 1.0  # a refusal is heard by more clients when the rest of the body is read
DRAIN_BYTES = 1 << 20


class Body:
    """Gathers what comes into pieces; `is_cut` tells whether the sender went away before its end."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self._stream = aiter(request.stream())
        self._send, self._receive = anyio.create_memory_object_stream[bytes](AHEAD)
        self._ended = anyio.Event()
        self.is_cut = False

    async def receive(self) -> None:
        """Read to the end, to a cut, or until nobody wants more; runs beside the work on the pieces."""
        try:
            async with self._send:
                await self._gather()
        except anyio.BrokenResourceError:
            await self._drain()
        finally:
            self._ended.set()

    async def _gather(self) -> None:
        gathered = bytearray()
        while chunk := await self._next():
            gathered += chunk
            if len(gathered) >= PIECE_BYTES:
                await self._send.send(bytes(gathered))
                gathered.clear()
        if gathered:
            await self._send.send(bytes(gathered))

    async def _next(self) -> bytes:
        try:
            with anyio.fail_after(IDLE_SECONDS):
                async for chunk in self._stream:
                    if chunk:
                        return chunk
        except (HTTPException, TimeoutError):
            self.is_cut = True
        return b""

    async def pieces(self) -> AsyncIterator[bytes]:
        """The pieces in order."""
        async with self._receive:
            async for piece in self._receive:
                yield piece

    async def leave(self) -> None:
        """Want no more; read what is under way, within reason."""
        self._receive.close()
        with anyio.move_on_after(DRAIN_SECONDS):
            await self._ended.wait()

    async def _drain(self) -> None:
        left = DRAIN_BYTES
        while left > 0 and (chunk := await self._next()):
            left -= len(chunk)
